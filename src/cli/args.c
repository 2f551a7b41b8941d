/* Reading the command line by the table. */
#include "base/mem.h"
#include "base/text.h"
#include "cli/command.h"

const cy_option cy_options[CY_OPT_COUNT] = {
#define CY_OPTION(code, name, letter, arg, help) [CY_OPT_##code] = {name, letter, arg, help},
#include "cli/options.def"
#undef CY_OPTION
};

#define CY_COMMAND(name) extern const cy_command cy_cmd_##name;
#include "cli/commands.def"
#undef CY_COMMAND

const cy_command *const cy_commands[] = {
#define CY_COMMAND(name) &cy_cmd_##name,
#include "cli/commands.def"
#undef CY_COMMAND
};
const size_t cy_command_count = CY_COUNT(cy_commands);

const cy_command *cy_command_find(const char *name)
{
  for (size_t i = 0; i < cy_command_count; i++)
    if (strcmp(cy_commands[i]->name, name) == 0)
      return cy_commands[i];
  return NULL;
}

size_t cy_command_family(const cy_command *command)
{
  const char *blank = strchr(command->name, ' ');
  return blank ? (size_t)(blank - command->name) : 0;
}

static bool is_of_family(const cy_command *command, const char *word)
{
  size_t len = cy_command_family(command);
  return len && cy_span_equal(cy_span_of(command->name, len), cy_span_str(word));
}

const cy_command *cy_command_of_words(const char *const *words, size_t count, size_t *taken)
{
  for (size_t i = 0; count > 1 && i < cy_command_count; i++)
    if (is_of_family(cy_commands[i], words[0]) &&
        strcmp(cy_commands[i]->name + strlen(words[0]) + 1, words[1]) == 0) {
      *taken = 2;
      return cy_commands[i];
    }
  *taken = 1;
  return count ? cy_command_find(words[0]) : NULL;
}

bool cy_option_is_common(cy_opt opt)
{
  return opt == CY_OPT_HELP || opt == CY_OPT_JSON || opt == CY_OPT_QUIET || opt == CY_OPT_COLOR;
}

bool cy_command_takes(const cy_command *command, cy_opt opt)
{
  if (cy_option_is_common(opt))
    return true;
  for (size_t i = 0; i < CY_COMMAND_OPTIONS && command->options[i]; i++)
    if (command->options[i] == opt)
      return true;
  return false;
}

/* `second` may be NULL. */
static cy_err *unknown_of_family(const char *word, const char *second)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(second ? second : "");
  for (size_t i = 0; i < cy_command_count; i++)
    if (is_of_family(cy_commands[i], word)) {
      cy_nearest_try(&near, cy_commands[i]->name + strlen(word) + 1);
      cy_buf_printf(&all, "%s`causey %s`", all.len ? ", " : "", cy_commands[i]->name);
    }
  cy_err *err = second ? cy_err_new(CY_E_USAGE, "there is no command %s %s", word, second)
                       : cy_err_new(CY_E_USAGE, "%s is the first word of several commands", word);
  return near.best ? cy_err_hint(err, "Did you mean `causey %s %s`? There are %s.", word, near.best,
                       cy_buf_cstr(&all))
                   : cy_err_hint(err, "There are %s.", cy_buf_cstr(&all));
}

static cy_err *unknown_command(const char *word, const char *second)
{
  for (size_t i = 0; i < cy_command_count; i++)
    if (is_of_family(cy_commands[i], word))
      return unknown_of_family(word, second);
  cy_nearest near = CY_NEAREST(word);
  for (size_t i = 0; i < cy_command_count; i++)
    cy_nearest_try(&near, cy_commands[i]->name);
  cy_err *err = cy_err_new(CY_E_USAGE, "there is no command %s", word);
  return near.best
           ? cy_err_hint(err, "Did you mean `causey %s`? `causey help` lists the commands.", near.best)
           : cy_err_hint(err, "`causey help` lists the commands.");
}

static cy_err *unknown_option(const cy_command *command, const char *word)
{
  cy_nearest near = CY_NEAREST(word);
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_command_takes(command, (cy_opt)i))
      cy_nearest_try(&near, cy_options[i].name);
  cy_err *err = cy_err_new(CY_E_USAGE, "`causey %s` has no option --%s", command->name, word);
  return near.best ? cy_err_hint(err, "Did you mean --%s? See `causey help %s`.", near.best, command->name)
                   : cy_err_hint(err, "See `causey help %s`.", command->name);
}

static int find_option(const cy_command *command, cy_span name)
{
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_span_equal(name, cy_span_str(cy_options[i].name)) && cy_command_takes(command, (cy_opt)i))
      return i;
  return -1;
}

