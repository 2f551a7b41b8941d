/*
 * The program: the only place that prints, exits and reads the environment.
 *
 * Everything else is in the table of commands (command.h) and below.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"
#include "crypto/lib.h"

static cy_err *write_fd(void *arg, const void *data, size_t len)
{
  return cy_fd_write(*(const int *)arg, cy_span_of(data, len), "the output");
}

static const char *environment(const char *name)
{
  return getenv(name);
}

static bool wants_colour(const cy_args *args)
{
  const char *when = cy_args_value(args, CY_OPT_COLOR);
  const char *term = getenv("TERM");
  if (when && strcmp(when, "auto") != 0)
    return strcmp(when, "always") == 0;
  return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static unsigned terminal_width(void)
{
  struct winsize size;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    return size.ws_col;
  return 0;
}

static cy_out_options out_options(const cy_args *args)
{
  return (cy_out_options){
    .format = args->given[CY_OPT_JSON] ? CY_OUT_JSON : CY_OUT_TEXT,
    .colour = args->command && wants_colour(args),
    .progress = isatty(STDERR_FILENO),
    .width = terminal_width(),
    .quiet = args->given[CY_OPT_QUIET],
  };
}

static cy_err *check_words(cy_run *run)
{
  const char *when = cy_args_value(run->args, CY_OPT_COLOR);
  const char *at = cy_args_value(run->args, CY_OPT_AT);
  if (when && strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
    return cy_err_new(CY_E_USAGE, "--color is auto, always or never, not %s", when);
  if (at && !cy_time_parse(&run->now, at))
    return cy_err_hint(
      cy_err_new(CY_E_USAGE, "--at %s is no time", at), "Write 2026-01-31 or 2026-01-31T10:00:00Z.");
  cy_severity severity;
  run->fail_on = cy_args_value(run->args, CY_OPT_FAIL_ON);
  if (run->fail_on && strcmp(run->fail_on, "never") != 0 && !cy_severity_parse(&severity, run->fail_on))
    return cy_err_hint(cy_err_new(CY_E_USAGE, "--fail-on %s is no severity", run->fail_on),
      "There are info, notice, warning, error, critical and never.");
  return NULL;
}

static cy_err *run_command(cy_run *run)
{
  CY_TRY(check_words(run));
  if (run->args->given[CY_OPT_HELP])
    return cy_help_command(run->out, run->args->command);
  return run->args->command->run(run);
}

static int run_program(cy_args *args, cy_err *err)
{
  static int results = STDOUT_FILENO, diagnostics = STDERR_FILENO;
  cy_out_options options = out_options(args);
  cy_out *out = NULL;
  cy_err *no_out =
    cy_out_new(&out, &options, (cy_sink){write_fd, &results}, (cy_sink){write_fd, &diagnostics});
  if (no_out) {
    fputs("causey: no memory\n", stderr);
    cy_err_free(err);
    return CY_EXIT_IO;
  }
  cy_run run = {.args = args,
    .out = out,
    .now = cy_time_now(),
    .home = getenv("HOME"),
    .env = environment,
    .interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO)};
  if (!err)
    err = run_command(&run);
  if (!err && cy_mem_failures())
    err = cy_err_no_memory(); /* what was shown may lack something */
  cy_err *finish = cy_out_finish(out);
  if (err)
    cy_run_error(&run, err);
  if (finish)
    cy_run_error(&run, finish);
  cy_out_free(out);
  return (int)run.exit_code;
}

int main(int argc, char **argv)
{
  cy_args args;
  /* A reader that went away is an error of write(2), not a signal. */
  signal(SIGPIPE, SIG_IGN);
  cy_secret_harden_process();
#ifdef CY_FAULT_INJECTION
  cy_fault_begin(getenv("CAUSEY_CRASH_AT"), getenv("CAUSEY_FAIL_ALLOC"));
#endif
  cy_err *err = cy_args_parse(&args, argc, argv);
  int exit_code = run_program(&args, err);
  cy_args_clear(&args);
  cy_digest_thread_end();
  cy_lib_end();
  return exit_code;
}
