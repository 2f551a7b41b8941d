/* CMS key databases: the format's constant, findings and what `show` says of a file. */
#include "store/fmt_kdb.h"

#include "base/mem.h"
#include "store/address.h"
#include "store/codes.h"

enum { WEAK_ITERATIONS = 1000 };

static int detect(cy_span head, const char *name)
{
  (void)name;
  return cy_kdb_detect(head) ? 100 : 0;
}

static cy_err *open_with(cy_doc *doc, const cy_secret *password, void *arg)
{
  return cy_kdb_open(doc, arg, password);
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_kdb *kdb = cy_malloc(sizeof *kdb);
  CY_TRY_ALLOC(kdb);
  doc->own = kdb;
  doc->own_free = cy_kdb_free;
  CY_TRY(cy_kdb_read(doc, kdb));
  return cy_doc_unlock_or_list(doc, ask, open_with, kdb);
}

/* Findings. */

static void check_version(const cy_doc *doc, const cy_kdb *kdb, cy_findings *findings)
{
  unsigned version = kdb->files[0].version;
  if (version == 6)
    return;
  cy_finding *f =
    cy_finding_add(findings, CY_F_KDB_OLD, doc->place, "it is of version %u: %s proves its content",
      version, version == 3 ? "MD5 over content and password" : "HMAC-SHA1");
  cy_finding_evidence(findings, f, "version", "%u", version);
  if (kdb->integrity_unknown)
    cy_finding_add(findings, CY_F_KDB_UNPROVEN, doc->place,
      "the password fits, but the integrity value over %u records could not be checked",
      (unsigned)kdb->files[0].count);
}

/* The weakest way to a private key. */
static void check_strength(const cy_doc *doc, const cy_kdb *kdb, cy_findings *findings)
{
  CY_CLEAN(cy_buf) old = CY_BUF_TEXT;
  uint64_t lowest = UINT64_MAX;
  for (size_t i = 0; i < kdb->count; i++) {
    const cy_keybox box = {.sealed = kdb->parts[i].sealed};
    cy_pbe_info info = {.iterations = UINT64_MAX};
    if (!box.sealed.len)
      continue;
    cy_err *err = cy_keybox_pbe(&box, &info);
    if (!err && (info.legacy || info.scheme != CY_OID_PBES2) && !old.len)
      cy_pbe_format(&old, &info);
    if (!err && info.iterations < lowest)
      lowest = info.iterations;
    cy_err_free(err);
  }
  if (!old.len && lowest >= WEAK_ITERATIONS)
    return;
  cy_finding *f =
    old.len ? cy_finding_add(findings, CY_F_P12_WEAK, doc->place, "sealed by %s", cy_buf_cstr(&old))
            : cy_finding_add(findings, CY_F_P12_WEAK, doc->place, "keys are sealed with %llu iteration%s",
                (unsigned long long)lowest, lowest == 1 ? "" : "s");
  cy_finding_evidence(findings, f, "iterations", "%llu", (unsigned long long)lowest);
  cy_finding_set_why(findings, f, "%s",
    "Whoever gets a copy of the file can try passwords fast. A guess costs one MAC of the head whatever "
    "seals "
    "the keys, so only a long password and the rights of the file protect it.");
  cy_finding_set_fix(
    findings, f, "Seal them again, best under a new and long password: causey passwd %s", doc->place);
}

/* Other tools write fewer hashes, or none. */
static bool has_all_hashes(const cy_kdb_part *part)
{
  static const uint8_t length[] = {0, 0, 0, 20};
  for (size_t i = 0, at = 4; i < CY_KDB_HASHES; i++, at += 24)
    if (part->hashes.len < at + 24 || memcmp(part->hashes.data + at, length, sizeof length) != 0)
      return false;
  return true;
}

static bool holds_cert(const cy_kdb_part *part)
{
  return part->what == CY_KDB_CERT || part->what == CY_KDB_IDENTITY;
}

static cy_err *check_hashes(
  const cy_doc *doc, const cy_kdb *kdb, const cy_entry *entry, cy_findings *findings)
{
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  const cy_kdb_part *part = &kdb->parts[entry->part];
  if (entry->added || entry->deleted || !holds_cert(part) || !has_all_hashes(part))
    return NULL;
  cy_err *err = cy_kdb_put_hashes(&want, part->cert);
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) { /* a certificate that can not be read is another finding */
    cy_err_free(err);
    return NULL;
  }
  CY_TRY(err);
  if (memcmp(part->hashes.data + 4, want.data, want.len) == 0)
    return NULL;
  cy_address_format(&subject, doc->place, entry->label);
  cy_finding *f = cy_finding_add(findings, CY_F_KDB_HASHES, cy_buf_cstr(&subject),
    "the hashes in record %u are not those of its certificate", (unsigned)part->id);
  cy_finding_evidence(findings, f, "record", "%u", (unsigned)part->id);
  return cy_buf_check(&subject);
}

