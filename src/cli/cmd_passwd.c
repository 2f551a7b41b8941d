/* passwd: passwords of stores and of keys in them. */
#include "cli/command.h"
#include "store/codes.h"
#include "store/place.h"

typedef struct {
  cy_run *run;
  cy_run_ask ask;
  cy_address address;
  cy_place *place;
  cy_entry *entry;     /* whose key it is about; NULL: the store */
  cy_secret *password; /* the new one; NULL: none */
  bool had_one;
  bool stash; /* it is about the stash */
} changing;

/* PEM and DER have no password but their keys'. */
static bool is_list(cy_place *place)
{
  return !(cy_place_caps(place) & CY_HAS_PASSWORD);
}

static cy_err *only_key(changing *c)
{
  size_t iter = 0, keys = 0;
  for (cy_entry *e; (e = cy_place_next(c->place, &iter));)
    if (e->has_key) {
      c->entry = e;
      keys++;
    }
  if (keys == 1)
    return NULL;
  const char *path = cy_place_path(c->place);
  if (keys == 0)
    return cy_err_new(
      CY_E_STORE_LABEL_MISSING, "%s has no private key, so there is nothing to protect", path);
  return cy_err_hint(cy_err_new(CY_E_STORE_LABEL_SEVERAL,
                       "%s has %zu private keys, each with a password of its own", path, keys),
    "Name one by its position: %s#@N.", path);
}

/* What the password is of. */
static cy_err *find(changing *c)
{
  const char *path = cy_place_path(c->place);
  bool list = is_list(c->place);
  if (c->address.selector.kind == CY_SELECT_ALL)
    return list ? only_key(c) : NULL;
  CY_TRY(cy_place_find(c->place, &c->address.selector, &c->entry));
  if (!c->entry->has_key && !(c->entry->kind == CY_ENTRY_SECRET && c->entry->key.ops))
    return cy_err_new(
      CY_E_STORE_CANNOT_HOLD, "%s has no private key, so it has no password", c->address.given);
  if (!(cy_place_caps(c->place) & CY_CAN_KEY_PASSWORDS))
    return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD,
                         "%s keeps all its keys under the password of the store", cy_place_title(c->place)),
      "Change that: causey passwd %s.", path);
  return NULL;
}

static cy_err *check_remove(const changing *c)
{
  if (!c->run->args->given[CY_OPT_REMOVE] || is_list(c->place))
    return NULL;
  if (cy_place_caps(c->place) & CY_NEEDS_PASSWORD)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "a %s can not be without a password", cy_place_title(c->place)),
      "Java and others refuse to open it then. Keys in clear: causey cp --plain-keys %s NEW.pem",
      cy_place_path(c->place));
  return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD,
                       "%s without a password is not written: readers differ on "
                       "what none means, and an empty one protects nothing",
                       cy_place_title(c->place)),
    "Keys in clear: causey cp --plain-keys %s NEW.pem", cy_place_path(c->place));
}

/* The old password must have been right: nobody else may set a new one. */
static cy_err *check_open(changing *c)
{
  const cy_doc *doc = cy_place_doc(c->place);
  const cy_secret *pkcs8;
  if (c->entry) {
    c->had_one = c->entry->key.encrypted;
    return cy_place_key(c->place, c->entry, &c->ask.ask, &pkcs8);
  }
  c->had_one = !doc->password_unneeded;
  if (doc->mac_unchecked || (c->had_one && !doc->password_known))
    return cy_err_new(
      CY_E_STORE_PASSWORD_NEEDED, "the password that %s has now was not given", cy_place_path(c->place));
  return NULL;
}

static cy_err *new_password(changing *c)
{
  cy_ask_want want = {c->entry ? CY_ASK_NEW_KEY : CY_ASK_NEW_STORE, cy_place_path(c->place),
    c->entry ? c->entry->label : NULL, 0, NULL};
  if (c->run->args->given[CY_OPT_REMOVE])
    return NULL;
  CY_TRY(cy_ask_for(&c->ask.ask, &want, &c->password));
  if (c->password && c->password->len)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "no new password was given"),
    "Give it with --new-password-file FILE, --new-password-env NAME or --new-password-fd N, or run it on a "
    "terminal "
    "to be asked; --remove takes the password of a PEM key away.");
}

/* A new password was given together with --stash. */
static bool has_new_password(const changing *c)
{
  static const cy_opt options[] = {
    CY_OPT_NEW_PASSWORD, CY_OPT_NEW_PASSWORD_FILE, CY_OPT_NEW_PASSWORD_ENV, CY_OPT_NEW_PASSWORD_FD};
  for (size_t i = 0; i < CY_COUNT(options); i++)
    if (c->run->args->given[options[i]])
      return true;
  return false;
}

static cy_err *change_stash(changing *c)
{
  bool remove = c->run->args->given[CY_OPT_REMOVE];
  if (c->address.selector.kind != CY_SELECT_ALL)
    return cy_err_new(CY_E_USAGE, "a stash is the whole store's, not that of one entry");
  if (!remove && cy_place_caps(c->place) & CY_CAN_STASH)
    CY_TRY(check_open(c));
  if (!remove && has_new_password(c)) {
    CY_TRY(new_password(c));
    CY_TRY(cy_place_set_password(c->place, c->password));
  }
  return cy_place_set_stash(c->place, remove ? CY_STASH_REMOVE : CY_STASH_WRITE);
}

