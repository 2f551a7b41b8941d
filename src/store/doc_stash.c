/* The stash beside a store. */
#include "base/file.h"
#include "base/mem.h"
#include "store/codes.h"
#include "store/format.h"

/* As the store was named, unless that was a link: then it lies where the link leads. */
static cy_err *set_path(cy_doc *doc)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const char *place = doc->place, *name = doc->image->parts[0].name;
  const char *suffix = cy_path_suffix(name);
  size_t stem = *suffix ? strlen(name) - strlen(suffix) - 1 : strlen(name);
  if (strcmp(cy_path_name(place), name) == 0)
    cy_buf_put(&path, place, strlen(place) - strlen(name));
  else
    cy_buf_printf(&path, "%s/", doc->image->folder);
  cy_buf_put(&path, name, stem);
  cy_buf_str(&path, ".sth");
  doc->stash.path = cy_buf_take_str(&path);
  return doc->stash.path ? NULL : cy_err_no_memory();
}

/* What is there and can not be used is noted, and keeps nobody from opening the store otherwise. */
static cy_err *forgive(cy_err *err)
{
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

static cy_err *read_stash(cy_doc *doc, cy_image_part *part)
{
  cy_doc_stash *stash = &doc->stash;
  stash->there = stash->readable = true;
  stash->st = part->st;
  stash->shared = cy_image_has_sibling(doc->image, "kdb") || cy_image_has_sibling(doc->image, "p12");
  CY_TRY(set_path(doc));
  return forgive(cy_stash_decode(&stash->password, &stash->version, cy_buf_get(&part->bytes)));
}

cy_err *cy_doc_find_stash(cy_doc *doc)
{
  cy_image_part *part;
  if (!(doc->format->caps & CY_CAN_STASH) || !doc->image)
    return NULL;
  cy_err *err = cy_image_sibling(doc->image, "sth", false, &part);
  if (err) {
    doc->stash.there = true;
    CY_TRY(forgive(err));
    return set_path(doc);
  }
  return part && part != &doc->image->parts[0] ? read_stash(doc, part) : NULL;
}

/* Changing. */

static bool is_stale(const cy_doc *doc)
{
  const cy_doc_stash *stash = &doc->stash;
  return stash->tried && stash->fits && doc->password_known && doc->password &&
         !cy_secret_equal(cy_secret_get(doc->password), cy_secret_get(stash->password));
}

static cy_err *write_stash(cy_doc *doc)
{
  cy_image_part *part;
  cy_buf bytes = CY_BUF_SECRET(CY_STASH_V2_BYTES);
  cy_err *err = cy_image_sibling(doc->image, "sth", true, &part);
  if (!err)
    err = cy_stash_encode(&bytes, doc->stash.version ? doc->stash.version : 2, doc->password);
  if (err) {
    cy_buf_clear(&bytes);
    return cy_err_wrap(err, CY_E_STORE_STEP, "cannot write the stash of %s", doc->place);
  }
  cy_image_set(part, &bytes, true);
  return NULL;
}

static cy_err *remove_stash(cy_doc *doc)
{
  cy_image_part *part;
  CY_TRY(cy_image_sibling(doc->image, "sth", false, &part));
  if (!part)
    return cy_err_new(CY_E_IO_MISSING, "%s has no stash beside it", doc->place);
  cy_image_remove(part);
  return NULL;
}

cy_err *cy_doc_set_stash(cy_doc *doc)
{
  if (doc->stash.want == CY_STASH_REMOVE)
    return remove_stash(doc);
  doc->stash.updated = doc->stash.want == CY_STASH_KEEP && is_stale(doc);
  return doc->stash.want == CY_STASH_WRITE || doc->stash.updated ? write_stash(doc) : NULL;
}

/* Words. */

void cy_doc_describe_stash(const cy_doc *doc, cy_out *out)
{
  const cy_doc_stash *stash = &doc->stash;
  cy_out_str(out, "stash", NULL, stash->path);
  cy_out_int(out, "stash_version", NULL, stash->version);
  if (stash->tried)
    cy_out_bool(out, "stash_fits", NULL, stash->fits);
  if (!stash->readable)
    cy_out_strf(out, NULL, "Stash", "%s, which can not be read", stash->path);
  else if (!cy_stash_understood(stash))
    cy_out_strf(out, NULL, "Stash", "%s, which is none", stash->path);
  else if (stash->tried && !stash->fits && !stash->shared)
    cy_out_strf(out, NULL, "Stash", "%s, version %u, with another password", stash->path, stash->version);
  else
    cy_out_strf(out, NULL, "Stash", "%s, version %u: whoever can read it has the password", stash->path,
      stash->version);
}

/* Findings. */

static cy_err *check_fit(const cy_doc *doc, cy_findings *findings)
{
  const cy_doc_stash *stash = &doc->stash;
  if (!stash->tried || stash->fits || stash->shared)
    return NULL;
  cy_finding *f = cy_finding_add(findings, CY_F_STASH_MISFIT, doc->place,
    "%s holds a password that does not open %s", stash->path, doc->place);
  cy_finding_set_fix(findings, f,
    "Write the stash anew with the right password: causey passwd --stash --password-file FILE %s",
    doc->place);
  cy_finding_evidence(findings, f, "stash", "%s", stash->path);
  return NULL;
}

cy_err *cy_doc_check_stash(const cy_doc *doc, cy_findings *findings)
{
  const cy_doc_stash *stash = &doc->stash;
  if (!stash->there || !stash->readable)
    return NULL;
  if (cy_stash_understood(stash))
    return check_fit(doc, findings);
  cy_finding *f = cy_finding_add(
    findings, CY_F_STASH_NOT_UNDERSTOOD, doc->place, "%s is neither layout of a stash", stash->path);
  cy_finding_evidence(findings, f, "stash", "%s", stash->path);
  return NULL;
}
