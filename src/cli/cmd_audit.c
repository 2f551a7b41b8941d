/* audit: every store below some folders. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "audit/codes.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/audit_report.h"
#include "cli/audit_show.h"
#include "cli/command.h"

typedef struct {
  cy_run *run;
  cy_audit_show show;
  cy_audit_report report;
  cy_err *failed; /* while the report was put together */
  const char **paths;
  size_t path_count;
  cy_secrets passwords;
} auditor;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
  interrupted = signal_number;
}

/* The words of the command line. */

static cy_err *number(cy_run *run, cy_opt opt, unsigned long max, unsigned long *value)
{
  const char *word = cy_args_value(run->args, opt);
  char *end;
  if (!word)
    return NULL;
  errno = 0;
  unsigned long n = strtoul(word, &end, 10);
  if (errno || *end || end == word || *word == '-' || n > max)
    return cy_err_new(CY_E_USAGE, "--%s %s is no number from 0 to %lu", cy_options[opt].name, word, max);
  *value = n;
  return NULL;
}

static cy_err *min_severity(cy_run *run, cy_severity *value)
{
  const char *word = cy_args_value(run->args, CY_OPT_MIN_SEVERITY);
  if (!word || cy_severity_parse(value, word))
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "--min-severity %s is no severity", word),
    "There are info, notice, warning, error and critical.");
}

/* What is not there is the user's mistake, not a finding. */
static cy_err *take_paths(auditor *a)
{
  const cy_args *args = a->run->args;
  struct stat st;
  a->paths = cy_calloc(args->operand_count + 1, sizeof *a->paths);
  CY_TRY_ALLOC(a->paths);
  for (size_t i = 0; i < args->operand_count; i++) {
    if (stat(args->operands[i], &st) == 0)
      a->paths[a->path_count++] = args->operands[i];
    else
      cy_run_error(a->run, cy_err_errno(errno, "cannot look at %s", args->operands[i]));
  }
  return NULL;
}

/* --min-rsa N is short for --plan min-rsa=N. */
static cy_err *take_plan(cy_run *run, cy_plan *plan, unsigned long min_rsa)
{
  const char *words;
  for (size_t i = 0; (words = cy_args_nth(run->args, CY_OPT_PLAN, i)); i++)
    CY_TRY(cy_plan_parse(plan, words));
  if (!min_rsa)
    return NULL;
  plan->asked[CY_PLAN_MIN_RSA] = plan->any = true;
  plan->limit[CY_PLAN_MIN_RSA] = (unsigned)min_rsa;
  return NULL;
}

static cy_err *take_options(auditor *a, cy_audit_options *o)
{
  cy_run *run = a->run;
  unsigned long threads = 0, min_rsa = 0, warn_days = 30;
  const char *file;
  CY_TRY(number(run, CY_OPT_THREADS, 1024, &threads));
  CY_TRY(number(run, CY_OPT_MIN_RSA, 1 << 20, &min_rsa));
  CY_TRY(number(run, CY_OPT_WARN_DAYS, 100000, &warn_days));
  CY_TRY(min_severity(run, &a->show.min));
  for (size_t i = 0; (file = cy_args_nth(run->args, CY_OPT_PASSWORDS, i)); i++)
    CY_TRY(cy_secrets_load(&a->passwords, file));
  o->threads = (unsigned)threads;
  CY_TRY(take_plan(run, &o->plan, min_rsa));
  CY_TRY(cy_run_zone(run, &o->zone, &o->zone_given));
  o->warn_days = (unsigned)warn_days;
  o->cross_mounts = run->args->given[CY_OPT_CROSS_MOUNTS] && !run->args->given[CY_OPT_ONE_FILE_SYSTEM];
  o->try_common = run->args->given[CY_OPT_TRY_COMMON];
  o->root = cy_args_value(run->args, CY_OPT_ROOT);
  o->user = a->show.user = cy_args_value(run->args, CY_OPT_USER);
  return NULL;
}

/* Call-backs. */

static void on_store(void *arg, const cy_audit_store *store)
{
  auditor *a = arg;
  if (!a->report.instead)
    cy_audit_show_store(&a->show, store);
  cy_audit_report_store(&a->report, store);
  cy_run_findings(a->run, &store->findings);
}

static void on_across(void *arg, const cy_findings *findings, const cy_inventory *inventory)
{
  auditor *a = arg;
  if (!a->report.instead)
    cy_audit_show_across(&a->show, findings);
  a->failed = cy_audit_report_across(&a->report, findings, inventory);
  cy_run_findings(a->run, findings);
}

static void on_progress(void *arg, uint64_t files)
{
  const auditor *a = arg;
  cy_out_progress(a->run->out, files, 0, "files looked at");
}

static bool on_failed(void *arg)
{
  const auditor *a = arg;
  return cy_out_failed(a->run->out);
}

static cy_err *audit(auditor *a, cy_audit_options *options)
{
  cy_audit_summary summary;
  struct sigaction act = {.sa_handler = on_interrupt}, old_int, old_term;
  sigaction(SIGINT, &act, &old_int);
  sigaction(SIGTERM, &act, &old_term);
  if (!a->report.instead)
    cy_out_document(a->run->out, "causey.audit/1", CY_OUT_LINES);
  cy_err *err = cy_audit_run(&summary, options);
  if (!err)
    err = a->failed;
  else
    cy_err_free(a->failed);
  if (!err && !a->report.instead)
    cy_audit_show_summary(&a->show, &summary, options);
  if (!err)
    err = cy_audit_report_end(&a->report, &summary, options);
  sigaction(SIGINT, &old_int, NULL);
  sigaction(SIGTERM, &old_term, NULL);
  cy_audit_summary_clear(&summary);
  if (!err && interrupted)
    err =
      cy_err_new(CY_E_AUDIT_INTERRUPTED, "interrupted after %llu files", (unsigned long long)summary.files);
  return err;
}

