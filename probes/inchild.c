/* Asks a question that may hang in a child, and gives up after a while. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "inchild.h"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static ssize_t read_until_end(int fd, char *buf, size_t size, int limit_ms)
{
	int64_t until = now_ms() + limit_ms, left;
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
	return used == size ? -EMSGSIZE : -ETIMEDOUT;
}

/* A device that hangs may hold its process in the kernel: then it is left to init. */
static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	for (int i = 0; i < 10 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

ssize_t inchild_ask(inchild_fn *fn, void *arg, char *buf, size_t size, int limit_ms)
{
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		fn(arg, ends[1]);
		_exit(0);
	}
	n = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (pid > 0) {
		n = read_until_end(ends[0], buf, size, limit_ms);
		end_child(pid);
	}
	close(ends[0]);
	return n;
}
