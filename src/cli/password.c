/* Where passwords come from: options, files, variables, descriptors, or a prompt without echo. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"
#include "store/codes.h"

enum { PASSWORD_BYTES = 1024, PASSWORDS_BYTES = 1 << 20, PROMPTS = 3 };

/* The four options of each kind of password, in the order TEXT, FILE, ENV, FD. */
static const cy_opt store_options[3][4] = {
  [CY_ROLE_STORE] = {CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD},
  [CY_ROLE_FROM] = {CY_OPT_FROM_PASSWORD, CY_OPT_FROM_PASSWORD_FILE, CY_OPT_FROM_PASSWORD_ENV,
    CY_OPT_FROM_PASSWORD_FD},
  [CY_ROLE_TO] = {CY_OPT_TO_PASSWORD, CY_OPT_TO_PASSWORD_FILE, CY_OPT_TO_PASSWORD_ENV,
    CY_OPT_TO_PASSWORD_FD},
};
static const cy_opt key_options[4] = {
  CY_OPT_KEY_PASSWORD, CY_OPT_KEY_PASSWORD_FILE, CY_OPT_KEY_PASSWORD_ENV, CY_OPT_KEY_PASSWORD_FD};

/* The first line, without its end. */
static cy_err *first_line(cy_secret **out, cy_span text)
{
  const uint8_t *nl = text.len ? memchr(text.data, '\n', text.len) : NULL;
  text.len = nl ? (size_t)(nl - text.data) : text.len;
  if (text.len && text.data[text.len - 1] == '\r')
    text.len--;
  return cy_secret_copy(out, text);
}

static cy_err *from_file(cy_secret **out, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET(64 << 10);
  CY_TRY_AS(cy_file_read_given(&text, path, PASSWORD_BYTES), CY_E_STORE_PASSWORD_NEEDED,
    "the password can not be taken from %s", path);
  return first_line(out, cy_buf_get(&text));
}

static cy_err *from_env(cy_run *run, cy_secret **out, const char *name)
{
  const char *value = run->env(name);
  if (!value)
    return cy_err_new(
      CY_E_STORE_PASSWORD_NEEDED, "the variable %s is not set, so there is no password in it", name);
  return cy_secret_copy(out, cy_span_str(value));
}

static cy_err *from_fd(cy_secret **out, const char *number)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET(256 << 10);
  char *end;
  long fd = strtol(number, &end, 10);
  if (*end || end == number || fd < 0 || fd > 65535)
    return cy_err_new(CY_E_USAGE, "%s is no number of a file descriptor", number);
  CY_TRY(cy_fd_read(&text, (int)fd, "the password's descriptor", PASSWORD_BYTES));
  return first_line(out, cy_buf_get(&text));
}

static void warn_of_argument(cy_run *run, cy_opt file_option)
{
  cy_out_warning(run->out,
    "a password on the command line can be read by every user of this machine while this runs, "
    "and stays in the shell's history; --%s FILE does not leak it",
    cy_options[file_option].name);
}

static cy_err *add_secret(cy_secrets *list, cy_secret *secret)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_secret *))) {
    cy_secret_free(secret);
    return cy_err_no_memory();
  }
  list->items[list->count++] = secret;
  return NULL;
}

/* The values of four options, in the order of the command line. */
static cy_err *from_options(cy_run *run, const cy_opt options[4], cy_secrets *list)
{
  const cy_args *args = run->args;
  bool warned = false;
  for (size_t i = 0; i < args->value_count; i++) {
    cy_opt opt = args->value_opts[i];
    const char *value = args->values[i];
    cy_secret *secret = NULL;
    if (opt == options[0]) {
      if (!warned)
        warn_of_argument(run, options[1]);
      warned = true;
      CY_TRY(cy_secret_copy(&secret, cy_span_str(value)));
    } else if (opt == options[1]) {
      CY_TRY(from_file(&secret, value));
    } else if (opt == options[2]) {
      CY_TRY(from_env(run, &secret, value));
    } else if (opt == options[3]) {
      CY_TRY(from_fd(&secret, value));
    } else {
      continue;
    }
    CY_TRY(add_secret(list, secret));
  }
  return NULL;
}

