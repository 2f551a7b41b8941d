/* explain: the long text of a finding, an error or a belief; codes and logs of other products. */
#include <unistd.h>

#include "base/text.h"
#include "cli/explain.h"
#include "cli/help.h"

typedef struct {
  const char *id;
  const char *title;
  const char *text;
} topic;

static const topic topics[] = {
#define CY_TOPIC(id, title, text) {id, title, text},
#include "cli/topics.def"
#undef CY_TOPIC
};

static void put_traps(cy_out *out, const char *traps)
{
  cy_out_list(out, "traps", NULL);
  for (const char *t = traps; *t; t += *t == ' ') {
    size_t len = strcspn(t, " ");
    cy_out_text(out, NULL, NULL, cy_span_of(t, len));
    t += len;
  }
  cy_out_list_end(out);
}

static void explain_finding(cy_out *out, cy_finding_id id)
{
  const cy_finding_info *info = cy_finding_info_get(id);
  cy_out_str(out, "id", "Finding", info->id);
  cy_out_str(out, "what", NULL, "finding");
  cy_out_str(out, "severity", "Severity", cy_severity_name(info->severity));
  if (info->citation[0])
    cy_out_str(out, "citation", "Source", info->citation);
  cy_out_str(out, "title", NULL, info->title);
  cy_out_str(out, "why", NULL, info->why);
  cy_out_str(out, "fix", NULL, info->fix);
  put_traps(out, info->traps);
  cy_out_heading(out, "%s", info->title);
  cy_out_paragraphs(out, info->why);
  cy_out_heading(out, "What mends it");
  cy_out_paragraphs(out, info->fix);
}

static void explain_error(cy_out *out, cy_err_code code)
{
  const cy_err_info *info = cy_err_info_get(code);
  cy_out_str(out, "id", "Error", info->id);
  cy_out_str(out, "what", NULL, "error");
  cy_out_int(out, "exit_code", "Exit code", info->exit_code);
  cy_out_str(out, "title", NULL, info->title);
  cy_out_str(out, "fix", NULL, info->fix);
  cy_out_heading(out, "%s", info->title);
  cy_out_paragraphs(out, info->fix);
}

static void explain_topic(cy_out *out, const topic *t)
{
  cy_out_str(out, "id", NULL, t->id);
  cy_out_str(out, "what", NULL, "topic");
  cy_out_str(out, "title", NULL, t->title);
  cy_out_str(out, "text", NULL, t->text);
  cy_out_heading(out, "%s", t->title);
  cy_out_paragraphs(out, t->text);
}

bool cy_explain_topic(cy_out *out, const char *id)
{
  for (size_t i = 0; i < CY_COUNT(topics); i++) {
    if (strcmp(topics[i].id, id) != 0)
      continue;
    cy_out_document(out, "causey.explain/1", 0);
    explain_topic(out, &topics[i]);
    return true;
  }
  return false;
}

/* The list of everything that can be explained. */
static void list_row(cy_out *out, const char *what, const char *id, const char *title)
{
  cy_out_row(out);
  cy_out_str(out, "what", NULL, what);
  cy_out_str(out, "id", NULL, id);
  cy_out_str(out, "title", NULL, title);
  cy_out_row_end(out);
}

