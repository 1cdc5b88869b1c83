/* write_fsync_rename DIR: does the least that makes its stdin durable in a file. The hook is measured against it. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char** arguments) {
  static char buffer[1 << 20];
  char temporary[64];
  char name[64];
  ssize_t size = 0;
  ssize_t got = 0;
  int folder = -1;
  int file = -1;
  if (count != 2) return 2;
  while ((got = read(STDIN_FILENO, buffer + size, sizeof buffer - (size_t)size)) > 0) size += got;
  if (got < 0 || (folder = open(arguments[1], O_RDONLY | O_DIRECTORY)) < 0) return 1;
  (void)snprintf(temporary, sizeof temporary, "%ld.tmp", (long)getpid());
  (void)snprintf(name, sizeof name, "%ld.done", (long)getpid());
  if ((file = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0) return 1;
  if (write(file, buffer, (size_t)size) != size || fsync(file) != 0 || close(file) != 0) return 1;
  if (renameat(folder, temporary, folder, name) != 0 || fsync(folder) != 0) return 1;
  return 0;
}
