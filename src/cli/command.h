/*
 * The table of commands and options, from which help, manual and completion are made as well.
 *
 * Purpose:   a command is one file (cmd_<noun>.c) with one constant of this type and one row in
 *            commands.def; an option is one row in options.def.
 * Ownership: constant data; a cy_run borrows what main owns.
 * Errors:    a command returns what stopped it; findings that shall fail the program are noted
 *            with cy_run_exit.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_COMMAND_H
#define CY_CLI_COMMAND_H

#include "base/ask.h"
#include "base/out.h"
#include "store/place.h"

typedef enum {
#define CY_OPTION(code, name, letter, arg, help) CY_OPT_##code,
#include "cli/options.def"
#undef CY_OPTION
  CY_OPT_COUNT
} cy_opt;

typedef struct {
  const char *name;
  char letter;     /* 0: none */
  const char *arg; /* NULL: takes none */
  const char *help;
} cy_option;

extern const cy_option cy_options[CY_OPT_COUNT];

typedef struct cy_run cy_run;

typedef struct {
  const char *line; /* "causey ls server.p12" */
  const char *says; /* what it does */
} cy_example;

enum { CY_COMMAND_OPTIONS = 48, CY_COMMAND_EXAMPLES = 12 };

typedef struct {
  const char *name;        /* "ls"; of a family two words: "tls suites" */
  const char *operands;    /* "PLACE..." */
  const char *summary;     /* one line, no full stop */
  const char *description; /* paragraphs, separated by an empty line */
  int min_operands;
  int max_operands;                         /* -1: any number */
  cy_opt options[CY_COMMAND_OPTIONS];       /* besides the common ones; ended by CY_OPT_HELP (0) */
  cy_example examples[CY_COMMAND_EXAMPLES]; /* ended by a NULL line */
  cy_err *(*run)(cy_run *run);
} cy_command;

extern const cy_command *const cy_commands[];
extern const size_t cy_command_count;
const cy_command *cy_command_find(const char *name);
/* The command that the first words are, and how many words that takes; NULL when there is none. */
const cy_command *cy_command_of_words(const char *const *words, size_t count, size_t *taken);
/* The first word of a family ("tls"): its length in the name; 0 for a command of one word. */
size_t cy_command_family(const cy_command *command);
/* true for the options that every command has. */
bool cy_option_is_common(cy_opt opt);
bool cy_command_takes(const cy_command *command, cy_opt opt);

/* What was written on the command line. An option that is given several times keeps all values. */
typedef struct {
  const cy_command *command;
  const char **operands;
  size_t operand_count;
  const char **values; /* of options with an argument, in order, parallel to value_opts */
  cy_opt *value_opts;
  size_t value_count;
  bool given[CY_OPT_COUNT];
} cy_args;

/* argv[0] is the program. A wrong word is usage.wrong, with the nearest right one. */
cy_err *cy_args_parse(cy_args *args, int argc, char **argv) CY_MUST_USE;
void cy_args_clear(cy_args *args);
/* The last value of an option, NULL when it was not given. */
const char *cy_args_value(const cy_args *args, cy_opt opt);
/* The i-th value of an option (from 0), NULL beyond. */
const char *cy_args_nth(const cy_args *args, cy_opt opt, size_t i);

struct cy_run {
  const cy_args *args;
  cy_out *out;
  cy_time now;         /* --at, or the clock */
  const char *home;    /* HOME, may be NULL */
  bool interactive;    /* a prompt can be shown */
  cy_exit exit_code;   /* the worst so far */
  const char *fail_on; /* --fail-on: a severity or "never"; NULL: error */
  const char *(*env)(const char *name);
};

/* Notes an exit code; the worst one wins. */
void cy_run_exit(cy_run *run, cy_exit exit_code);
/* Shows an error that does not stop the command (one of several places), and notes its code. */
void cy_run_error(cy_run *run, cy_err *err);
/* Notes CY_EXIT_FINDINGS when a finding is at or above --fail-on (default: error). */
void cy_run_findings(cy_run *run, const cy_findings *findings);

/* Where passwords come from, for the stores in one role. */
typedef enum { CY_ROLE_STORE, CY_ROLE_FROM, CY_ROLE_TO } cy_role;

/* Passwords in the order in which they are to be tried. */
typedef struct {
  cy_secret **items;
  size_t count;
  size_t cap;
} cy_secrets;

void cy_secrets_clear(cy_secrets *list);
/* One password a line; an empty line is the empty password. */
cy_err *cy_secrets_load(cy_secrets *list, const char *path) CY_MUST_USE;

/* What the options gave; each is read once. */
typedef enum {
  CY_GIVEN_STORE, /* the role's store password */
  CY_GIVEN_KEY,
  CY_GIVEN_NEW,
  CY_GIVEN_ANY,  /* --password, which is good for both sides */
  CY_GIVEN_LIST, /* --passwords: to be tried after those */
  CY_GIVEN_COUNT
} cy_given;

typedef struct cy_run_ask {
  cy_ask ask; /* first: this is what stores are given */
  cy_run *run;
  cy_role role;
  cy_secrets given[CY_GIVEN_COUNT];
  bool read[CY_GIVEN_COUNT];
  unsigned prompts;        /* how often the terminal was asked for what is asked for now */
  struct cy_run_ask *also; /* whose --password this one shares: a descriptor can be read once only */
} cy_run_ask;

/* An option that is given several times, and each line of --passwords, is tried in turn on every store;
 * of what a new store is to have the last one holds. */
void cy_run_ask_init(cy_run_ask *ask, cy_run *run, cy_role role);
void cy_run_ask_clear(cy_run_ask *ask);

/* --zone in minutes east of UTC; *given is false without it. */
cy_err *cy_run_zone(cy_run *run, int *minutes, bool *given) CY_MUST_USE;
/* Opens an operand. The address must be cleared by the caller, also after an error. */
cy_err *cy_run_open(cy_run *run, cy_place **place, cy_address *address, const char *operand,
  cy_open_mode mode, cy_ask *ask) CY_MUST_USE;
/* Says so when a store was read without checking its integrity, since no password was given. */
void cy_run_note_unchecked(cy_run *run, cy_place *place);
/* --names, or `fallback`. */
cy_err *cy_run_names(cy_run *run, int *notation, int fallback) CY_MUST_USE;

/* The help of one command, of all, and the version (cmd_help.c). */
cy_err *cy_help_command(cy_out *out, const cy_command *command) CY_MUST_USE;

#endif