static void check_siblings(const cy_doc *doc, const cy_kdb *kdb, cy_findings *findings)
{
  for (size_t i = 1; i < kdb->file_count; i++) {
    const cy_kdb_file *file = &kdb->files[i];
    if (!file->unreadable && !file->other_password && !file->damaged)
      continue;
    const char *name = file->image->name;
    cy_finding *f = cy_finding_add(findings, CY_F_KDB_SIBLING, doc->place, "%s beside it %s", name,
      file->unreadable       ? "can not be read: it is damaged, or of another kind than its name says"
      : file->other_password ? "has another password"
                             : "is damaged: its integrity value does not fit");
    cy_finding_evidence(findings, f, "file", "%s", name);
  }
}

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  const cy_kdb *kdb = doc->own;
  if (!kdb)
    return NULL;
  check_version(doc, kdb, findings);
  check_strength(doc, kdb, findings);
  check_siblings(doc, kdb, findings);
  for (size_t i = 0; i < doc->entry_count; i++)
    CY_TRY(check_hashes(doc, kdb, doc->entries[i], findings));
  return cy_findings_check(findings);
}

/* What the file is like. */

static bool has_keys(const cy_kdb *kdb)
{
  for (size_t i = 0; i < kdb->count; i++)
    if (kdb->parts[i].sealed.len)
      return true;
  return false;
}

static cy_err *describe_keys(const cy_kdb *kdb, cy_out *out)
{
  CY_CLEAN(cy_buf) last = CY_BUF_TEXT;
  cy_out_list(out, "key_protection", has_keys(kdb) ? "Keys" : NULL);
  for (size_t i = 0; i < kdb->count; i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    const cy_keybox box = {.sealed = kdb->parts[i].sealed};
    cy_pbe_info info;
    if (!box.sealed.len)
      continue;
    cy_err *err = cy_keybox_pbe(&box, &info);
    if (!err)
      cy_pbe_format(&text, &info);
    cy_err_free(err);
    if (text.len && !cy_span_equal(cy_buf_get(&text), cy_buf_get(&last))) {
      cy_out_str(out, NULL, "", cy_buf_cstr(&text));
      cy_buf_reset(&last);
      cy_buf_span(&last, cy_buf_get(&text));
    }
  }
  cy_out_list_end(out);
  return cy_buf_check(&last);
}

static void describe_siblings(const cy_kdb *kdb, cy_out *out)
{
  cy_out_list(out, "siblings", kdb->file_count > 1 ? "Beside it" : NULL);
  for (size_t i = 1; i < kdb->file_count; i++) {
    const cy_kdb_file *file = &kdb->files[i];
    cy_out_open(out, NULL, "");
    cy_out_str(out, "file", NULL, file->image->name);
    cy_out_int(out, "version", NULL, file->unreadable ? 0 : file->version);
    cy_out_int(out, "records", NULL, file->count);
    if (file->unreadable)
      cy_out_line(out, "%s, which can not be read", file->image->name);
    else
      cy_out_line(out, "%s, version %u, %u record%s", file->image->name, file->version,
        (unsigned)file->count, file->count == 1 ? "" : "s");
    cy_out_close(out);
  }
  cy_out_list_end(out);
}

static size_t not_understood(const cy_kdb *kdb)
{
  size_t count = 0;
  for (size_t i = 0; i < kdb->count; i++)
    count += kdb->parts[i].what == CY_KDB_OTHER;
  return count;
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  static const char *const macs[] = {
    [3] = "MD5 over content and password", [4] = "HMAC-SHA1", [6] = "HMAC-SHA384"};
  const cy_kdb *kdb = doc->own;
  unsigned version = kdb ? kdb->files[0].version : 6;
  cy_out_int(out, "version", "Version", version);
  cy_out_bool(
    out, "integrity_checked", "Integrity checked", !doc->mac_unchecked && !(kdb && kdb->integrity_unknown));
  cy_out_str(out, "integrity", "Integrity", macs[version]);
  if (!kdb)
    return NULL;
  cy_out_int(out, "slot_size", "Room for a record", kdb->files[0].slot_size);
  if (not_understood(kdb))
    cy_out_int(out, "records_not_understood", "Not understood", (int64_t)not_understood(kdb));
  describe_siblings(kdb, out);
  return describe_keys(kdb, out);
}

const cy_format cy_format_kdb = {
  .id = "kdb",
  .prefixes = "cms",
  .title = "CMS key database",
  .suffixes = "kdb rdb",
  .caps = CY_CAN_KEYS | CY_CAN_TRUST | CY_CAN_LABELS | CY_CAN_WRITE | CY_NEEDS_LABELS | CY_NEEDS_PASSWORD |
          CY_HAS_PASSWORD | CY_CAN_STASH | CY_CAN_DEFAULT | CY_CAN_DISTRUST,
  .detect = detect,
  .parse = parse,
  .serialise = cy_kdb_serialise,
  .check = check,
  .describe = describe,
};
