#include "x509/cert_show.h"

#include <stdio.h>

#include "base/der.h"
#include "x509/extension.h"

/* What only programs see must not part the lines that people see. */
static bool for_programs(const cy_out *out)
{
  return cy_out_options_get(out)->format == CY_OUT_JSON;
}

void cy_name_show(cy_out *out, const char *key, const char *title, cy_span name,
  const cy_cert_show_options *options)
{
  static const char *const titles[CY_NAMES_COUNT] = {"  RFC 4514", "  OpenSSL", "  OpenSSL, old",
    "  queue manager",
    "  RACF"};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) first = CY_BUF_TEXT;
  char all[64];
  cy_name_format(&text, name, options->names);
  cy_out_style(out, CY_STYLE_STRONG);
  cy_out_text(out, key, title, text.len || for_programs(out) ? cy_buf_get(&text) : CY_SPAN("(empty)"));
  if (!options->all_names || (!for_programs(out) && strcmp(key, "issuer") == 0))
    return;
  cy_buf_span(&first, cy_buf_get(&text));
  snprintf(all, sizeof all, "%s_names", key);
  if (for_programs(out))
    cy_out_open(out, all, NULL);
  for (int i = 0; i < CY_NAMES_COUNT; i++) {
    cy_buf_reset(&text);
    cy_name_format(&text, name, (cy_names)i);
    /* People need not read the same line twice. */
    if (!for_programs(out) && cy_span_equal(cy_buf_get(&text), cy_buf_get(&first)))
      continue;
    cy_out_text(out, cy_names_id((cy_names)i), titles[i], cy_buf_get(&text));
  }
  if (for_programs(out))
    cy_out_close(out);
}

void cy_cert_mq_peer(cy_buf *buf, const cy_cert_view *view)
{
  cy_buf_str(buf, "SERIALNUMBER=");
  cy_buf_hex_colons(buf, view->serial);
  if (cy_name_is_empty(view->subject))
    return;
  cy_buf_str(buf, ",");
  cy_name_format(buf, view->subject, CY_NAMES_MQ);
}

static void put_span_of_time(cy_buf *buf, cy_time seconds)
{
  long long days = (long long)(seconds / CY_DAY), hours = (long long)(seconds / 3600);
  if (days)
    cy_buf_printf(buf, "%lld day%s", days, days == 1 ? "" : "s");
  else if (hours)
    cy_buf_printf(buf, "%lld hour%s", hours, hours == 1 ? "" : "s");
  else
    cy_buf_printf(buf, "%lld minute%s", (long long)(seconds / 60), seconds / 60 == 1 ? "" : "s");
}

void cy_validity_format(cy_buf *buf, const cy_cert_view *view, cy_time now)
{
  if (now < view->not_before) {
    cy_buf_str(buf, "not valid before ");
    put_span_of_time(buf, view->not_before - now);
    cy_buf_str(buf, " from now");
  } else if (now > view->not_after) {
    cy_buf_str(buf, "expired ");
    put_span_of_time(buf, now - view->not_after);
    cy_buf_str(buf, " ago");
  } else {
    put_span_of_time(buf, view->not_after - now);
    cy_buf_str(buf, " left");
  }
}

static void show_validity(cy_out *out, const cy_cert_view *v, cy_time now)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  bool early = now < v->not_before, late = now > v->not_after;
  cy_validity_format(&words, v, now);
  cy_out_time(out, "not_before", "Not before", v->not_before);
  cy_out_time(out, "not_after", "Not after", v->not_after);
  cy_out_int(out, "days_left", NULL, cy_time_days(now, v->not_after));
  cy_out_str(out, "validity", NULL, early ? "not_yet_valid" : late ? "expired" : "valid");
  cy_out_style(out, early || late ? CY_STYLE_BAD : CY_STYLE_GOOD);
  cy_out_text(out, NULL, "Validity", cy_buf_get(&words));
}

static void key_for_programs(cy_out *out, const cy_key_info *key, cy_span words)
{
  CY_CLEAN(cy_buf) algorithm = CY_BUF_TEXT;
  cy_oid_put_short(&algorithm, key->alg_oid);
  cy_out_open(out, "key", NULL);
  cy_out_text(out, "words", NULL, words);
  cy_out_text(out, "algorithm", NULL, cy_buf_get(&algorithm));
  cy_out_int(out, "bits", NULL, key->bits);
  cy_out_int(out, "strength", NULL, cy_key_info_strength(key));
  cy_out_str(out, "curve", NULL, key->curve == CY_OID_UNKNOWN ? NULL : cy_oid_short(key->curve));
  if (key->exponent.len)
    cy_out_bytes(out, "exponent", key->exponent);
  cy_out_close(out);
}

cy_err *cy_key_info_show(cy_out *out, const cy_key_info *key)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_digest id;
  cy_key_info_format(&words, key);
  CY_TRY(cy_key_id(&id, key));
  if (for_programs(out))
    key_for_programs(out, key, cy_buf_get(&words));
  cy_out_text(out, NULL, "Key", cy_buf_get(&words));
  cy_out_hex(out, "key_id", "Key id", cy_digest_get(&id));
  return NULL;
}

static void show_signature(cy_out *out, const cy_cert_view *v)
{
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_oid_put_short(&id, v->sig_oid);
  cy_oid_put_words(&words, v->sig_oid);
  cy_out_text(out, "signature_algorithm", NULL, cy_buf_get(&id));
  cy_out_text(out, NULL, "Signature", cy_buf_get(&words));
}

static cy_err *show_fingerprints(cy_out *out, const cy_cert_view *v)
{
  cy_digest sha256, sha1, pin;
  CY_TRY(cy_digest_of(&sha256, CY_SHA256, v->der));
  CY_TRY(cy_digest_of(&sha1, CY_SHA1, v->der));
  CY_TRY(cy_digest_of(&pin, CY_SHA256, v->spki));
  cy_out_hex(out, "sha256", "SHA-256", cy_digest_get(&sha256));
  cy_out_hex(out, "sha1", "SHA-1", cy_digest_get(&sha1));
  cy_out_bytes(out, "spki_sha256", cy_digest_get(&pin));
  return NULL;
}

cy_err *cy_cert_show(cy_out *out, const cy_cert_view *view, const cy_cert_show_options *options)
{
  CY_CLEAN(cy_buf) serial = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) peer = CY_BUF_TEXT;
  cy_cert_serial_format(&serial, view->serial);
  cy_name_show(out, "subject", "Subject", view->subject, options);
  cy_name_show(out, "issuer", view->self_issued ? "Issuer (itself)" : "Issuer", view->issuer, options);
  cy_out_text(out, "serial", "Serial number", cy_buf_get(&serial));
  if (options->all_names || options->names == CY_NAMES_MQ) {
    cy_cert_mq_peer(&peer, view);
    cy_out_text(out, "mq_peer_name", "Peer name", cy_buf_get(&peer));
  }
  show_validity(out, view, options->now);
  CY_TRY(cy_key_info_show(out, &view->key));
  show_signature(out, view);
  CY_TRY(show_fingerprints(out, view));
  cy_out_int(out, "version", view->version == 3 ? NULL : "Version", view->version);
  cy_out_bool(out, "self_issued", NULL, view->self_issued);
  cy_out_bool(out, "ca", NULL, view->is_ca);
  cy_out_int(out, "bytes", NULL, (int64_t)view->der.len);
  if (!options->no_extensions)
    cy_extensions_show(out, view, view->exts, view->ext_count);
  return NULL;
}
