#include "tls/wire_guess.h"

static const struct {
  cy_span start;
  const char *what;
} guesses[] = {
  {CY_SPAN("HTTP/"), "an answer of an HTTP server in clear"},
  {CY_SPAN("<html"), "a web page in clear"},
  {CY_SPAN("<!DOC"), "a web page in clear"},
  {CY_SPAN("GET "), "an HTTP request in clear"},
  {CY_SPAN("POST "), "an HTTP request in clear"},
  {CY_SPAN("HEAD "), "an HTTP request in clear"},
  {CY_SPAN("PUT "), "an HTTP request in clear"},
  {CY_SPAN("CONNE"), "an HTTP request to a proxy"},
  {CY_SPAN("PRI *"), "HTTP/2 in clear"},
  {CY_SPAN("PROXY"), "the header of a proxy (PROXY protocol)"},
  {CY_SPAN("\r\n\r\n\0"), "the header of a proxy (PROXY protocol)"},
  {CY_SPAN("SSH-"), "SSH"},
  {CY_SPAN("220 "), "the greeting of a mail or FTP server (which wants STARTTLS or AUTH TLS first)"},
  {CY_SPAN("220-"), "the greeting of a mail or FTP server (which wants STARTTLS or AUTH TLS first)"},
  {CY_SPAN("EHLO "), "the greeting of a mail client"},
  {CY_SPAN("HELO "), "the greeting of a mail client"},
  {CY_SPAN("+OK "), "the greeting of a POP3 server (which wants STLS first)"},
  {CY_SPAN("* OK "), "the greeting of an IMAP server (which wants STARTTLS first)"},
  {CY_SPAN("AMQP"), "AMQP in clear"},
  {CY_SPAN("TSH "), "a queue manager channel without TLS"},
  {CY_SPAN("TSHC"), "a queue manager channel without TLS"},
  {CY_SPAN("TSHM"), "a queue manager channel without TLS"},
  {CY_SPAN("\xe3\xe2\xc8"), "a queue manager channel without TLS (from z/OS)"},
  {CY_SPAN("\x16\xfe"), "DTLS, which goes in datagrams"},
  {CY_SPAN("\x15\xfe"), "DTLS, which goes in datagrams"},
};

const char *cy_wire_guess(cy_span start)
{
  const uint8_t *p = start.data;
  for (size_t i = 0; i < CY_COUNT(guesses); i++)
    if (start.len >= guesses[i].start.len && memcmp(p, guesses[i].start.data, guesses[i].start.len) == 0)
      return guesses[i].what;
  /* SEQUENCE, length, INTEGER: an LDAPMessage. */
  if (start.len >= 5 && p[0] == 0x30 &&
      (p[2] == 0x02 || (p[1] == 0x84 && p[2] == 0) || (p[1] == 0x81 && p[3] == 2)))
    return "LDAP in clear";
  if (start.len >= 5 && p[3] == 0 && p[4] == 0x0a)
    return "the greeting of a MySQL or MariaDB server (TLS begins after it)";
  if (start.len == 1 && (p[0] == 'N' || p[0] == 'S'))
    return p[0] == 'N' ? "PostgreSQL's answer that it does no TLS"
                       : "PostgreSQL's answer that TLS may begin";
  return NULL;
}
