// instance DIRECTORY COUNT: an instance whose agent lives in a host process that it shares with others. The local cloud starts it where
// it would start an agent; it tells one of the COUNT hosts behind the sockets DIRECTORY/host-N what it was told, passes SIGTERM on, and ends when
// its agent has. Killed, it takes the agent with it: the host sees the connection close.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int host;

static void on_term(int signal) {
  (void)signal;
  if (write(host, "terminate\n", 10) < 0) _exit(1);
}

int main(int count, char **argument) {
  if (count != 3) {
    fprintf(stderr, "usage: instance DIRECTORY COUNT\n");
    return 2;
  }
  const char *metadata = getenv("DROVER_METADATA_URL"), *directory = getenv("DROVER_INSTANCE_DIR");
  unsigned hash = 5381;
  for (const char *at = directory; *at; at++) hash = hash * 33 + (unsigned char)*at;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/host-%u", argument[1], (hash >> 4) % (unsigned)atoi(argument[2]));
  host = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(host, (struct sockaddr *)&address, sizeof address) != 0) {
    perror(address.sun_path);
    return 1;
  }
  dprintf(host, "%s\n%s\n", metadata, directory);
  struct sigaction action = {.sa_handler = on_term, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, NULL);
  char byte;
  for (;;) {
    ssize_t got = read(host, &byte, 1);
    if (got == 0 || (got < 0 && errno != EINTR)) return 0;
  }
}
