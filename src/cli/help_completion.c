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

/* The first words, each once: commands of a family stand together. */
static bool is_first_of_family(size_t i)
{
  size_t len = cy_command_family(cy_commands[i]);
  return !len || !i || cy_command_family(cy_commands[i - 1]) != len ||
         memcmp(cy_commands[i]->name, cy_commands[i - 1]->name, len) != 0;
}

static void put_first_word(cy_buf *out, const cy_command *command)
{
  size_t len = cy_command_family(command);
  cy_buf_span(out, cy_span_of(command->name, len ? len : strlen(command->name)));
}

static void bash_names(cy_buf *out)
{
  for (size_t i = 0; i < cy_command_count; i++)
    if (is_first_of_family(i)) {
      cy_buf_str(out, i ? " " : "");
      put_first_word(out, cy_commands[i]);
    }
}

/* "tls) mapfile ... 'suites schemes'" for the second word. */
static void bash_families(cy_buf *out)
{
  for (size_t i = 0; i < cy_command_count; i++) {
    size_t len = cy_command_family(cy_commands[i]);
    if (!len)
      continue;
    if (is_first_of_family(i)) {
      cy_buf_str(out, "    ");
      put_first_word(out, cy_commands[i]);
      cy_buf_str(out, ") mapfile -t COMPREPLY < <(compgen -W '");
    }
    cy_buf_printf(out, "%s ", cy_commands[i]->name + len + 1);
    if (i + 1 == cy_command_count || is_first_of_family(i + 1))
      cy_buf_str(out, "' -- \"$word\"); return ;;\n");
  }
}

static void put_bash(cy_buf *out)
{
  cy_buf_str(out, "# bash completion for causey\n_causey()\n{\n"
                  "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
                  "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                  "    mapfile -t COMPREPLY < <(compgen -W '");
  bash_names(out);
  cy_buf_str(out, "' -- \"$word\")\n    return\n  fi\n"
                  "  if [ \"$COMP_CWORD\" -eq 2 ]; then\n    case ${COMP_WORDS[1]} in\n    -) ;;\n");
  bash_families(out);
  cy_buf_str(out, "    esac\n  fi\n  case $before in\n");
  for (int i = 0; i < CY_OPT_COUNT; i++)
    if (choices((cy_opt)i))
      cy_buf_printf(out, "    --%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\"); return ;;\n",
        cy_options[i].name, choices((cy_opt)i));
  cy_buf_str(out, "  esac\n  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(out, "    '%s '*) options='", cy_commands[i]->name);
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

/* The second word of a family; its commands are then known by both words. */
static void zsh_family(cy_buf *out, size_t first)
{
  size_t len = cy_command_family(cy_commands[first]);
  cy_buf_str(out, "  if [[ $verb == ");
  put_first_word(out, cy_commands[first]);
  cy_buf_str(out, " ]]; then\n    if (( CURRENT == 3 )); then\n      _values command");
  for (size_t i = first; i < cy_command_count && (i == first || !is_first_of_family(i)); i++)
    cy_buf_printf(out, " %s", cy_commands[i]->name + len + 1);
  cy_buf_str(out, "\n      return\n    fi\n    verb=\"$verb $words[3]\"\n    shift words\n"
                  "    (( CURRENT-- ))\n  fi\n");
}

static void put_zsh(cy_buf *out)
{
  cy_buf_str(out, "#compdef causey\n_causey() {\n  local -a commands\n  commands=(\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    if (!is_first_of_family(i))
      continue;
    cy_buf_str(out, "    '");
    put_first_word(out, cy_commands[i]);
    cy_buf_u8(out, ':');
    put_quoted(out, cy_commands[i]->summary);
    cy_buf_str(out, "'\n");
  }
  cy_buf_str(out, "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
                  "  local verb=$words[2]\n");
  for (size_t i = 0; i < cy_command_count; i++)
    if (cy_command_family(cy_commands[i]) && is_first_of_family(i))
      zsh_family(out, i);
  cy_buf_str(out, "  shift words\n  (( CURRENT-- ))\n  case $verb in\n");
  for (size_t i = 0; i < cy_command_count; i++) {
    cy_buf_printf(out, "    '%s') _arguments -s \\\n", cy_commands[i]->name);
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
  const char *blank = strchr(command, ' ');
  cy_buf_str(out, "complete -c causey -n '__fish_seen_subcommand_from ");
  if (blank)
    cy_buf_printf(
      out, "%.*s; and __fish_seen_subcommand_from %s", (int)(blank - command), command, blank + 1);
  else
    cy_buf_str(out, command);
  cy_buf_printf(out, "' -l %s", o->name);
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

static void fish_name(cy_buf *out, size_t i)
{
  const cy_command *command = cy_commands[i];
  size_t len = cy_command_family(command);
  if (is_first_of_family(i)) {
    cy_buf_str(out, "complete -c causey -n __fish_use_subcommand -f -a ");
    put_first_word(out, command);
    cy_buf_printf(out, " -d \"%s\"\n", command->summary);
  }
  if (len)
    cy_buf_printf(out, "complete -c causey -n '__fish_seen_subcommand_from %.*s' -f -a %s -d \"%s\"\n",
      (int)len, command->name, command->name + len + 1, command->summary);
}

static void put_fish(cy_buf *out)
{
  cy_buf_str(out, "# fish completion for causey\n");
  for (size_t i = 0; i < cy_command_count; i++)
    fish_name(out, i);
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
