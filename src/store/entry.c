#include "store/entry.h"

#include "base/der.h"
#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "x509/name.h"

static const char *const kind_names[] = {
  "identity", "certificate", "trusted", "key", "request", "crl", "secret"};

const char *cy_entry_kind_name(cy_entry_kind kind)
{
  return kind_names[kind];
}

cy_err *cy_entry_cert(cy_entry *entry, size_t index, const cy_cert **cert)
{
  cy_entry_cert_slot *slot = &entry->certs[index];
  if (!slot->cert)
    CY_TRY_AS(cy_cert_parse(&slot->cert, slot->der), CY_E_STORE_STEP, "certificate %zu of entry %zu (%s)",
      index + 1, entry->position, entry->label ? entry->label : "no label");
  *cert = slot->cert;
  return NULL;
}

/* One attempt; a wrong password leaves *pkcs8 NULL and is no error. */
static cy_err *try_open(cy_entry *entry, const cy_secret *password, cy_err **wrong)
{
  cy_err *err = entry->key.ops->open(&entry->key, password, &entry->key.plain);
  cy_err_free(*wrong);
  *wrong = NULL;
  if (err && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD)) {
    *wrong = err;
    return NULL;
  }
  return err;
}

static cy_err *remember(cy_keybox *box, cy_secret **password)
{
  cy_secret_free(box->password);
  box->password = *password;
  *password = NULL;
  return NULL;
}

static cy_err *ask_and_open(cy_entry *entry, const char *place, cy_ask *ask, cy_err **wrong)
{
  cy_ask_want want = {CY_ASK_KEY, place, entry->label, 0, NULL};
  for (; want.attempt < cy_ask_attempts(ask) && !entry->key.plain; want.attempt++) {
    CY_AUTO(cy_secret) *answer = NULL;
    CY_TRY(cy_ask_for(ask, &want, &answer));
    if (!answer)
      break;
    CY_TRY(try_open(entry, answer, wrong));
    if (entry->key.plain)
      return remember(&entry->key, &answer);
  }
  return NULL;
}

static cy_err *not_opened(const cy_entry *entry, const char *place, cy_err *wrong)
{
  const char *label = entry->label ? entry->label : "without a label";
  const char *what = entry->kind == CY_ENTRY_SECRET ? "secret" : "private";
  if (wrong)
    return cy_err_wrap(
      wrong, CY_E_CRYPTO_WRONG_PASSWORD, "the %s key %s in %s does not open", what, label, place);
  return cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "the %s key %s in %s is protected, and no password was given",
    what, label, place);
}

cy_err *cy_entry_key_open(
  cy_entry *entry, const char *place, const cy_secret *store_password, cy_ask *ask, const cy_secret **pkcs8)
{
  cy_keybox *box = &entry->key;
  cy_err *wrong = NULL;
  *pkcs8 = NULL;
  if (!box->plain && box->reference)
    CY_TRY(cy_key_export(box->reference, &box->plain));
  if (!box->plain && box->ops) {
    if (!box->encrypted || box->password || store_password)
      CY_TRY(try_open(entry, box->password ? box->password : store_password, &wrong));
    if (!box->plain && box->encrypted && (box->own_password || !store_password)) {
      cy_err *err = ask_and_open(entry, place, ask, &wrong);
      if (err) {
        cy_err_free(wrong);
        return err;
      }
    }
  }
  if (!box->plain)
    return not_opened(entry, place, wrong);
  cy_err_free(wrong);
  *pkcs8 = box->plain;
  return NULL;
}

cy_err *cy_entry_secret_words(const cy_entry *entry, cy_buf *words)
{
  cy_secret_key key;
  if (entry->kind == CY_ENTRY_SECRET && entry->key.plain) {
    CY_TRY(cy_secret_key_parse(&key, cy_secret_get(entry->key.plain)));
    cy_secret_key_format(words, &key);
  } else if (entry->algorithm) {
    cy_buf_str(words, entry->algorithm);
  }
  return cy_buf_check(words);
}

cy_err *cy_keybox_pbe(const cy_keybox *box, cy_pbe_info *info)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, box->sealed);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  CY_TRY(cy_parse_check(&parse, "encrypted private key"));
  return cy_pbe_describe(info, algid);
}

/* Copies a span unless it is empty. */
cy_err *cy_keybox_public(const cy_keybox *box, cy_buf *spki)
{
  cy_buf_reset(spki);
  if (box->spki.len) {
    cy_buf_span(spki, box->spki);
    return cy_buf_check(spki);
  }
  cy_err *err = box->plain       ? cy_pkcs8_public(spki, cy_secret_get(box->plain))
                : box->reference ? cy_key_spki(box->reference, spki)
                                 : NULL;
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_err_free(err); /* without its public half nothing is said */
    cy_buf_reset(spki);
    return NULL;
  }
  return err;
}

static bool copy_span(cy_span *to, cy_span from, cy_arena *arena)
{
  *to = from.len ? cy_arena_copy(arena, from) : CY_SPAN_NONE;
  return from.len == 0 || to->data;
}