static cy_err *run_audit(cy_run *run)
{
  auditor a = {.run = run, .show = {.out = run->out, .min = CY_NOTICE, .now = run->now}};
  cy_audit_options options = {.now = run->now,
    .stop = &interrupted,
    .store = on_store,
    .across = on_across,
    .progress = on_progress,
    .failed = on_failed,
    .arg = &a};
  cy_err *err = take_options(&a, &options);
  a.report.min = a.show.min;
  if (!err)
    err = cy_audit_report_begin(&a.report, run, &options);
  if (!err)
    err = take_paths(&a);
  if (!err && a.path_count) {
    options.paths = a.paths;
    options.path_count = a.path_count;
    options.passwords = (const cy_secret *const *)a.passwords.items;
    options.password_count = a.passwords.count;
    err = audit(&a, &options);
  }
  cy_audit_report_clear(&a.report);
  cy_secrets_clear(&a.passwords);
  cy_free(a.paths);
  return err;
}

const cy_command cy_cmd_audit = {
  .name = "audit",
  .operands = "PATH...",
  .summary = "find every store below some folders and say what is wrong with it",
  .description =
    "Walks the folders, recognises certificates and keystores by their content, opens what it "
    "can, and reports what "
    "deserves attention: keys without a passphrase, common passwords, certificates that end "
    "or are wrong in "
    "themselves, keys and certificates that do not belong together, gaps in chains. At the "
    "end it sums up what ends "
    "when and what is unprotected.\n\n"
    "Who can read a private key or change a store is computed from modes, access control lists "
    "and accounts along the whole path, whoever runs it. With --user it says of each store "
    "whether that account can read it, and what denies it; with --root the accounts and paths "
    "are those of a saved machine.\n\n"
    "Texts around the stores are read as well: passwords and PINs in scripts and configurations, password "
    "files and stashes beside a store that they open, key logs and traces that others can read, and files "
    "and labels that a configuration names and that are not there. No secret is ever shown.\n\n"
    "Configurations of TLS that `causey tls side` reads (web servers, databases, LDAP, queue managers and "
    "their clients, Java, Liberty, curl, mainframes ...) are read whole: words that the product does not "
    "know, settings that cannot work together, checks that are switched off, and whatever else would only "
    "be seen at the first connection, each with its line.\n\n"
    "Nothing is changed. Links are not followed, devices and pipes not opened, other file "
    "systems left alone unless "
    "asked; a file of several names is looked at once. Stores that need a password are tried "
    "with what --passwords "
    "and --try-common give; each file gets a bounded amount of work.\n\n"
    "When all files have been seen they are compared: a CA in one file with what it signed in "
    "others, keys that lie in several places, CAs and certificates that were renewed in one place "
    "and forgotten in another. --plan tells what would stop once a limit is in force, also through "
    "a CA in another file.\n\n"
    "--since REPORT shows only what an earlier report (audit --json) had not, and counts what is gone. "
    "--baseline FILE leaves out what somebody accepted there; it names a reason and a last day for "
    "each, and what is over or no longer found is a finding. --write-baseline makes such a file. What is "
    "left out does not count for the exit code.\n\n"
    "--metrics writes when each certificate ends, and counts, for Prometheus; --html writes a page for "
    "people. Both files are replaced as a whole.\n\n"
    "Exit code 1 means that there are findings at or above --fail-on. With --json there is "
    "one JSON document a line: "
    "first a header, then stores and findings, last a summary.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_AT, CY_OPT_ZONE, CY_OPT_PASSWORDS, CY_OPT_TRY_COMMON, CY_OPT_FAIL_ON,
    CY_OPT_MIN_SEVERITY, CY_OPT_WARN_DAYS, CY_OPT_MIN_RSA, CY_OPT_PLAN, CY_OPT_SINCE, CY_OPT_BASELINE,
    CY_OPT_WRITE_BASELINE, CY_OPT_UNTIL, CY_OPT_REASON, CY_OPT_METRICS, CY_OPT_HTML, CY_OPT_ONE_FILE_SYSTEM,
    CY_OPT_CROSS_MOUNTS, CY_OPT_THREADS, CY_OPT_ROOT, CY_OPT_USER},
  .examples = {{"causey audit /etc /opt", "what is wrong there"},
    {"causey audit --passwords list.txt --fail-on warning /srv/keys",
      "open keystores, too; exit 1 from warnings on"},
    {"causey audit --plan min-rsa=2048,no-sha1 /var/mqm",
      "what would stop under a plan, and through which CA"},
    {"causey audit --json / >today.json; causey audit --since today.json /", "later: what is new"},
    {"causey audit --write-baseline known.conf --until 2027-01-31 --reason 'ticket 4711' /etc",
      "accept what there is for a time; then audit --baseline known.conf"},
    {"causey audit --user mqm /var/mqm/ssl", "can the queue manager read its stores, and if not, why"},
    {"causey audit --html audit.html --metrics /var/lib/node_exporter/causey.prom /etc",
      "a page, and metrics"},
    {"causey audit --json / | jq 'select(.type==\"finding\") | .id'", "for programs"}},
  .run = run_audit,
};
