/* help, version: made from the table. */
#include "base/text.h"
#include "cli/for_product.h"
#include "cli/help.h"

static void put_option(cy_out *out, cy_opt opt)
{
  const cy_option *o = &cy_options[opt];
  cy_out_row(out);
  if (o->letter)
    cy_out_strf(
      out, "option", NULL, "-%c, --%s%s%s", o->letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
  else
    cy_out_strf(out, "option", NULL, "    --%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
  cy_out_str(out, "help", NULL, o->help);
  cy_out_row_end(out);
}

static void put_options(cy_out *out, const cy_command *command)
{
  static const cy_column columns[] = {{"option", ""}, {"help", ""}};
  cy_out_table(out, "options", "Options", columns, CY_COUNT(columns));
  for (size_t i = 0; i < CY_COMMAND_OPTIONS && command->options[i]; i++)
    put_option(out, command->options[i]);
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_option_is_common((cy_opt)i))
      put_option(out, (cy_opt)i);
  cy_out_table_end(out);
}

cy_err *cy_help_command(cy_out *out, const cy_command *command)
{
  cy_out_document(out, "causey.help/1", 0);
  cy_out_strf(out, "usage", NULL, "causey %s %s", command->name, command->operands);
  cy_out_line(out, "causey %s %s", command->name, command->operands);
  cy_out_line(out, "%s", "");
  cy_out_paragraphs(out, command->description);
  put_options(out, command);
  cy_out_list(out, "examples", "Examples");
  for (size_t i = 0; i < CY_COMMAND_EXAMPLES && command->examples[i].line; i++) {
    cy_out_line(out, "%s", command->examples[i].line);
    cy_out_line(out, "    %s", command->examples[i].says);
  }
  cy_out_list_end(out);
  return NULL;
}

static cy_err *help_all(cy_out *out)
{
  static const cy_column columns[] = {{"name", ""}, {"summary", ""}};
  cy_out_document(out, "causey.help/1", 0);
  cy_out_line(out, "causey: certificates and keys, wherever they live; and when a step fails, why.");
  cy_out_table(out, "commands", "Commands", columns, CY_COUNT(columns));
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_out_row(out);
    cy_out_str(out, "name", NULL, cy_commands[i]->name);
    cy_out_str(out, "operands", NULL, cy_commands[i]->operands);
    cy_out_str(out, "summary", NULL, cy_commands[i]->summary);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
  cy_out_line(out, "%s", "");
  cy_out_line(out, "`causey help COMMAND` says more, with examples.");
  return NULL;
}

/* Text for other programs (man, the shells), as it is. */
static cy_err *help_made(cy_run *run)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const char *shell = cy_args_value(run->args, CY_OPT_COMPLETION);
  if (shell && !cy_help_completion(&text, shell))
    return cy_err_new(CY_E_USAGE, "--completion is for bash, zsh or fish, not %s", shell);
  if (!shell)
    cy_help_man(&text);
  CY_TRY(cy_buf_check(&text));
  cy_out_raw(run->out, cy_buf_get(&text));
  return NULL;
}

/* A topic of `explain`, for those who look here first. */
static cy_err *no_such_command(const char *const *words, size_t count)
{
  CY_CLEAN(cy_buf) joined = CY_BUF_TEXT;
  for (size_t i = 0; i < count; i++)
    cy_buf_printf(&joined, "%s%s", i ? " " : "", words[i]);
  const char *word = cy_buf_cstr(&joined);
  cy_nearest near = CY_NEAREST(word);
  for (size_t i = 0; i < cy_command_count; i++)
    cy_nearest_try(&near, cy_commands[i]->name);
  cy_err *err = cy_err_new(CY_E_USAGE, "there is no command %s to help with", word);
  return near.best
           ? cy_err_hint(err, "Did you mean `causey help %s`?", near.best)
           : cy_err_hint(err, "`causey help` lists the commands; `causey explain` knows more words.");
}

static cy_err *run_help(cy_run *run)
{
  if (run->args->given[CY_OPT_MAN] || run->args->given[CY_OPT_COMPLETION])
    return help_made(run);
  if (run->args->operand_count == 0)
    return help_all(run->out);
  size_t taken;
  const cy_args *args = run->args;
  const cy_command *command = cy_command_of_words(args->operands, args->operand_count, &taken);
  if (command && taken == args->operand_count)
    return cy_help_command(run->out, command);
  if (args->operand_count == 1 && strcmp(args->operands[0], "products") == 0)
    return cy_help_products(run->out);
  if (args->operand_count == 1 && cy_explain_topic(run->out, args->operands[0]))
    return NULL;
  return no_such_command(args->operands, args->operand_count);
}

const cy_command cy_cmd_help = {
  .name = "help",
  .operands = "[COMMAND | TOPIC]",
  .summary = "show the commands, or one of them in full",
  .description =
    "Without an operand: the list of commands. With one: its operands, options and examples. "
    "`causey help products` lists the products that `causey cp --for` knows, and from where; other "
    "topics (formats, addresses, exit-codes) are those of `causey explain`.",
  .max_operands = 2,
  .options = {CY_OPT_MAN, CY_OPT_COMPLETION},
  .examples = {{"causey help ls", "how to list entries"},
    {"causey help products", "for which products cp can write"},
    {"causey help --man | man -l -", "the manual page"},
    {"source <(causey help --completion bash)", "completion in this shell"}},
  .run = run_help,
};

static cy_err *run_version(cy_run *run)
{
  cy_out_document(run->out, "causey.version/1", 0);
  cy_out_str(run->out, "version", NULL, CY_VERSION);
  cy_out_line(run->out, "causey %s", CY_VERSION);
  return NULL;
}

const cy_command cy_cmd_version = {
  .name = "version",
  .operands = "",
  .summary = "show the version",
  .description = "The version of the program.",
  .run = run_version,
};