cy_err *cy_secrets_load(cy_secrets *list, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET(PASSWORDS_BYTES + 1);
  CY_TRY(cy_file_read_given(&text, path, PASSWORDS_BYTES));
  for (size_t at = 0; at < text.len;) {
    const uint8_t *nl = memchr(text.data + at, '\n', text.len - at);
    size_t end = nl ? (size_t)(nl - text.data) : text.len;
    cy_secret *secret;
    CY_TRY(first_line(&secret, cy_span_of(text.data + at, end - at)));
    CY_TRY(add_secret(list, secret));
    at = end + 1;
  }
  return NULL;
}

void cy_secrets_clear(cy_secrets *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_secret_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_secrets){0};
}

/* Reads a line from the terminal with echo off. */
static cy_err *read_line(int tty, cy_secret **out)
{
  CY_TRY(cy_secret_new(out, PASSWORD_BYTES));
  for (;;) {
    char c;
    ssize_t n = read(tty, &c, 1);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0 || c == '\n' || c == '\r')
      break;
    if ((*out)->len < (*out)->cap)
      (*out)->data[(*out)->len++] = (uint8_t)c;
  }
  (*out)->data[(*out)->len] = 0;
  return NULL;
}

static cy_err *prompt(const char *text, cy_secret **out)
{
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
  struct termios old, quiet;
  if (tty < 0)
    return NULL;
  cy_err *err = cy_fd_write(tty, cy_span_str(text), "the terminal");
  bool is_terminal = tcgetattr(tty, &old) == 0;
  if (is_terminal) {
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &quiet);
  }
  if (!err)
    err = read_line(tty, out);
  if (is_terminal)
    tcsetattr(tty, TCSAFLUSH, &old);
  if (!err)
    err = cy_fd_write(tty, CY_SPAN("\n"), "the terminal");
  close(tty);
  return err;
}

static bool is_new(cy_ask_kind kind)
{
  return kind == CY_ASK_NEW_STORE || kind == CY_ASK_NEW_KEY;
}

static cy_err *ask_terminal(const cy_ask_want *want, cy_secret **answer)
{
  static const char *const words[] = {"Password of", "Password of key", "Password of stash", "PIN of",
    "New password of", "New password of key"};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *again = NULL;
  cy_buf_printf(&text, "%s%s %s%s%s: ", want->attempt ? "That was not it. " : "", words[want->kind],
    want->label   ? want->label
    : want->place ? want->place
                  : "the store",
    want->label && want->place ? " in " : "", want->label && want->place ? want->place : "");
  CY_TRY(prompt(cy_buf_cstr(&text), answer));
  if (!*answer || !is_new(want->kind))
    return NULL;
  CY_TRY(prompt("Once more: ", &again));
  if (again && cy_secret_equal(cy_secret_get(*answer), cy_secret_get(again)))
    return NULL;
  cy_secret_free(*answer);
  *answer = NULL;
  return cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "the two were not the same");
}

/* The options that a role takes an answer from; NULL: none. */
static const cy_opt *options_of(cy_role role, cy_given what)
{
  static const cy_opt new_options[4] = {
    CY_OPT_NEW_PASSWORD, CY_OPT_NEW_PASSWORD_FILE, CY_OPT_NEW_PASSWORD_ENV, CY_OPT_NEW_PASSWORD_FD};
  switch (what) {
  case CY_GIVEN_STORE:
    return role == CY_ROLE_STORE ? NULL : store_options[role];
  case CY_GIVEN_KEY:
    return role == CY_ROLE_TO ? NULL : key_options;
  case CY_GIVEN_NEW:
    return role == CY_ROLE_STORE ? new_options : NULL;
  case CY_GIVEN_LIST:
    return NULL;
  default:
    return store_options[CY_ROLE_STORE];
  }
}

static cy_err *read_given(cy_run_ask *self, cy_given what, const cy_opt *options)
{
  if (self->read[what])
    return NULL;
  self->read[what] = true;
  return from_options(self->run, options, &self->given[what]);
}

