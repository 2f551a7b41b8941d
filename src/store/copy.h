/*
 * Copying: entries of several places into one.
 *
 * Purpose:   what `cp` and `mv` do, without the command line: a plan is made first, so that what
 *            would be refused or lost is known before anything is changed.
 * Ownership: a plan borrows the places and their entries, which must stay open; it owns its texts.
 * Errors:    store.label-taken, store.cannot-hold, store.loss-refused, crypto.wrong-password.
 * Threads:   one owner.
 *
 * Rules:
 * - A key and a certificate with the same public key become one identity, whether both are among
 *   the sources or one of them is in the target already ("receive").
 * - An identity's chain goes along. Where it has a gap, issuers are looked for among all
 *   certificates of the sources and of the target, by name and by trying the signature. A
 *   certificate without a label that went into a chain is no entry of its own any more.
 * - Where the target holds one certificate to an entry (CMS key databases), those of a chain become entries
 *   of their own, unless they are there. A request that stands with its key is copied as the two.
 * - A certificate that is marked as not trusted does not go where it would be trusted.
 * - A label is kept; entries of places that have no labels get one from their subject or file
 *   name, made unique with "-2". The same entry under the same label, or without a label of its
 *   own, is skipped; the same certificate under another label is added under that label.
 * - What is there already is completed (a key to its certificate, a longer chain, a mark of trust)
 *   without being asked; everything else that is there is replaced only with `replace`.
 * - All or nothing: any refusal comes from cy_copy_plan or cy_copy_apply, before the commit.
 */
#ifndef CY_STORE_COPY_H
#define CY_STORE_COPY_H

#include "store/place.h"

typedef struct {
  cy_place *place;
  const cy_selector *selector;
  cy_ask *ask; /* for the keys in it */
} cy_copy_source;

typedef struct {
  const char
    *label; /* what the only entry is to be called (or the only one with a private key); NULL: as it was */
  bool replace;
  bool strict;    /* a loss is an error */
  bool no_keys;   /* certificates only */
  bool trust;     /* certificates are marked as trusted where the target can */
  bool label_all; /* give labels to those that have none although the target does not need them */
  bool lower_labels;
  bool keys_first; /* what has a private key is put before the rest */
  bool plain_keys; /* the same as in cy_write_how: no passphrase is asked for */
  cy_ask *ask;     /* of the target */
} cy_copy_options;

typedef enum {
  CY_COPY_ADDED,
  CY_COPY_REPLACED,
  CY_COPY_UPDATED,  /* an entry of the target was completed */
  CY_COPY_SKIPPED,  /* it is there already */
  CY_COPY_JOINED,   /* became part of another one that is copied */
  CY_COPY_LEFT_OUT, /* the target can not hold it, or it was not wanted */
} cy_copy_outcome;

const char *cy_copy_outcome_name(cy_copy_outcome outcome); /* "added", "left-out" */

typedef struct {
  size_t source;   /* index */
  cy_entry *from;  /* borrowed from the source */
  cy_entry entry;  /* as it is to be; its pieces are borrowed */
  cy_entry *there; /* the target's entry that it replaces, completes or equals */
  cy_copy_outcome outcome;
  const char *note; /* for people: why, or what else was done; NULL */
  bool named;       /* the label was made up or changed */
  bool of_chain;    /* an issuer of another item, in a target that has chains as entries of their own */
} cy_copy_item;

typedef struct {
  size_t item;
  const char *what; /* for programs: "label", "trust", "chain", "left-out" ... */
  const char *text; /* for people */
} cy_copy_loss;

typedef struct cy_copy cy_copy;

cy_err *cy_copy_plan(cy_copy **out, cy_place *target, const cy_copy_source *sources, size_t count,
  const cy_copy_options *options) CY_MUST_USE;
void cy_copy_free(cy_copy *copy);
CY_AUTO_DEFINE(cy_copy)

const cy_copy_item *cy_copy_items(const cy_copy *copy, size_t *count);
const cy_copy_loss *cy_copy_losses(const cy_copy *copy, size_t *count);
size_t cy_copy_count(const cy_copy *copy, cy_copy_outcome outcome);
/* What somebody else knows to be lost: a product that can not use it. `what` must be constant. */
cy_err *cy_copy_add_loss(cy_copy *copy, size_t item, const char *what, const char *format, ...)
  CY_PRINTF(4, 5) CY_MUST_USE;
/* store.loss-refused when something would be lost and the options say `strict`. */
cy_err *cy_copy_check(const cy_copy *copy) CY_MUST_USE;
/* Opens the keys and puts everything into the target, which is then to be committed. */
cy_err *cy_copy_apply(cy_copy *copy) CY_MUST_USE;
/* What an item is called: its address in the source. */
cy_err *cy_copy_item_address(const cy_copy *copy, const cy_copy_item *item, cy_buf *address) CY_MUST_USE;

#endif