static cy_err *list_all(cy_out *out)
{
  static const cy_column columns[] = {{"what", "what"}, {"id", "id"}, {"title", "in a line"}};
  cy_out_table(out, "ids", "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < CY_COUNT(topics); i++)
    list_row(out, "topic", topics[i].id, topics[i].title);
  for (cy_finding_id i = cy_finding_next(0); i != CY_F_COUNT; i = cy_finding_next(i))
    list_row(out, "finding", cy_finding_info_get((cy_finding_id)i)->id,
      cy_finding_info_get((cy_finding_id)i)->title);
  for (cy_err_code i = cy_err_code_next(CY_OK); i != CY_E_COUNT; i = cy_err_code_next(i))
    list_row(out, "error", cy_err_info_get((cy_err_code)i)->id, cy_err_info_get((cy_err_code)i)->title);
  cy_explain_message_list(out, list_row);
  cy_out_table_end(out);
  return NULL;
}

static cy_err *unknown(const char *word)
{
  cy_err *code = cy_explain_no_such_code(word);
  if (code)
    return code;
  cy_nearest near = CY_NEAREST(word);
  for (size_t i = 0; i < CY_COUNT(topics); i++)
    cy_nearest_try(&near, topics[i].id);
  for (cy_finding_id i = cy_finding_next(0); i != CY_F_COUNT; i = cy_finding_next(i))
    cy_nearest_try(&near, cy_finding_info_get((cy_finding_id)i)->id);
  for (cy_err_code i = cy_err_code_next(CY_OK); i != CY_E_COUNT; i = cy_err_code_next(i))
    cy_nearest_try(&near, cy_err_info_get((cy_err_code)i)->id);
  cy_explain_message_nearest(&near);
  cy_err *err = cy_err_new(CY_E_USAGE, "there is nothing called %s to explain", word);
  return near.best ? cy_err_hint(err,
                       "Did you mean `causey explain %s`? Without a word it lists all there is.", near.best)
                   : cy_err_hint(err, "`causey explain` without a word lists all there is.");
}

static bool explain_word(cy_out *out, const char *word)
{
  cy_finding_id finding = cy_finding_find(word);
  cy_err_code code = cy_err_code_find(word);
  for (size_t i = 0; i < CY_COUNT(topics); i++) {
    if (strcmp(topics[i].id, word) == 0) {
      explain_topic(out, &topics[i]);
      return true;
    }
  }
  if (finding != CY_F_COUNT)
    explain_finding(out, finding);
  else if (code != CY_OK)
    explain_error(out, code);
  else
    return cy_explain_message(out, word);
  return true;
}

/* What can only be meant as a file: "-", and what has a slash. */
static bool is_path(const char *word)
{
  return strcmp(word, "-") == 0 || word[0] == '/' || cy_text_starts(word, "./") ||
         cy_text_starts(word, "../");
}

static bool all_are_files(const cy_args *args)
{
  for (size_t i = 0; i < args->operand_count; i++)
    if (!is_path(args->operands[i]) && access(args->operands[i], F_OK) != 0)
      return false;
  return true;
}

/* Words of a message that was not quoted belong together. */
static cy_err *explain_pasted(cy_run *run)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  bool found = false;
  for (size_t i = 0; i < run->args->operand_count; i++)
    cy_buf_printf(&text, "%s%s", i ? " " : "", run->args->operands[i]);
  CY_TRY(cy_buf_check(&text));
  CY_TRY(cy_explain_text(run, cy_buf_get(&text), &found));
  return found ? NULL : unknown(cy_buf_cstr(&text));
}

static cy_err *explain(cy_run *run)
{
  const cy_args *args = run->args;
  if (args->operand_count == 0)
    return list_all(run->out);
  if (args->operand_count == 1 && !is_path(args->operands[0]) && explain_word(run->out, args->operands[0]))
    return NULL;
  if (all_are_files(args))
    return cy_explain_logs(run, args->operands, args->operand_count);
  return explain_pasted(run);
}

static cy_err *run_explain(cy_run *run)
{
  cy_out_document(run->out, "causey.explain/1", 0);
  CY_TRY(explain(run));
  return cy_explain_tested(run);
}

const cy_command cy_cmd_explain = {
  .name = "explain",
  .operands = "[ID | CODE | TEXT | LOG...]",
  .summary = "say what a finding, an error, or another product's message or log means, and what mends it",
  .description =
    "ID is what stands in a finding (key.no-passphrase), at the end of an error (store.label-missing), a "
    "cause "
    "(suite.none-in-common), or one of the topics. Without one, all of them are listed.\n\n"
    "CODE is another product's: AMQ9633E, CSQX620E, 2397, gsk:434, alert:40, openssl:19, "
    "SEC_ERROR_UNKNOWN_ISSUER, "
    "ICH408I. FAMILY:CODE says whose it is (`causey explain gsk` lists a family). TEXT is a message as it "
    "was "
    "pasted.\n\n"
    "LOG is a file, or - for standard input; ./NAME is always a file. All messages that are known are "
    "gathered from it, "
    "of whatever products; those of one connection are put together, with what they mean together, which "
    "end refused, "
    "the likely causes, and how to check each. Give the logs of both ends to have them weighed "
    "together.\n\n"
    "With --client and --server, each a configuration as `causey tls check` takes it, the causes are "
    "tested, not "
    "only ranked: which one holds, what shows in one of the two alone, and what they rule out.",
  .max_operands = -1,
  .options = {CY_OPT_CLIENT, CY_OPT_SERVER, CY_OPT_HOST, CY_OPT_CLIENT_DIALECT, CY_OPT_SERVER_DIALECT,
    CY_OPT_ROOT, CY_OPT_RINGS, CY_OPT_RING_USER, CY_OPT_AT, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE,
    CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey explain store.java-sees-nothing", "why Java finds no certificate in a store"},
    {"causey explain gsk:434", "a return code of GSKit or System SSL"},
    {"causey explain AMQ9633E", "a message of a queue manager"},
    {"causey explain 'sslv3 alert handshake failure'", "a message that was pasted"},
    {"causey explain ./AMQERR01.LOG ./client.log", "what went wrong, from the logs of both ends"},
    {"journalctl -u nginx | causey explain -", "from standard input"},
    {"causey explain --client curl.json --server nginx.conf#www alert:40", "and which of its causes it is"},
    {"causey explain formats", "what each kind of store can hold"},
    {"causey explain", "everything that can be explained"}},
  .run = run_explain,
};
