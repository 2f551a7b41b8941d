/* show: one entry in full. */
#include "base/pem.h"
#include "cli/command.h"
#include "store/check.h"
#include "store/codes.h"
#include "x509/cert_show.h"
#include "x509/lint.h"
#include "x509/request.h"

enum { OPEN_WORK = 4000000 };

typedef struct {
  cy_run *run;
  cy_run_ask *ask;
  cy_cert_show_options how;
  cy_check_context check;
  cy_findings findings;
  bool store_shown;
  bool selected; /* one entry was asked for */
} shower;

/* Raw output: what --pem and --der write instead of words. */

static cy_err *raw_pem(shower *s, cy_entry *entry)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  for (size_t i = 0; i < entry->cert_count; i++)
    cy_pem_encode(&text, "CERTIFICATE", entry->certs[i].der);
  if (entry->kind == CY_ENTRY_REQUEST)
    cy_pem_encode(&text, "CERTIFICATE REQUEST", entry->der);
  if (entry->kind == CY_ENTRY_CRL)
    cy_pem_encode(&text, "X509 CRL", entry->der);
  CY_TRY(cy_buf_check(&text));
  cy_out_raw(s->run->out, cy_buf_get(&text));
  return NULL;
}

static cy_err *show_raw(void *arg, cy_place *place, cy_entry *entry)
{
  shower *s = arg;
  bool public_part = entry->cert_count || entry->kind == CY_ENTRY_REQUEST || entry->kind == CY_ENTRY_CRL;
  if (!public_part)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "entry %zu of %s is a %s: it has no public part to write",
        entry->position, cy_place_path(place), cy_entry_kind_name(entry->kind)),
      "A private key is copied with `causey cp`, which protects it.");
  if (s->run->args->given[CY_OPT_PEM])
    return raw_pem(s, entry);
  cy_out_raw(s->run->out, entry->cert_count ? entry->certs[0].der : entry->der);
  return NULL;
}

/* In words. */

static void put_protection(cy_buf *text, const cy_keybox *box)
{
  cy_pbe_info pbe;
  cy_buf_reset(text);
  if (box->ops->describe) {
    box->ops->describe(box, text);
  } else {
    cy_err *err = cy_keybox_pbe(box, &pbe);
    if (!err)
      cy_pbe_format(text, &pbe);
    cy_err_free(err);
  }
  if (!text->len)
    cy_buf_str(text, box->ops->name);
}

/* Of many sealed keys only so many are opened to see what they are: each costs a key derivation. */
static cy_err *open_sealed(cy_place *place, cy_entry *entry)
{
  const cy_secret *pkcs8;
  if (!entry->key.ops || entry->key.plain || cy_pbe_work() > OPEN_WORK)
    return NULL;
  cy_err *err = cy_place_key(place, entry, NULL, &pkcs8);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err); /* it has a password of its own: what it is stays unknown */
  return NULL;
}

/* Whether key and certificate belong together, when the store alone says so and nothing proved it. */
static void show_pairing(shower *s, const cy_entry *entry, cy_span spki)
{
  cy_cert_view view;
  if (!entry->pairing_assumed)
    return;
  cy_err *err = spki.len ? cy_cert_view_parse(&view, entry->certs[0].der) : NULL;
  bool compared = spki.len && !err;
  cy_err_free(err);
  if (!compared)
    cy_out_str(s->run->out, "pairing", "Pairing",
      "assumed, since they stand together; the key was not opened to compare");
  else if (!cy_key_same(spki, view.spki))
    cy_out_str(s->run->out, "pairing", "Pairing", "wrong: the certificate is not this key's");
}

static cy_err *show_key(shower *s, cy_place *place, cy_entry *entry)
{
  cy_out *out = s->run->out;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  const cy_keybox *box = &entry->key;
  cy_key_info info;
  CY_TRY(open_sealed(place, entry));
  CY_TRY(cy_keybox_public(box, &spki));
  cy_out_open(out, "private_key", "Private key");
  cy_err *err = spki.len ? cy_key_info_parse(&info, cy_buf_get(&spki)) : NULL;
  if (spki.len && !err) {
    cy_key_info_format(&text, &info);
    cy_out_text(out, "key", "Key", cy_buf_get(&text));
  }
  cy_err_free(err);
  cy_out_str(out, "where", "Where", box->reference ? cy_key_where(box->reference) : "in this store");
  cy_out_bool(out, "encrypted", NULL, box->encrypted);
  if (!box->encrypted && !box->reference) {
    cy_out_style(out, CY_STYLE_WARN);
    cy_out_str(out, NULL, "Protected", "no: whoever reads this file has the key");
  } else if (box->ops) {
    put_protection(&text, box);
    cy_out_text(out, "protection", "Protected", cy_buf_get(&text));
  }
  show_pairing(s, entry, cy_buf_get(&spki));
  cy_out_close(out);
  return NULL;
}

