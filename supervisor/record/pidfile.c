#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "supervisor/proc.h"

enum { PATH_SIZE = 320, TEXT_SIZE = 512 };

static int path_of(char out[PATH_SIZE], const char *run_dir, const char *unit, const char *end)
{
	return snprintf(out, PATH_SIZE, "%s/%s%s", run_dir, unit, end) < PATH_SIZE ? 0 :
										     -ENAMETOOLONG;
}

static int write_whole(const char *path, const char *text, size_t len)
{
	int rc = 0, fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		rc = errno ? -errno : -EIO;
	close(fd);
	return rc;
}

static int render(char text[TEXT_SIZE], const struct pidfile *p)
{
	char boot[BOOT_ID_SIZE];
	struct exe_id exe = { 0 };
	int rc = proc_boot_id(boot);

	if (rc == 0)
		rc = proc_exe(p->pid, &exe);
	if (rc < 0)
		return rc;
	/* the first line alone is what scripts expect of a pid file */
	return snprintf(text, TEXT_SIZE,
			"%d\nstart %llu\nboot %s\nexe %llu %llu\nalternate %u\nstarted %lld\n",
			(int)p->pid, (unsigned long long)p->start_ticks, boot,
			(unsigned long long)exe.dev, (unsigned long long)exe.ino, p->alternate,
			(long long)p->started_at);
}

int pidfile_write(const char *run_dir, const char *unit, const struct pidfile *p, struct err *err)
{
	char path[PATH_SIZE], aside[PATH_SIZE], text[TEXT_SIZE];
	int rc = path_of(path, run_dir, unit, ".pid"), len;

	if (rc == 0)
		rc = path_of(aside, run_dir, unit, ".pid.new");
	if (rc < 0)
		return err_set(err, -rc, "%s: this path is too long", run_dir);
	len = render(text, p);
	rc = len < 0 ? len : write_whole(aside, text, (size_t)len);
	if (rc == 0 && rename(aside, path) < 0)
		rc = -errno;
	if (rc < 0)
		return err_set(err, -rc, "%s could not be written: %s", path, strerror(-rc));
	return 0;
}

struct saved {
	int pid;
	unsigned alternate;
	unsigned long long start, dev, ino;
	long long started;
	char boot[BOOT_ID_SIZE];
};

static int parse(const char *text, struct saved *s)
{
	int end = 0;

	if (sscanf(text, "%d\nstart %llu\nboot %39s\nexe %llu %llu\nalternate %u\nstarted %lld%n",
		   &s->pid, &s->start, s->boot, &s->dev, &s->ino, &s->alternate, &s->started,
		   &end) != 7)
		return -EINVAL;
	return s->pid > 1 && s->start && text[end] == '\n' ? 0 : -EINVAL;
}

/* Opened before it is looked at: the descriptor stays with this very process. */
static int verify(const struct saved *s, int *pidfd)
{
	char boot[BOOT_ID_SIZE];
	struct exe_id exe;
	uint64_t ticks;
	int rc = proc_boot_id(boot);

	if (rc < 0)
		return rc;
	if (strcmp(boot, s->boot))
		return -ESRCH;
	*pidfd = proc_pidfd(s->pid);
	rc = proc_start_ticks(s->pid, &ticks);
	if (rc == 0 && ticks != s->start)
		rc = -ESRCH;
	if (rc == 0)
		rc = proc_exe(s->pid, &exe);
	if (rc == 0 && (exe.dev != s->dev || exe.ino != s->ino))
		rc = -ESRCH;
	if (rc == 0 && proc_state(s->pid) != 'Z')
		return 0;
	if (*pidfd >= 0)
		close(*pidfd);
	return rc == 0 || rc == -ENOENT ? -ESRCH : rc;
}

int pidfile_read(const char *run_dir, const char *unit, struct pidfile *p, struct child_id *id,
		 struct err *err)
{
	char path[PATH_SIZE], text[TEXT_SIZE];
	struct saved s;
	int rc = path_of(path, run_dir, unit, ".pid"), pidfd = -1;
	ssize_t n;

	if (rc < 0)
		return err_set(err, -rc, "%s: this path is too long", run_dir);
	n = proc_read(path, text, sizeof(text));
	if (n < 0)
		return err_set(err, (int)-n, "%s: %s", path, strerror((int)-n));
	if (parse(text, &s) < 0)
		return err_set(err, EINVAL, "%s is damaged and is not believed", path);
	rc = verify(&s, &pidfd);
	if (rc < 0)
		return err_set(err, -rc, "%s: process %d is gone or another one", path, s.pid);
	*p = (struct pidfile){ .pid = s.pid, .start_ticks = s.start, .alternate = s.alternate,
			       .started_at = s.started };
	*id = (struct child_id){ .pid = s.pid, .pidfd = pidfd < 0 ? -1 : pidfd,
				 .start_ticks = s.start };
	return 0;
}

void pidfile_remove(const char *run_dir, const char *unit)
{
	char path[PATH_SIZE];

	if (path_of(path, run_dir, unit, ".pid") == 0)
		(void)unlink(path);
}

static int holder(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

int pidfile_lock(const char *run_dir, struct err *err)
{
	char path[PATH_SIZE], text[16];
	int fd, len, rc = path_of(path, run_dir, "supervisor", ".lock");

	if (rc < 0)
		return err_set(err, -rc, "%s: this path is too long", run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_set(err, errno, "%s could not be opened: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		rc = errno == EWOULDBLOCK ? EBUSY : errno;
		if (rc == EBUSY)
			err_set(err, rc, "another ptpwarden (process %d) already runs with run_dir %s",
				holder(fd), run_dir);
		else
			err_set(err, rc, "%s could not be locked: %s", path, strerror(rc));
		close(fd);
		return -rc;
	}
	len = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len)
		text[0] = '\0';	/* the lock counts, the number is for people */
	return fd;
}
