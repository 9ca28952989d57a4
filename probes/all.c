/* Everything at once, for a command that may wait: slow questions still get a deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* @return bytes until the end of the pipe, or -1 when the time is over */
static ssize_t read_until_end(int fd, char *buf, size_t size)
{
	int64_t until = now_ms() + PROBE_SLOW_MS, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t used = 0;

	while (used < size && (left = until - now_ms()) > 0) {
		ssize_t n;

		if (poll(&p, 1, (int)left) != 1)
			continue;
		n = read(fd, buf + used, size - used);
		if (n == 0)
			return (ssize_t)used;
		used += n > 0 ? (size_t)n : 0;
	}
	return -1;
}

/* A device that hangs may hold its process in the kernel: then it is left to init. */
static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	for (int i = 0; i < 10 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static bool slow_in_child(const struct probe_in *in, const struct probe_sys *sys,
			  struct probe_out *out, char *buf)
{
	int pipefd[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(pipefd[0]);
		probe_slow(in, sys, out);
		_exit(probe_send(out, pipefd[1]) < 0);
	}
	close(pipefd[1]);
	n = pid > 0 ? read_until_end(pipefd[0], buf, PROBE_WIRE_MAX) : -1;
	close(pipefd[0]);
	if (pid > 0)
		end_child(pid);
	return n >= 0 && probe_receive(out, buf, (size_t)n);
}

void probe_all(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out)
{
	char *buf;

	probe_out_init(out);
	probe_quick(in, sys, out);
	if (probe_slow_needed(in, sys, out)) {
		buf = malloc(PROBE_WIRE_MAX);
		if (!buf || !slow_in_child(in, sys, out, buf))
			probe_timed_out(in, out);
		free(buf);
	}
	probe_learn(in->cache, sys, in, out);
}