static const char *why_sealed(cy_place *place, const cy_entry *entry)
{
  const cy_doc *doc = cy_place_doc(place);
  if (!entry->key.ops)
    return "not known: it has a form that only its own store knows";
  if (doc && !doc->password_known)
    return "not known: it is sealed, and no password was given";
  return cy_pbe_work() > OPEN_WORK ? "not looked at, since there are many: show it by itself"
                                   : "not known: it does not open with the store's password";
}

/* What it is and how it is kept, never the key itself. */
static cy_err *show_secret(shower *s, cy_place *place, cy_entry *entry)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_out *out = s->run->out;
  CY_TRY(open_sealed(place, entry));
  CY_TRY(cy_entry_secret_words(entry, &words));
  cy_out_open(out, "secret_key", "Secret key");
  if (words.len)
    cy_out_text(out, "key", "Key", cy_buf_get(&words));
  else
    cy_out_str(out, NULL, "Key", why_sealed(place, entry));
  cy_out_bool(out, "encrypted", NULL, entry->key.ops ? entry->key.encrypted : true);
  if (entry->key.ops && entry->key.encrypted) {
    put_protection(&words, &entry->key);
    cy_out_text(out, "protection", "Protected", cy_buf_get(&words));
  }
  cy_out_close(out);
  return NULL;
}

static void show_attrs(shower *s, const cy_entry *entry)
{
  if (!entry->attr_count)
    return;
  cy_out_list(s->run->out, "attributes", "Attributes of the store");
  for (size_t i = 0; i < entry->attr_count; i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    cy_oid_put_words(&name, entry->attrs[i].oid);
    cy_out_open(s->run->out, NULL, "");
    cy_out_text(s->run->out, "name", NULL, cy_buf_get(&name));
    cy_out_hex(s->run->out, "value", cy_buf_cstr(&name), entry->attrs[i].values);
    cy_out_close(s->run->out);
  }
  cy_out_list_end(s->run->out);
}

static cy_err *show_chain(shower *s, cy_entry *entry)
{
  cy_out *out = s->run->out;
  const cy_cert *cert;
  cy_out_list(out, "chain", entry->cert_count > 1 ? "Chain" : NULL);
  for (size_t i = 1; i < entry->cert_count; i++) {
    CY_TRY(cy_entry_cert(entry, i, &cert));
    const cy_cert_view *v = cy_cert_get(cert);
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_digest print;
    cy_name_format(&text, v->subject, s->how.names);
    cy_out_open(out, NULL, "");
    cy_out_text(out, "subject", NULL, cy_buf_get(&text));
    cy_buf_str(&text, ", until ");
    cy_time_format_date(&text, v->not_after);
    cy_out_line(out, "%zu  %s", i, cy_buf_cstr(&text));
    cy_out_time(out, "not_after", NULL, v->not_after);
    CY_TRY(cy_cert_fingerprint(&print, v->der));
    cy_out_hex(out, "sha256", NULL, cy_digest_get(&print));
    cy_out_close(out);
  }
  cy_out_list_end(out);
  return NULL;
}

static cy_err *show_request(shower *s, const cy_entry *entry)
{
  cy_request_view view;
  CY_TRY(cy_request_view_parse(&view, entry->der));
  cy_out_open(s->run->out, "request", "");
  cy_err *err = cy_request_show(s->run->out, &view, &s->how);
  cy_out_close(s->run->out);
  return err;
}

static void show_name(shower *s, const char *key, const char *title, const char *text, cy_span name)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (name.len)
    cy_name_format(&words, name, s->how.names);
  cy_out_str(s->run->out, key, title, words.len ? cy_buf_cstr(&words) : text);
}

