/* The stash beside a store. */
#include "base/file.h"
#include "base/mem.h"
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
