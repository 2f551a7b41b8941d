/* The manual page (mdoc) from the table of commands. */
#include "base/text.h"
#include "cli/help.h"

/* Text of a page: backslashes and leading dots and quotes are the formatter's. */
static void put_text(cy_buf *page, const char *text)
{
  bool line_start = true;
  for (; *text; text++) {
    if (line_start && (*text == '.' || *text == '\''))
      cy_buf_str(page, "\\&");
    line_start = *text == '\n';
    if (*text == '\\')
      cy_buf_str(page, "\\e");
    else if (*text == '-')
      cy_buf_str(page, "\\-");
    else
      cy_buf_u8(page, (uint8_t)*text);
  }
}

/* Each sentence on a line of its own, paragraphs apart. */
static void put_paragraphs(cy_buf *page, const char *text)
{
  CY_CLEAN(cy_buf) part = CY_BUF_TEXT;
  for (; *text; text++) {
    if (text[0] == '\n' && text[1] == '\n') {
      put_text(page, cy_buf_cstr(&part));
      cy_buf_str(page, "\n.Pp\n");
      cy_buf_reset(&part);
      text++;
    } else if (text[0] == '.' && text[1] == ' ') {
      cy_buf_str(&part, ".\n");
      text++;
    } else {
      cy_buf_u8(&part, *text == '\n' ? ' ' : (uint8_t)*text);
    }
  }
  put_text(page, cy_buf_cstr(&part));
  cy_buf_u8(page, '\n');
}

static void put_option(cy_buf *page, cy_opt opt)
{
  const cy_option *o = &cy_options[opt];
  cy_buf_str(page, ".It ");
  if (o->letter)
    cy_buf_printf(page, "Fl %c , ", o->letter);
  cy_buf_printf(page, "Fl Fl %s", o->name);
  if (o->arg)
    cy_buf_printf(page, " Ar %s", o->arg);
  cy_buf_u8(page, '\n');
  put_text(page, o->help);
  cy_buf_str(page, ".\n");
}

static void put_options(cy_buf *page, const cy_command *command)
{
  if (!command->options[0])
    return;
  cy_buf_str(page, ".Bl -tag -width Ds\n");
  for (size_t i = 0; i < CY_COMMAND_OPTIONS && command->options[i]; i++)
    put_option(page, command->options[i]);
  cy_buf_str(page, ".El\n");
}

static void put_command(cy_buf *page, const cy_command *command)
{
  cy_buf_printf(page, ".Ss causey %s %s\n", command->name, command->operands);
  put_paragraphs(page, command->description);
  put_options(page, command);
}

static void put_examples(cy_buf *page)
{
  cy_buf_str(page, ".Sh EXAMPLES\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    for (size_t k = 0; k < CY_COMMAND_EXAMPLES && cy_commands[i]->examples[k].line; k++) {
      put_text(page, cy_commands[i]->examples[k].says);
      cy_buf_str(page, ":\n.Dl ");
      put_text(page, cy_commands[i]->examples[k].line);
      cy_buf_u8(page, '\n');
    }
  }
}

static void put_exit_status(cy_buf *page)
{
  static const char *const codes[][2] = {{"0", "Fine."},
    {"1", "Findings at or above the severity of \\-\\-fail\\-on."}, {"2", "The command line is wrong."},
    {"3", "Bad input."}, {"4", "Refused: a password, a label that is taken, a loss under \\-\\-strict."},
    {"5", "The operating system said no."}, {"6", "Cryptography failed."}, {"70", "A bug."}};
  cy_buf_str(page, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
  for (size_t i = 0; i < CY_COUNT(codes); i++)
    cy_buf_printf(page, ".It %s\n%s\n", codes[i][0], codes[i][1]);
  cy_buf_str(page, ".El\nOf several, the worst counts, in the order 70, 6, 5, 4, 3, 1.\n");
}

void cy_help_man(cy_buf *page)
{
  cy_buf_str(page, ".Dd November 21, 2026\n.Dt CAUSEY 1\n.Os\n.Sh NAME\n.Nm causey\n"
                   ".Nd certificates and keys, wherever they live\n.Sh SYNOPSIS\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(page, ".Nm\n.Cm %s\n.Op Ar option ...\n", cy_commands[i]->name);
    if (cy_commands[i]->operands[0])
      cy_buf_printf(page, ".Ar \"%s\"\n", cy_commands[i]->operands);
  }
  cy_buf_str(page,
    ".Sh DESCRIPTION\nEvery place that holds certificates is a folder of entries, and the same "
    "commands work on all of them.\nWhen a step fails,\n.Nm\nnames the step, the cause and the "
    "fix.\n.Sh COMMANDS\n");
  for (size_t i = 0; i < cy_command_count; i++)
    put_command(page, cy_commands[i]);
  cy_buf_str(page, ".Ss Options of every command\n.Bl -tag -width Ds\n");
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_option_is_common((cy_opt)i))
      put_option(page, (cy_opt)i);
  cy_buf_str(page, ".El\n");
  put_exit_status(page);
  put_examples(page);
  cy_buf_str(page, ".Sh SEE ALSO\n.Xr keytool 1 ,\n.Xr openssl 1\n");
}