/* What a listing says of a certificate that it does not have. */
static void show_facts(shower *s, const cy_entry *entry)
{
  cy_out *out = s->run->out;
  const cy_entry_facts *f = entry->facts;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  bool known = !f->connection || f->listed;
  cy_out_open(out, "listing", "");
  cy_out_str(out, "owner", "Owner", f->owner);
  cy_out_str(out, "ring", "Ring", f->ring);
  cy_out_str(out, "usage", "Usage", f->usage);
  if (f->connection)
    cy_out_bool(out, "default", "Default", entry->is_default);
  if (!known)
    cy_out_line(
      out, "The certificate itself is not listed in this file: RACDCERT %s LIST shows it.", f->owner);
  cy_out_str(out, "status", "Status", f->status);
  show_name(s, "subject", "Subject", f->subject, f->subject_name);
  show_name(s, "issuer", "Issuer", f->issuer, f->issuer_name);
  if (f->serial.len)
    cy_out_hex(out, "serial", "Serial", f->serial);
  if (f->not_before != CY_TIME_NONE)
    cy_out_time(out, "not_before", "From", f->not_before);
  if (f->not_after != CY_TIME_NONE)
    cy_out_time(out, "not_after", "Until", f->not_after);
  cy_out_bool(out, "zone_assumed", NULL, f->zone_assumed);
  cy_facts_key_format(&key, f);
  if (key.len)
    cy_out_text(out, "key", "Key", cy_buf_get(&key));
  cy_out_str(out, "signature", "Signed with", f->signature);
  if (known)
    cy_out_bool(out, "private_key", "Private key", f->has_key);
  cy_out_close(out);
}

static cy_err *show_body(shower *s, cy_place *place, cy_entry *entry)
{
  if (entry->facts)
    show_facts(s, entry);
  const cy_cert *cert;
  if (entry->kind == CY_ENTRY_REQUEST)
    CY_TRY(show_request(s, entry));
  if (entry->cert_count) {
    CY_TRY(cy_entry_cert(entry, 0, &cert));
    cy_out_open(s->run->out, "certificate", "");
    cy_err *err = cy_cert_show(s->run->out, cy_cert_get(cert), &s->how);
    cy_out_close(s->run->out);
    CY_TRY(err);
    CY_TRY(show_chain(s, entry));
  }
  if (entry->has_key)
    CY_TRY(show_key(s, place, entry));
  if (entry->kind == CY_ENTRY_SECRET)
    CY_TRY(show_secret(s, place, entry));
  show_attrs(s, entry);
  return NULL;
}

/* What is wrong with it: of one entry by a look at it alone, of a whole place by the check of stores. */

static cy_err *check_cert(shower *s, cy_entry *entry, const char *subject)
{
  const cy_cert *cert, *issuer = NULL;
  bool signed_by = false;
  CY_TRY(cy_entry_cert(entry, 0, &cert));
  if (entry->cert_count > 1)
    CY_TRY(cy_entry_cert(entry, 1, &issuer));
  if (issuer)
    CY_TRY(cy_cert_signed_by(&signed_by, cy_cert_get(cert), cy_cert_get(issuer)));
  return cy_cert_check(
    &s->findings, subject, cy_cert_get(cert), signed_by ? cy_cert_get(issuer) : NULL, &s->check);
}

static cy_err *check_entry(shower *s, cy_place *place, cy_entry *entry, const char *subject)
{
  if (entry->cert_count)
    CY_TRY(check_cert(s, entry, subject));
  return entry->has_key ? cy_entry_key_check(&s->findings, place, entry, &s->check) : NULL;
}

static cy_err *check_host(shower *s, cy_entry *entry, const char *subject)
{
  const cy_cert *cert;
  cy_findings host = {0};
  cy_lint_context how = {.now = CY_TIME_NONE, .host = cy_args_value(s->run->args, CY_OPT_HOST)};
  if (!how.host || !entry->cert_count)
    return NULL;
  CY_TRY(cy_entry_cert(entry, 0, &cert));
  CY_TRY(cy_lint_host(&host, cy_cert_get(cert), subject, how.host));
  cy_out_bool(s->run->out, "host_fits", NULL, host.count == 0);
  if (host.count == 0) {
    cy_out_style(s->run->out, CY_STYLE_GOOD);
    cy_out_strf(s->run->out, NULL, "Host", "good for %s", how.host);
  }
  cy_findings_move(&s->findings, &host);
  return NULL;
}

/* What the file is like: its kind, algorithms, integrity. People read it once a place. */
static cy_err *show_store(shower *s, cy_place *place)
{
  cy_out *out = s->run->out;
  cy_out_open(out, "store", s->store_shown ? NULL : "Store");
  cy_out_str(out, "place", NULL, cy_place_path(place));
  cy_out_str(out, "kind", NULL, cy_place_kind(place));
  cy_out_str(out, NULL, "Kind", cy_place_title(place));
  cy_err *err = cy_place_describe(place, out);
  cy_out_close(out);
  s->store_shown = true;
  return err;
}

