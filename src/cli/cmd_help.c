/* help, version: made from the table. */
#include "cli/command.h"

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
  cy_out_line(out, "%s.", command->summary);
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

static cy_err *run_help(cy_run *run)
{
  if (run->args->operand_count == 0)
    return help_all(run->out);
  const cy_command *command = cy_command_find(run->args->operands[0]);
  if (command)
    return cy_help_command(run->out, command);
  return cy_err_new(CY_E_USAGE, "there is no command %s to help with", run->args->operands[0]);
}

const cy_command cy_cmd_help = {
  .name = "help",
  .operands = "[COMMAND]",
  .summary = "show the commands, or one of them in full",
  .description = "Without an operand: the list of commands. With one: its operands, options and examples.",
  .max_operands = 1,
  .examples = {{"causey help ls", "how to list entries"}},
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
