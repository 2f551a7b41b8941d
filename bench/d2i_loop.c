/*
 * d2i-loop THREADS FOLDER: the peer of an audit: reads every file below a folder of folders and hands
 * it to d2i_X509 (or PEM_read_bio_X509), and does nothing else with it. Prints how many were read.
 * Exit codes: 0 all were certificates, 1 not.
 */
#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

static char **paths;
static size_t count, cap, next_path, good;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(const char *folder, const char *name)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (count == cap)
    paths = realloc(paths, (cap = cap ? cap * 2 : 1024) * sizeof *paths);
  paths[count++] = strdup(path);
}

static void list(const char *folder, int depth)
{
  struct dirent *entry;
  DIR *dir = opendir(folder);
  while (dir && (entry = readdir(dir))) {
    char path[4096];
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (depth && entry->d_type == DT_DIR)
      list(path, depth - 1);
    else
      add(folder, entry->d_name);
  }
  if (dir)
    closedir(dir);
}

static int one(const char *path)
{
  static _Thread_local unsigned char bytes[65536];
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 && fstat(fd, &st) == 0 ? read(fd, bytes, sizeof bytes) : -1;
  X509 *cert = NULL;
  if (fd >= 0)
    close(fd);
  if (n > 10 && memcmp(bytes, "-----BEGIN", 10) == 0) {
    BIO *bio = BIO_new_mem_buf(bytes, (int)n);
    cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
  } else if (n > 0) {
    const unsigned char *p = bytes;
    cert = d2i_X509(NULL, &p, n);
  }
  X509_free(cert);
  return cert != NULL;
}

static void *work(void *arg)
{
  enum { BATCH = 32 };
  size_t mine = 0;
  (void)arg;
  for (;;) {
    pthread_mutex_lock(&lock);
    size_t from = next_path;
    next_path += BATCH;
    good += mine;
    pthread_mutex_unlock(&lock);
    if (from >= count)
      return NULL;
    mine = 0;
    for (size_t i = from; i < count && i < from + BATCH; i++)
      mine += (size_t)one(paths[i]);
  }
}

int main(int argc, char **argv)
{
  pthread_t threads[64];
  int n = argc == 3 ? atoi(argv[1]) : 0;
  if (n < 1 || n > 64)
    return 1;
  list(argv[2], 1);
  for (int i = 0; i < n; i++)
    pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < n; i++)
    pthread_join(threads[i], NULL);
  printf("%zu\n", good);
  return good != count;
}
