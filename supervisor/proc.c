#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

ssize_t proc_read(const char *path, char *out, size_t size)
{
	size_t used = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		n = read(fd, out + used, size - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	n = n < 0 ? -errno : (ssize_t)used;
	close(fd);
	out[n < 0 ? 0 : used] = '\0';
	return n;
}

/* What follows the program's name, which may itself hold blanks and parentheses. */
static int stat_fields(pid_t pid, char *buf, size_t size, char **fields)
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	n = proc_read(path, buf, size);
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	*fields = strrchr(buf, ')');
	if (!*fields || (*fields)[1] != ' ')
		return -EINVAL;
	*fields += 2;
	return 0;
}

int proc_start_ticks(pid_t pid, uint64_t *ticks)
{
	enum { BLANKS_BEFORE_START = 19 };
	char buf[1024], *p, *end;
	unsigned long long value;
	int rc = stat_fields(pid, buf, sizeof(buf), &p);

	if (rc < 0)
		return rc;
	for (int i = 0; i < BLANKS_BEFORE_START; i++) {
		p = strchr(p, ' ');
		if (!p)
			return -EINVAL;
		p++;
	}
	value = strtoull(p, &end, 10);
	if (end == p)
		return -EINVAL;
	*ticks = value;
	return 0;
}

char proc_state(pid_t pid)
{
	char buf[1024], *p;

	return stat_fields(pid, buf, sizeof(buf), &p) < 0 ? 0 : *p;
}

int proc_exe(pid_t pid, struct exe_id *exe)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (stat(path, &st) < 0)
		return -errno;
	*exe = (struct exe_id){ .dev = st.st_dev, .ino = st.st_ino };
	return 0;
}

int proc_boot_id(char id[BOOT_ID_SIZE])
{
	ssize_t n = proc_read("/proc/sys/kernel/random/boot_id", id, BOOT_ID_SIZE);

	if (n < 0)
		return (int)n;
	id[strcspn(id, "\n")] = '\0';
	return 0;
}

int proc_pidfd(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

void proc_default_signals(void)
{
	/* All zero is SIG_DFL whatever the layout; libc's sigaction() leaves out its own 32 and 33. */
	static const uint64_t dfl[16];
	sigset_t none;

	for (int sig = 1; sig < _NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			(void)syscall(SYS_rt_sigaction, sig, dfl, NULL, (_NSIG - 1) / 8);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

struct dirent64_raw {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

static int number(const char *s)
{
	int n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (*s - '0');
	return *s ? -1 : n;
}

static void close_listed(const char *buf, long bytes, int dir, int keep)
{
	for (long at = 0; at < bytes;) {
		const struct dirent64_raw *e = (const void *)(buf + at);
		int fd = number(e->name);

		if (fd > 2 && fd != dir && fd != keep)
			close(fd);
		at += e->len;
	}
}

/* Before Linux 5.9. opendir() would allocate, which a vfork child must not. */
static int close_by_list(int keep)
{
	char buf[2048] __attribute__((aligned(8)));
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	if (dir < 0)
		return -errno;
	while ((n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		close_listed(buf, n, dir, keep);
	close(dir);
	return 0;
}

void proc_close_others(int keep)
{
	enum { BLIND_MAX = 1024 };
	long rc = 0;

	if (keep > 3)
		rc = syscall(SYS_close_range, 3U, (unsigned)keep - 1, 0);
	if (rc == 0)
		rc = syscall(SYS_close_range, keep > 2 ? (unsigned)keep + 1 : 3U, UINT_MAX, 0);
	if (rc == 0 || close_by_list(keep) == 0)
		return;
	for (int fd = 3; fd < BLIND_MAX; fd++)
		if (fd != keep)
			close(fd);
}