static cy_err *change(changing *c)
{
  cy_write_how how = cy_write_default;
  how.now = c->run->now;
  if (c->stash) {
    CY_TRY(change_stash(c));
    return cy_place_commit(c->place, &how, &c->ask.ask, NULL, NULL, NULL);
  }
  CY_TRY(find(c));
  CY_TRY(check_remove(c));
  CY_TRY(check_open(c));
  CY_TRY(new_password(c));
  how.plain_keys = !c->password;
  if (c->entry)
    CY_TRY(cy_place_set_key_password(c->place, c->entry, c->password, &c->ask.ask));
  else
    CY_TRY(cy_place_set_password(c->place, c->password));
  return cy_place_commit(c->place, &how, &c->ask.ask, NULL, NULL, NULL);
}

static const char *action_of(const changing *c)
{
  if (c->stash)
    return c->run->args->given[CY_OPT_REMOVE] ? "stash-removed" : "stash-written";
  return !c->password ? "removed" : c->had_one ? "changed" : "added";
}

/* What became of the stash, as people read it. */
static void report_stash(const changing *c)
{
  cy_out *out = c->run->out;
  const cy_doc *doc = cy_place_doc(c->place);
  const char *path = cy_place_path(c->place);
  if (c->stash && c->password)
    cy_out_line(out, "%s: password changed", path);
  if (c->stash && c->run->args->given[CY_OPT_REMOVE])
    cy_out_line(
      out, "%s: stash removed; programs that took the password from it now need it otherwise", path);
  else if (c->stash)
    cy_out_line(out, "%s: stash written; whoever can read it has the password", path);
  else if (doc->stash.updated)
    cy_out_line(out, "%s: the stash has the new password, too", path);
  else if (!c->entry && doc->stash.there && !doc->stash.fits && !doc->stash.shared)
    cy_out_warning(out,
      "%s held another password and was left as it is; causey passwd --stash %s writes it anew",
      doc->stash.path, path);
}

static cy_err *report(changing *c)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  cy_out *out = c->run->out;
  cy_findings findings = {0};
  const char *action = action_of(c);
  if (c->entry)
    CY_TRY(cy_place_entry_address(c->place, c->entry, &subject));
  cy_out_document(out, "causey.passwd/1", 0);
  cy_out_str(out, "place", NULL, cy_place_path(c->place));
  cy_out_str(out, "entry", NULL, c->entry ? cy_buf_cstr(&subject) : NULL);
  cy_out_str(out, "action", NULL, action);
  cy_out_bool(out, "stash_updated", NULL, cy_place_doc(c->place)->stash.updated);
  if (!c->stash)
    cy_out_line(out, "%s: password %s", c->entry ? cy_buf_cstr(&subject) : cy_place_path(c->place), action);
  report_stash(c);
  if (!c->password && !c->stash)
    cy_finding_add(&findings, CY_F_KEY_NO_PASSPHRASE, cy_buf_cstr(&subject),
      "its password has been taken away: the private key is in clear from now on");
  cy_out_findings(out, &findings);
  cy_run_findings(c->run, &findings);
  cy_err *err = cy_findings_check(&findings);
  cy_findings_clear(&findings);
  return err;
}

static cy_err *run_passwd(cy_run *run)
{
  changing c = {.run = run, .stash = run->args->given[CY_OPT_STASH]};
  cy_run_ask_init(&c.ask, run, CY_ROLE_STORE);
  cy_err *err = cy_run_open(run, &c.place, &c.address, run->args->operands[0], CY_OPEN_UPDATE, &c.ask.ask);
  if (!err)
    err = change(&c);
  if (!err)
    err = report(&c);
  cy_place_close(c.place);
  cy_address_clear(&c.address);
  cy_secret_free(c.password);
  cy_run_ask_clear(&c.ask);
  return err;
}

const cy_command cy_cmd_passwd = {
  .name = "passwd",
  .operands = "STORE[#LABEL]",
  .summary = "set, change or remove the password of a store or of a key",
  .description =
    "Without a label: the password of the store; keys in it that had the same password get "
    "the new one, others keep "
    "theirs. With a label: the password of that private key, where the format has one (Java "
    "keystores, PEM, DER).\n\n"
    "The key of a PEM file is sealed in place; everything else in the file stays as it is. A "
    "key that had no "
    "password gets one; --remove takes it away, and the key lies in clear then.\n\n"
    "--stash writes the password, once it was proven, into the stash beside the store (STORE.sth), from "
    "which queue managers take it; --stash --remove removes it. A stash that is there and fits gets "
    "the new password whenever that is changed. A stash protects nothing: whoever can read it has "
    "the password.",
  .min_operands = 1,
  .max_operands = 1,
  .options = {CY_OPT_NEW_PASSWORD, CY_OPT_NEW_PASSWORD_FILE, CY_OPT_NEW_PASSWORD_ENV,
    CY_OPT_NEW_PASSWORD_FD, CY_OPT_REMOVE, CY_OPT_STASH, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE,
    CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_KEY_PASSWORD, CY_OPT_KEY_PASSWORD_FILE,
    CY_OPT_KEY_PASSWORD_ENV, CY_OPT_KEY_PASSWORD_FD},
  .examples = {{"causey passwd store.p12", "change the password of a store, asking for both"},
    {"causey passwd --new-password-file pw server.key", "protect a key that had no password, in place"},
    {"causey passwd store.jks#server", "the password of one key"},
    {"causey passwd --stash key.kdb", "write the stash that a queue manager reads"}},
  .run = run_passwd,
};
