#include "conf/linuxptp/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 20 };

/* Words that say what is wrong with the file; 0 when it can be read. */
static int refuse(const struct stat *st, const char **id, const char **what)
{
	*id = "config.file_unreadable";
	if (S_ISDIR(st->st_mode)) {
		*id = "config.file_directory";
		*what = "it is a directory, which counts as an empty file";
		return -EISDIR;
	}
	if (!S_ISREG(st->st_mode) && st->st_rdev != makedev(1, 3)) {
		*what = "it is no regular file";
		return -EINVAL;
	}
	if (st->st_size > FILE_BYTES_MAX) {
		*id = "config.file_too_large";
		*what = "it is larger than 1 MB";
		return -EFBIG;
	}
	return 0;
}

/* Reads at most `size` bytes. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, bytes + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

static int read_open_file(int fd, const struct stat *st, char **bytes, size_t *len)
{
	/* one more than it has: a file that grows meanwhile is read whole next time */
	size_t size = (size_t)st->st_size + 1;
	ssize_t n;

	*bytes = malloc(size);
	if (!*bytes)
		return -ENOMEM;
	n = read_all(fd, *bytes, size);
	if (n >= 0) {
		*len = (size_t)n;
		return 0;
	}
	free(*bytes);
	*bytes = NULL;
	return (int)n;
}

int conf_file_read(const char *name, struct lint *lint, char **bytes, size_t *len)
{
	const char *id = "config.file_unreadable", *what = NULL;
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), rc;
	struct stat st;

	*bytes = NULL;
	if (fd < 0)
		rc = -errno;
	else if (fstat(fd, &st) < 0)
		rc = -errno;
	else
		rc = refuse(&st, &id, &what);
	if (!rc)
		rc = read_open_file(fd, &st, bytes, len);
	if (fd >= 0)
		close(fd);
	if (rc)
		lint_add(lint, id, (struct lint_place){ name, 0 }, NULL,
			 "failed to open configuration file %.100s: %s", name,
			 what ? what : strerror(-rc));
	return rc;
}
