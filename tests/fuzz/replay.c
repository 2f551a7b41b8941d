/* Runs a fuzz target as a plain test, without a fuzzer: every file of tests/corpus/<name>/ whole, cut
 * at every length up to 4096, and changed in pseudo-random ways. The work is the same on every run:
 * it is bounded by counts, never by time. A file is one line of TAP.
 *
 * Usage: fuzz_<name> [FILE...]      with files: these once each, as they are (to see a crash again)
 * CAUSEY_SRC: the source folder. CAUSEY_FUZZ_ROUNDS: changes a file (default 2000).
 * What was tried when the target died is written to $CAUSEY_BUILD/crash-<name>. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

enum {
  CUT_MAX = 4096,          /* files are cut at every length up to this */
  CALL_COST = 512,         /* what a call costs beside its bytes, in bytes */
  HANG_S = 120,            /* one call that takes this long has hung */
  FILE_MAX_BYTES = 16 << 20,
};
#define WORK_BYTES (UINT64_C(48) << 20) /* for a target with 2000 rounds; grows with the rounds */

static const uint8_t *now;
static size_t now_size;
static char crash_path[4096];
static uint64_t seed;
static uint64_t budget;

static void write_crash(void)
{
  int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

  if (fd < 0)
    return;
  for (size_t at = 0; at < now_size;) {
    ssize_t n = write(fd, now + at, now_size - at);

    if (n <= 0)
      break;
    at += (size_t)n;
  }
  close(fd);
  dprintf(STDERR_FILENO, "# the input that the target died of: %s\n", crash_path);
}

static void on_signal(int number)
{
  dprintf(STDERR_FILENO, "# %s\n", number == SIGALRM ? "a call hung" : "aborted");
  write_crash();
  _exit(98);
}

/* Each input has a block of its own, so that the sanitizer sees a read beyond its end. */
static void call(const uint8_t *data, size_t size)
{
  uint8_t *copy = malloc(size ? size : 1);

  if (!copy)
    _exit(97);
  memcpy(copy, data, size);
  now = copy;
  now_size = size;
  alarm(HANG_S);
  LLVMFuzzerTestOneInput(copy, size);
  alarm(0);
  now_size = 0;
  free(copy);
  budget -= budget < size + CALL_COST ? budget : size + CALL_COST;
}

static uint32_t next(uint32_t below)
{
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return below ? (uint32_t)(seed >> 33) % below : 0;
}

static void change(uint8_t *data, size_t *size, size_t room)
{
  static const uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x0a, 0x2d};
  size_t at = next((uint32_t)*size), n = 1 + next(16);

  if (at + n > *size)
    n = *size - at;
  switch (next(6)) {
  case 0:
    data[at] ^= (uint8_t)(1u << next(8));
    break;
  case 1:
    data[at] = telling[next(sizeof telling)];
    break;
  case 2:
    data[at] = (uint8_t)next(256);
    break;
  case 3: /* a part goes */
    memmove(data + at, data + at + n, *size - at - n);
        *size -= n;
    break;
  case 4: /* a part comes twice */
    if (*size + n <= room) {
      memmove(data + at + n, data + at, *size - at);
            *size += n;
    }
    break;
  default: { /* a part is copied over another */
    size_t from = next((uint32_t)(*size - n + 1));

    memmove(data + at, data + from, n);
  }
  }
}

static void try_changes(const uint8_t *data, size_t size, unsigned rounds, uint64_t floor)
{
  size_t room = size + 64;
  uint8_t *work = malloc(room);

  if (!work)
    _exit(97);
  for (unsigned i = 0; i < rounds && budget > floor; i++) {
    size_t n = size;

    memcpy(work, data, size);
    for (unsigned changes = 1 + next(4); changes > 0 && n > 0; changes--)
      change(work, &n, room);
    call(work, n);
  }
  free(work);
}

/* Half of the file's share goes to cuts (evenly spread if not all fit), the rest to changes. */
static void try_file(const uint8_t *data, size_t size, unsigned rounds, uint64_t share)
{
  uint64_t end = budget > share ? budget - share : 0;
  size_t cuts = size < CUT_MAX ? size : CUT_MAX;
  uint64_t fit = share / 2 / (cuts / 2 + CALL_COST);
  size_t step = fit >= cuts ? 1 : cuts / (fit ? (size_t)fit : 1) + 1;

  call(data, size);
  for (size_t n = 0; n < cuts; n += step)
    call(data, n);
  if (size > 0)
    try_changes(data, size, rounds, end);
}

static uint8_t *read_file(const char *path, size_t *size)
{
  struct stat st;
  uint8_t *data = NULL;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  size_t got = 0;

  if (fd < 0)
    return NULL;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX_BYTES &&
    (data = malloc((size_t)st.st_size + 1))) {
    ssize_t n;

    while ((n = read(fd, data + got, (size_t)st.st_size - got)) > 0)
      got += (size_t)n;
  }
  close(fd);
    *size = got;
  return data;
}

static int visible(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

/* Inputs that every target gets: nothing, and every single byte. */
static void try_small(void)
{
  call((const uint8_t *)"", 0);
  for (unsigned i = 0; i < 256; i++) {
    uint8_t byte = (uint8_t)i;

    call(&byte, 1);
  }
}

static int try_corpus(const char *folder, unsigned rounds)
{
  struct dirent **entry = NULL;
  int files = scandir(folder, &entry, visible, alphasort), failed = 0;

  if (files < 0)
    files = 0;
  printf("1..%d\n", files + 1);
  try_small();
  printf("ok 1 - nothing, and single bytes\n");
  budget = WORK_BYTES * rounds / 2000;
  uint64_t share = files ? budget / (unsigned)files : 0;
  for (int i = 0; i < files; i++) {
    char path[8192];
    size_t size = 0;

    snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
    uint8_t *data = read_file(path, &size);
    if (data) {
      seed = 0x9e3779b97f4a7c15u + size;
      budget = share;
      try_file(data, size, rounds, share);
    }
    failed |= !data;
    printf("%s %d - %s\n", data ? "ok" : "not ok", i + 2, entry[i]->d_name);
    fflush(stdout);
    free(data);
    free(entry[i]);
  }
  free(entry);
  return failed;
}

int main(int argc, char **argv)
{
  const char *base = strrchr(argv[0], '/'), *root = getenv("CAUSEY_SRC"), *build = getenv("CAUSEY_BUILD");
  const char *rounds = getenv("CAUSEY_FUZZ_ROUNDS");
  const char *name = base ? base + 1 : argv[0];
  char folder[4096];

  if (strncmp(name, "fuzz_", 5) == 0)
    name += 5;
  snprintf(crash_path, sizeof crash_path, "%s/crash-%s", build ? build : ".", name);
  snprintf(folder, sizeof folder, "%s/tests/corpus/%s", root ? root : ".", name);
  signal(SIGABRT, on_signal);
  signal(SIGALRM, on_signal);
  if (__sanitizer_set_death_callback)
    __sanitizer_set_death_callback(write_crash);
  if (argc < 2)
    return try_corpus(folder, rounds ? (unsigned)strtoul(rounds, NULL, 10) : 2000);
  for (int i = 1; i < argc; i++) {
    size_t size = 0;
    uint8_t *data = read_file(argv[i], &size);

    if (!data) {
      fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
      return 1;
    }
    call(data, size);
    free(data);
    printf("# %s: fine\n", argv[i]);
  }
  return 0;
}
