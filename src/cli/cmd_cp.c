/* cp: add, import, export, convert. */
#include "cli/copying.h"

static cy_err *copy(cy_copying *c, cy_run *run)
{
  const cy_args *args = run->args;
  size_t last = args->operand_count - 1;
  CY_TRY(cy_copying_begin(c, run, args->operands, last, args->operands[last], false));
  CY_TRY(cy_copy_check(c->copy));
  if (!args->given[CY_OPT_DRY_RUN])
    CY_TRY(cy_copying_commit(c));
  cy_out_document(run->out, "causey.cp/1", 0);
  return cy_copying_report(c);
}

static cy_err *run_cp(cy_run *run)
{
  cy_copying c;
  cy_err *err = copy(&c, run);
  cy_copying_clear(&c);
  return err;
}

const cy_command cy_cmd_cp = {
  .name = "cp",
  .operands = "SOURCE... TARGET",
  .summary = "copy entries between stores of any kind: add, import, export, convert",
  .description =
    "Copies entries (STORE#LABEL) or whole stores into one target, which is made when it is not there yet; "
    "its kind "
    "comes from its content, from its suffix, or from a prefix (p12:FILE).\n\n"
    "A private key and its certificate are joined, wherever the two are, by their public key; so a signed "
    "certificate that comes back is put to its key by copying it there. Certificates that complete a chain "
    "go along "
    "with it.\n\n"
    "Labels are kept; TARGET#LABEL gives another. Entries from files without labels get one from their "
    "subject. "
    "What is there already is skipped when it is the same, completed when something is missing, and "
    "otherwise "
    "replaced only with --replace. Either everything is copied or nothing.\n\n"
    "What the target can not keep is listed as a loss; --strict refuses it. Private keys are sealed under "
    "the "
    "target's password, in PEM and DER files too unless --plain-keys says otherwise.\n\n"
    "--for PRODUCT writes what that product reads: the kind of store, its algorithms, labels and marks of "
    "trust, "
    "the order in the file; what it can not use is a loss. `causey help products` lists the products.",
  .min_operands = 2,
  .max_operands = -1,
  .options = {CY_OPT_FOR, CY_OPT_REPLACE, CY_OPT_STRICT, CY_OPT_DRY_RUN, CY_OPT_NO_KEYS, CY_OPT_PLAIN_KEYS,
    CY_OPT_LEGACY, CY_OPT_PBMAC1, CY_OPT_NO_MAC, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD, CY_OPT_FROM_PASSWORD, CY_OPT_FROM_PASSWORD_FILE, CY_OPT_FROM_PASSWORD_ENV,
    CY_OPT_FROM_PASSWORD_FD, CY_OPT_PASSWORDS, CY_OPT_TO_PASSWORD, CY_OPT_TO_PASSWORD_FILE,
    CY_OPT_TO_PASSWORD_ENV, CY_OPT_TO_PASSWORD_FD, CY_OPT_KEY_PASSWORD, CY_OPT_KEY_PASSWORD_FILE,
    CY_OPT_KEY_PASSWORD_ENV, CY_OPT_KEY_PASSWORD_FD},
  .examples = {{"causey cp ca256.pem store.p12#ca256", "add a certificate under this label"},
    {"causey cp server.key server.pem ca.pem server.p12", "make a keystore of key, certificate and chain"},
    {"causey cp --from-password-file pw store.p12#ecec pem:-", "write one entry to standard output as PEM"},
    {"causey cp store.p12 store.jks", "convert a whole store"},
    {"causey cp --for java ca.pem trust.p12", "a trust store that Java reads"},
    {"causey cp --for nginx --to-password-file pw server.p12 site.pem",
      "key and chain in one file, for nginx"}},
  .run = run_cp,
};