static int find_letter(const cy_command *command, char letter)
{
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_options[i].letter == letter && cy_command_takes(command, (cy_opt)i))
      return i;
  return -1;
}

typedef struct {
  cy_args *args;
  int argc;
  char **argv;
  int at;
} reader;

static cy_err *take_option(reader *r, int opt, const char *inline_value)
{
  const cy_option *o = &cy_options[opt];
  r->args->given[opt] = true;
  if (!o->arg) {
    if (inline_value)
      return cy_err_new(CY_E_USAGE, "--%s takes no value", o->name);
    return NULL;
  }
  const char *value = inline_value;
  if (!value && r->at + 1 < r->argc)
    value = r->argv[++r->at];
  if (!value)
    return cy_err_hint(cy_err_new(CY_E_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->arg),
      "%s: %s", o->arg, o->help);
  r->args->value_opts[r->args->value_count] = (cy_opt)opt;
  r->args->values[r->args->value_count++] = value;
  return NULL;
}

static cy_err *take_long(reader *r, const char *word)
{
  const char *equals = strchr(word, '=');
  cy_span name = cy_span_of(word, equals ? (size_t)(equals - word) : strlen(word));
  int opt = find_option(r->args->command, name);
  if (opt >= 0)
    return take_option(r, opt, equals ? equals + 1 : NULL);
  CY_AUTO_STR char *copy = cy_strndup(word, name.len);
  CY_TRY_ALLOC(copy);
  return unknown_option(r->args->command, copy);
}

static cy_err *take_letters(reader *r, const char *letters)
{
  for (; *letters; letters++) {
    int opt = find_letter(r->args->command, *letters);
    if (opt < 0)
      return cy_err_hint(
        cy_err_new(CY_E_USAGE, "`causey %s` has no option -%c", r->args->command->name, *letters),
        "See `causey help %s`.", r->args->command->name);
    if (cy_options[opt].arg)
      return take_option(r, opt, letters[1] ? letters + 1 : NULL);
    CY_TRY(take_option(r, opt, NULL));
  }
  return NULL;
}

static cy_err *take_words(reader *r)
{
  bool only_operands = false;
  for (; r->at < r->argc; r->at++) {
    const char *word = r->argv[r->at];
    if (only_operands || word[0] != '-' || word[1] == 0)
      r->args->operands[r->args->operand_count++] = word;
    else if (strcmp(word, "--") == 0)
      only_operands = true;
    else if (word[1] == '-')
      CY_TRY(take_long(r, word + 2));
    else
      CY_TRY(take_letters(r, word + 1));
  }
  return NULL;
}

static cy_err *check_operands(const cy_args *args)
{
  const cy_command *c = args->command;
  if (args->given[CY_OPT_HELP])
    return NULL;
  bool few = args->operand_count < (size_t)c->min_operands;
  bool many = c->max_operands >= 0 && args->operand_count > (size_t)c->max_operands;
  if (!few && !many)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "`causey %s` was given too %s: causey %s %s", c->name,
                       few ? "little" : "much", c->name, c->operands),
    "See `causey help %s`.", c->name);
}

cy_err *cy_args_parse(cy_args *args, int argc, char **argv)
{
  *args = (cy_args){0};
  const char *word = argc > 1 ? argv[1] : "help";
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
    word = "help";
  if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
    word = "version";
  size_t taken;
  const char *words[] = {word, argc > 2 ? argv[2] : NULL};
  args->command = cy_command_of_words(words, argc > 2 ? 2 : 1, &taken);
  if (!args->command)
    return unknown_command(word, words[1]);
  args->operands = cy_calloc((size_t)argc + 1, sizeof *args->operands);
  args->values = cy_calloc((size_t)argc + 1, sizeof *args->values);
  args->value_opts = cy_calloc((size_t)argc + 1, sizeof *args->value_opts);
  if (!args->operands || !args->values || !args->value_opts)
    return cy_err_no_memory();
  reader r = {args, argc, argv, 1 + (int)taken};
  CY_TRY(take_words(&r));
  return check_operands(args);
}

void cy_args_clear(cy_args *args)
{
  cy_free(args->operands);
  cy_free(args->values);
  cy_free(args->value_opts);
  *args = (cy_args){0};
}

const char *cy_args_value(const cy_args *args, cy_opt opt)
{
  const char *value = NULL;
  for (size_t i = 0; i < args->value_count; i++)
    if (args->value_opts[i] == opt)
      value = args->values[i];
  return value;
}

const char *cy_args_nth(const cy_args *args, cy_opt opt, size_t n)
{
  for (size_t i = 0; i < args->value_count; i++)
    if (args->value_opts[i] == opt && n-- == 0)
      return args->values[i];
  return NULL;
}