static bool copy_certs(cy_entry *to, const cy_entry *from, cy_arena *arena)
{
  to->certs = cy_arena_alloc(arena, (from->cert_count + 1) * sizeof *to->certs);
  if (!to->certs)
    return false;
  for (size_t i = 0; i < from->cert_count; i++) {
    if (!copy_span(&to->certs[i].der, from->certs[i].der, arena))
      return false;
    to->certs[i].cert = cy_cert_ref(from->certs[i].cert);
    to->cert_count++;
  }
  return true;
}

static bool copy_attrs(cy_entry *to, const cy_entry *from, cy_arena *arena)
{
  to->attrs = cy_arena_alloc(arena, (from->attr_count + 1) * sizeof *to->attrs);
  for (size_t i = 0; to->attrs && i < from->attr_count; i++, to->attr_count++)
    if (!copy_span(&to->attrs[i].oid, from->attrs[i].oid, arena) ||
        !copy_span(&to->attrs[i].values, from->attrs[i].values, arena))
      return false;
  return to->attrs != NULL;
}

static cy_err *copy_key(cy_keybox *to, const cy_keybox *from, cy_arena *arena)
{
  to->ops = from->ops;
  to->encrypted = from->encrypted;
  to->own_password = from->own_password;
  to->reference = cy_key_ref(from->reference);
  if (!copy_span(&to->sealed, from->sealed, arena) || !copy_span(&to->aux, from->aux, arena) ||
      !copy_span(&to->spki, from->spki, arena))
    return cy_err_no_memory();
  if (from->plain)
    CY_TRY(cy_secret_copy(&to->plain, cy_secret_get(from->plain)));
  if (from->password)
    CY_TRY(cy_secret_copy(&to->password, cy_secret_get(from->password)));
  return NULL;
}

cy_err *cy_entry_copy(cy_entry *to, const cy_entry *from, cy_arena *arena)
{
  *to = (cy_entry){.kind = from->kind,
    .has_key = from->has_key,
    .date = from->date,
    .facts = from->facts,
    .is_default = from->is_default,
    .distrusted = from->distrusted,
    .pairing_assumed = from->pairing_assumed,
    .position = from->position};
  to->label = from->label ? cy_arena_str(arena, cy_span_str(from->label)) : NULL;
  to->algorithm = from->algorithm ? cy_arena_str(arena, cy_span_str(from->algorithm)) : NULL;
  bool copied = (to->label || !from->label) && (to->algorithm || !from->algorithm) &&
                copy_span(&to->id, from->id, arena) && copy_span(&to->der, from->der, arena) &&
                copy_certs(to, from, arena) && copy_attrs(to, from, arena);
  cy_err *err = copied ? NULL : cy_err_no_memory();
  if (!err && (from->has_key || from->kind == CY_ENTRY_SECRET))
    err = copy_key(&to->key, &from->key, arena);
  if (err)
    cy_entry_clear(to);
  return err;
}

void cy_entry_clear(cy_entry *entry)
{
  for (size_t i = 0; i < entry->cert_count; i++)
    cy_cert_free(entry->certs[i].cert);
  entry->cert_count = 0;
  cy_secret_free(entry->key.plain);
  cy_secret_free(entry->key.password);
  cy_key_free(entry->key.reference);
  entry->key = (cy_keybox){0};
}

void cy_facts_key_format(cy_buf *buf, const cy_entry_facts *facts)
{
  const char *kind = facts->key_type == CY_KEY_RSA   ? "RSA"
                     : facts->key_type == CY_KEY_DSA ? "DSA"
                     : facts->key_type == CY_KEY_EC  ? "EC"
                                                     : "";
  cy_buf_str(buf, kind);
  if (facts->key_bits)
    cy_buf_printf(buf, "%s%u", *kind ? " " : "", facts->key_bits);
}

/* The subject of a request is the second value of what is signed; the issuer of a CRL follows the
 * algorithm, before which a number may stand. */
static cy_err *name_in(const cy_entry *entry, cy_span *name)
{
  cy_parse parse = {.lenient = true};
  cy_span number;
  cy_cur cur = cy_cur_begin(&parse, entry->der);
  cy_cur outer = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur tbs = cy_der_enter(&outer, CY_DER_SEQUENCE);
  cy_der_take_if(&tbs, CY_DER_INTEGER, &number);
  if (entry->kind == CY_ENTRY_CRL)
    cy_der_take(&tbs, CY_DER_SEQUENCE);
  *name = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  return cy_parse_check(&parse, cy_entry_kind_name(entry->kind));
}

cy_err *cy_entry_name(cy_entry *entry, cy_buf *name)
{
  cy_cert_view view;
  cy_span subject;
  if (entry->label)
    cy_buf_str(name, entry->label);
  else if (entry->cert_count && entry->certs[0].cert)
    cy_name_short(name, cy_cert_get(entry->certs[0].cert)->subject);
  else if (entry->cert_count) {
    CY_TRY(cy_cert_view_parse(&view, entry->certs[0].der));
    cy_name_short(name, view.subject);
  } else if (entry->kind == CY_ENTRY_REQUEST || entry->kind == CY_ENTRY_CRL) {
    CY_TRY(name_in(entry, &subject));
    cy_name_short(name, subject);
  }
  return cy_buf_check(name);
}
