/*
 * Is this certificate for that host, address or mailbox?
 *
 * Purpose:   match names as RFC 6125 says, with the liberties that each kind of client takes; and
 *            when nothing fits, say which names there are, why none of them fits, and what to ask
 *            the CA for.
 * Ownership: the texts of a result are its own: cy_host_result_clear.
 * Errors:    lack of memory; a name that does not fit is an answer.
 * Threads:   pure functions.
 * Source:    RFC 6125 6.4, RFC 9525, RFC 5280 4.2.1.6, RFC 3492 (names with letters beyond ASCII).
 */
#ifndef CY_X509_HOST_H
#define CY_X509_HOST_H

#include "x509/cert.h"

enum {
  CY_HOST_CN = 1 << 0,               /* without a DNS entry the common name will do */
  CY_HOST_PARTIAL_WILDCARD = 1 << 1, /* f*.example.com fits foo.example.com */
  CY_HOST_ANY_LABEL = 1 << 2,        /* *.com and foo.*.com are wildcards like others (Java) */
};

typedef enum {
  CY_HOST_FITS,
  CY_HOST_NO_NAMES,  /* neither alternative names nor a common name */
  CY_HOST_ONLY_CN,   /* it stands in the common name only, which this client does not read */
  CY_HOST_IP_IN_DNS, /* the address stands in a DNS entry */
  CY_HOST_IP_IN_CN,  /* the address stands in the common name */
  CY_HOST_NO_IP,     /* asked for an address, only names are there */
  CY_HOST_NO_DNS,    /* asked for a name, only addresses are there */
  CY_HOST_WILDCARD,  /* a wildcard comes near but covers exactly one label */
  CY_HOST_WIDE,      /* a wildcard over a whole top-level domain */
  CY_HOST_OTHER,     /* other names altogether */
} cy_host_why;

typedef struct {
  cy_host_why why;
  char *names;   /* "DNS mq1.example, IP address 192.0.2.1", "common name mq1", "none" */
  char *text;    /* why none fits, a sentence without its end; NULL when one does */
  char *request; /* what to ask for: "subjectAltName = DNS:mq1.example, ..."; NULL when one fits */
} cy_host_result;

/* `host`: a DNS name (UTF-8 will do) or an IP address as text; `flags` of CY_HOST_CN ... */
cy_err *cy_host_check(cy_host_result *out, const cy_cert_view *view, const char *host, unsigned flags)
  CY_MUST_USE;
cy_err *cy_host_check_email(cy_host_result *out, const cy_cert_view *view, const char *email) CY_MUST_USE;
void cy_host_result_clear(cy_host_result *result);

/* true when the text is an IP address; octets receives 4 or 16, *len how many. */
bool cy_host_is_ip(const char *text, uint8_t octets[16], size_t *len);
/* Does this DNS entry fit this host (both A-labels)? */
bool cy_host_match_dns(cy_span pattern, cy_span host, unsigned flags);
/* The host with A-labels, in lower case, without a dot at the end. */
void cy_host_to_ascii(cy_buf *ascii, cy_span utf8);

#endif
