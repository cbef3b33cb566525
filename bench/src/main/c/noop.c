// noop STEPS MILLIS EVERY: speaks the shard protocol (docs/PROTOCOL.md) and trains nothing. A step takes MILLIS; every EVERY steps, at
// the last one, and when asked to, it saves a file that holds the step's number. With no steps it is done at once. What dispatch costs shows when the program costs nothing.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char work[4096], from[4096];
static int socket_fd, started, saving, stopping;

static void say(const char *line) {
  size_t length = strlen(line);
  while (length > 0) {
    ssize_t sent = write(socket_fd, line, length);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) _exit(0); // The socket closed: no agent, no training.
    line += sent;
    length -= sent;
  }
}

static void text_field(const char *line, const char *name, char *into) {
  const char *at = strstr(line, name);
  *into = 0;
  if (at) sscanf(at + strlen(name), "%4095[^\"]", into);
}

static void obey(const char *line) {
  if (strstr(line, "\"type\":\"prepare\"")) say("{\"type\":\"prepared\"}\n");
  else if (strstr(line, "\"type\":\"start\"")) {
    text_field(line, "\"workDir\":\"", work);
    text_field(line, "\"resumeFrom\":\"", from);
    started = 1;
  } else if (strstr(line, "\"type\":\"save\"")) saving = 1;
  else if (strstr(line, "\"type\":\"stop\"")) stopping = 1;
}

// Obeys what comes within that time, and all that has come.
static void listen_for(int millis) {
  static char buffer[1 << 20];
  static size_t filled;
  struct pollfd ready = {socket_fd, POLLIN, 0};
  if (poll(&ready, 1, millis) <= 0) return;
  ssize_t got = read(socket_fd, buffer + filled, sizeof buffer - 1 - filled);
  if (got <= 0) _exit(0);
  filled += got;
  buffer[filled] = 0;
  char *line = buffer, *end;
  for (; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    obey(line);
  }
  filled = strlen(line);
  memmove(buffer, line, filled + 1);
}

static long long now_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int saved_step(void) {
  char path[4200];
  int step = 0;
  if (!*from) return 0;
  snprintf(path, sizeof path, "%s/state.txt", from);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%d", &step) != 1) _exit(3);
  fclose(file);
  return step;
}

static void save(int step) {
  char directory[4200], path[4300], line[4400];
  snprintf(directory, sizeof directory, "%s/step-%d", work, step);
  snprintf(path, sizeof path, "%s/state.txt", directory);
  mkdir(work, 0700);
  mkdir(directory, 0700);
  int length = snprintf(line, sizeof line, "%d\n", step);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || write(file, line, length) != length || fsync(file) != 0 || close(file) != 0) _exit(4);
  snprintf(line, sizeof line, "{\"type\":\"saved\",\"step\":%d,\"dir\":\"%s\",\"pauseMillis\":0,\"writeMillis\":0.1}\n", step, directory);
  say(line);
}

int main(int count, char **argument) {
  char line[512];
  if (count != 4) {
    fprintf(stderr, "usage: noop STEPS MILLIS EVERY\n");
    return 2;
  }
  int steps = atoi(argument[1]), millis = atoi(argument[2]), every = atoi(argument[3]);
  signal(SIGTERM, SIG_IGN);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, getenv("DROVER_SOCKET"), sizeof address.sun_path - 1);
  socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(socket_fd, (struct sockaddr *)&address, sizeof address) != 0) return 5;
  say("{\"type\":\"ready\",\"program\":\"no-op\",\"version\":\"1\"}\n");
  while (!started && !stopping) listen_for(-1);
  int step = started ? saved_step() : 0, kept = step;
  while (step < steps && !stopping) {
    long long due = now_millis() + millis;
    for (long long left = millis; left > 0 && !stopping; left = due - now_millis()) listen_for((int)left);
    listen_for(0);
    if (stopping) break;
    step++;
    snprintf(line, sizeof line,
             "{\"type\":\"step\",\"record\":{\"step\":%d,\"loss\":1.0,\"learningRate\":0.001,\"gradientNorm\":1.0,\"samples\":%d,"
             "\"tokensPerSecond\":1.0,\"pauseMillis\":0.0,\"evalLoss\":null,\"epochMillis\":%lld}}\n",
             step, step, now_millis());
    say(line);
    if (saving || step % every == 0) {
      save(step);
      kept = step;
      saving = 0;
    }
  }
  if (step > kept) save(step);
  snprintf(line, sizeof line, "{\"type\":\"%s\",\"step\":%d}\n", step >= steps ? "done" : "stopped", step);
  say(line);
  return 0;
}