/* The lines of --passwords. */
static cy_err *read_list(cy_run_ask *self)
{
  const char *file;
  if (self->read[CY_GIVEN_LIST])
    return NULL;
  self->read[CY_GIVEN_LIST] = true;
  for (size_t i = 0; (file = cy_args_nth(self->run->args, CY_OPT_PASSWORDS, i)); i++)
    CY_TRY(cy_secrets_load(&self->given[CY_GIVEN_LIST], file));
  return NULL;
}

/* Options are read once. */
static cy_err *find_given(cy_run_ask *self, cy_given what, const cy_secrets **list)
{
  const cy_opt *options = options_of(self->role, what);
  if ((*list)->count || !options)
    return NULL;
  if (what == CY_GIVEN_ANY && self->also)
    return find_given(self->also, what, list);
  CY_TRY(read_given(self, what, options));
  *list = &self->given[what];
  return NULL;
}

/* A key without a password of its own has the store's; what a target is to have is its own. */
static cy_err *list_for(cy_run_ask *self, cy_ask_kind kind, const cy_secrets **list)
{
  if (is_new(kind) && self->role == CY_ROLE_STORE)
    return find_given(self, CY_GIVEN_NEW, list);
  if (kind == CY_ASK_KEY)
    CY_TRY(find_given(self, CY_GIVEN_KEY, list));
  CY_TRY(find_given(self, CY_GIVEN_STORE, list));
  return find_given(self, CY_GIVEN_ANY, list);
}

/* One after another; a PIN is not guessed, and what is new has no second try. */
static cy_err *answer_given(
  cy_run_ask *self, const cy_secrets *list, const cy_ask_want *want, cy_secret **answer)
{
  size_t at = want->attempt;
  if (is_new(want->kind) || want->kind == CY_ASK_PIN) {
    if (at > 0 || list->count == 0)
      return NULL;
    at = list->count - 1;
  }
  if (at >= list->count) {
    at -= list->count;
    CY_TRY(read_list(self));
    list = &self->given[CY_GIVEN_LIST];
  }
  return at < list->count ? cy_secret_copy(answer, cy_secret_get(list->items[at])) : NULL;
}

static cy_err *run_ask(cy_ask *ask, const cy_ask_want *want, cy_secret **answer)
{
  cy_run_ask *self = (cy_run_ask *)ask;
  static const cy_secrets none;
  const cy_secrets *list = &none;
  CY_TRY(list_for(self, want->kind, &list));
  CY_TRY(answer_given(self, list, want, answer));
  if (want->attempt == 0)
    self->prompts = 0;
  if (!*answer && want->stash && want->attempt == 0)
    return cy_secret_copy(answer, cy_secret_get(want->stash));
  if (*answer || !self->run->interactive || self->prompts++ >= PROMPTS)
    return NULL;
  return ask_terminal(want, answer);
}

static bool is_among(cy_opt opt, const cy_opt *options)
{
  for (int i = 0; options && i < 4; i++)
    if (options[i] == opt)
      return true;
  return false;
}

static bool gives_several(const cy_args *args, cy_role role)
{
  size_t count = 0;
  for (size_t i = 0; i < args->value_count; i++)
    for (int what = 0; what < CY_GIVEN_COUNT; what++)
      count += what != CY_GIVEN_NEW && is_among(args->value_opts[i], options_of(role, (cy_given)what));
  return count > 1 || args->given[CY_OPT_PASSWORDS];
}

void cy_run_ask_init(cy_run_ask *ask, cy_run *run, cy_role role)
{
  *ask = (cy_run_ask){.ask = {run_ask, 0}, .run = run, .role = role};
  /* As often as there is something to try, and the terminal after that; run_ask ends it. */
  if (gives_several(run->args, role))
    ask->ask.attempts = UINT_MAX;
}

void cy_run_ask_clear(cy_run_ask *ask)
{
  for (size_t i = 0; i < CY_GIVEN_COUNT; i++)
    cy_secrets_clear(&ask->given[i]);
}
