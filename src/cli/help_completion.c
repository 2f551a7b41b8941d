/* Completion scripts from the table of commands. */
#include "cli/help.h"

static void put_quoted(cy_buf *out, const char *text)
{
  for (; *text; text++) {
    if (*text == '\'')
      cy_buf_str(out, "'\\''");
    else
      cy_buf_u8(out, (uint8_t)*text);
  }
}

/* The words that an option's argument can be, NULL for files and free text. */
static const char *choices(cy_opt opt)
{
  static const struct {
    const char *name;
    const char *words;
  } known[] = {
    {"color", "auto always never"},
    {"names", "openssl openssl-old rfc4514 mq racf"},
    {"completion", "bash zsh fish"},
    {"purpose", "server client ca email code any"},
    {"profile", "strict openssl browser java"},
    {"for", "java"},
    {"fail-on", "info notice warning error critical never"},
    {"min-severity", "info notice warning error critical"},
  };
  for (size_t i = 0; i < CY_COUNT(known); i++)
    if (strcmp(cy_options[opt].name, known[i].name) == 0)
      return known[i].words;
  return NULL;
}

static void bash_options(cy_buf *out, const cy_command *command)
{
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (cy_command_takes(command, (cy_opt)i))
      cy_buf_printf(out, " --%s", cy_options[i].name);
}

static void bash_names(cy_buf *out)
{
  for (size_t i = 0; i < cy_command_count; i++)
    cy_buf_printf(out, "%s%s", i ? " " : "", cy_commands[i]->name);
}

static void put_bash(cy_buf *out)
{
  cy_buf_str(out, "# bash completion for causey\n_causey()\n{\n"
                  "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
                  "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                  "    mapfile -t COMPREPLY < <(compgen -W '");
  bash_names(out);
  cy_buf_str(out, "' -- \"$word\")\n    return\n  fi\n  case $before in\n");
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (choices((cy_opt)i))
      cy_buf_printf(out, "    --%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\"); return ;;\n",
        cy_options[i].name, choices((cy_opt)i));
  cy_buf_str(out, "  esac\n  case ${COMP_WORDS[1]} in\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(out, "    %s) options='", cy_commands[i]->name);
    bash_options(out, cy_commands[i]);
    cy_buf_str(out, "' ;;\n");
  }
  cy_buf_str(out, "  esac\n  case $word in\n"
                  "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
                  "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n  esac\n}\n"
                  "complete -o filenames -F _causey causey\n");
}

static void zsh_option(cy_buf *out, cy_opt opt)
{
  const cy_option *o = &cy_options[opt];
  cy_buf_printf(out, "      '--%s[", o->name);
  put_quoted(out, o->help);
  cy_buf_str(out, "]");
  if (o->arg && choices(opt))
    cy_buf_printf(out, ":%s:(%s)", o->arg, choices(opt));
  else if (o->arg)
    cy_buf_printf(out, ":%s:_files", o->arg);
  cy_buf_str(out, "' \\\n");
}

static void put_zsh(cy_buf *out)
{
  cy_buf_str(out, "#compdef causey\n_causey() {\n  local -a commands\n  commands=(\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(out, "    '%s:", cy_commands[i]->name);
    put_quoted(out, cy_commands[i]->summary);
    cy_buf_str(out, "'\n");
  }
  cy_buf_str(out, "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
                  "  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(out, "    %s) _arguments -s \\\n", cy_commands[i]->name);
    for (int o = 0; o < CY_OPT_COUNT; o++)
      if (cy_command_takes(cy_commands[i], (cy_opt)o))
        zsh_option(out, (cy_opt)o);
    cy_buf_str(out, "      '*:file:_files' ;;\n");
  }
  cy_buf_str(out, "  esac\n}\nif [ \"$funcstack[1]\" = _causey ]; then _causey \"$@\"; else compdef "
                  "_causey causey; fi\n");
}

static void fish_option(cy_buf *out, const char *command, cy_opt opt)
{
  const cy_option *o = &cy_options[opt];
  cy_buf_printf(out, "complete -c causey -n '__fish_seen_subcommand_from %s' -l %s", command, o->name);
  if (o->letter)
    cy_buf_printf(out, " -s %c", o->letter);
  if (o->arg && choices(opt))
    cy_buf_printf(out, " -x -a '%s'", choices(opt));
  else if (o->arg)
    cy_buf_str(out, " -r");
  cy_buf_str(out, " -d \"");
  for (const char *c = o->help; *c; c++)
    if (*c != '"' && *c != '$')
      cy_buf_u8(out, (uint8_t)*c);
  cy_buf_str(out, "\"\n");
}

static void put_fish(cy_buf *out)
{
  cy_buf_str(out, "# fish completion for causey\n");
  for (size_t i = 0; i < cy_command_count; i++)
    cy_buf_printf(out, "complete -c causey -n __fish_use_subcommand -f -a %s -d \"%s\"\n",
      cy_commands[i]->name, cy_commands[i]->summary);
  for (size_t i = 0; i < cy_command_count; i++)
    for (int o = 0; o < CY_OPT_COUNT; o++)
      if (cy_command_takes(cy_commands[i], (cy_opt)o))
        fish_option(out, cy_commands[i]->name, (cy_opt)o);
}

bool cy_help_completion(cy_buf *script, const char *shell)
{
  if (strcmp(shell, "bash") == 0)
    put_bash(script);
  else if (strcmp(shell, "zsh") == 0)
    put_zsh(script);
  else if (strcmp(shell, "fish") == 0)
    put_fish(script);
  else
    return false;
  return true;
}