static void show_head(shower *s, cy_place *place, cy_entry *entry)
{
  cy_out *out = s->run->out;
  cy_out_int(out, "position", NULL, (int64_t)entry->position);
  cy_out_str(out, "kind", "Kind", cy_entry_kind_name(entry->kind));
  cy_out_str(out, "label", "Label", entry->label);
  if (entry->id.len)
    cy_out_hex(out, "id", "Id", entry->id);
  if (entry->date != CY_TIME_NONE)
    cy_out_time(out, "date", "Stored", entry->date);
  if (entry->is_default)
    cy_out_bool(out, "default", "Default", true);
  if (entry->distrusted)
    cy_out_bool(out, "trusted", "Trusted", false);
}

static cy_err *show_entry(void *arg, cy_place *place, cy_entry *entry)
{
  shower *s = arg;
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  CY_TRY(cy_place_entry_address(place, entry, &address));
  cy_out_open(s->run->out, NULL, cy_buf_cstr(&address));
  cy_out_text(s->run->out, "address", NULL, cy_buf_get(&address));
  show_head(s, place, entry);
  cy_err *err = show_body(s, place, entry);
  if (!err)
    err = show_store(s, place);
  if (!err)
    err = check_host(s, entry, cy_buf_cstr(&address));
  if (!err && s->selected)
    err = check_entry(s, place, entry, cy_buf_cstr(&address));
  cy_out_close(s->run->out);
  return err;
}

static cy_err *show_place(shower *s, const char *operand, bool raw)
{
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_place) *place = NULL;
  CY_TRY(cy_run_open(s->run, &place, &address, operand, CY_OPEN_READ, &s->ask->ask));
  s->store_shown = false;
  s->selected = address.selector.kind != CY_SELECT_ALL;
  if (raw)
    return cy_place_select(place, &address.selector, show_raw, s);
  CY_TRY(cy_place_select(place, &address.selector, show_entry, s));
  return s->selected ? NULL : cy_place_check(&s->findings, place, &s->check);
}

static cy_err *show_findings(shower *s)
{
  cy_findings_sort(&s->findings);
  if (s->findings.count)
    cy_out_heading(s->run->out, "%s", "Findings");
  cy_out_findings(s->run->out, &s->findings);
  cy_run_findings(s->run, &s->findings);
  return cy_findings_check(&s->findings);
}

static cy_err *show_all(shower *s)
{
  bool raw = s->run->args->given[CY_OPT_PEM] || s->run->args->given[CY_OPT_DER];
  if (!raw) {
    cy_out_document(s->run->out, "causey.show/1", 0);
    cy_out_list(s->run->out, "entries", "");
  }
  for (size_t i = 0; i < s->run->args->operand_count; i++) {
    cy_err *err = show_place(s, s->run->args->operands[i], raw);
    if (err)
      cy_run_error(s->run, err);
  }
  if (raw)
    return NULL;
  cy_out_list_end(s->run->out);
  return show_findings(s);
}

static cy_err *run_show(cy_run *run)
{
  cy_run_ask ask;
  int notation;
  CY_TRY(cy_run_names(run, &notation, CY_NAMES_RFC4514));
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  shower s = {.run = run, .ask = &ask, .how = {.now = run->now, .names = (cy_names)notation}};
  s.how.all_names = !run->args->given[CY_OPT_NAMES];
  s.check = (cy_check_context){.now = run->now, .warn_days = 30};
  cy_err *err = show_all(&s);
  cy_findings_clear(&s.findings);
  cy_run_ask_clear(&ask);
  return err;
}

const cy_command cy_cmd_show = {
  .name = "show",
  .operands = "ENTRY...",
  .summary = "show entries in full: names, key, dates, extensions, fingerprints, chain",
  .description =
    "Everything that an entry says, in words, and what is wrong with it. Without a selector every entry of "
    "the place is shown.\n\n"
    "--pem and --der write the public part as it is, for other programs; private keys are copied with "
    "`causey cp`, never shown.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_NAMES, CY_OPT_HOST, CY_OPT_PEM, CY_OPT_DER, CY_OPT_AT, CY_OPT_ZONE, CY_OPT_FAIL_ON,
    CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD},
  .examples = {{"causey show server.pem", "all there is in the file"},
    {"causey show keystore.p12#web --names mq", "one entry, with names as queue managers write them"},
    {"causey show server.pem --host mq1.example", "is it good for this host name or address?"},
    {"causey show trust.jks#sha256=ab12cd34 --pem > ca.pem", "one certificate out of a store"}},
  .run = run_show,
};
