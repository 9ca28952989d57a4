#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "conf/paths.h"

static struct disk_folder *folder_of(struct disk *d)
{
	return container_of(d, struct disk_folder, disk);
}

static int as_result(int rc)
{
	return rc < 0 ? -errno : rc;
}

static int open_folder(struct disk_folder *f)
{
	int rc;

	if (f->fd >= 0)
		return 0;
	rc = path_trusted(f->path, NULL);
	if (rc < 0)
		return rc;
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd < 0 ? -errno : 0;
}

static int check(const char *name, int fd)
{
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_uid == geteuid() || st.st_uid == 0))
		return fd;
	close(fd);
	return -EACCES;
}

static int real_open(struct disk *d, const char *name, enum disk_open how)
{
	static const int flags[] = {
		[DISK_READ] = O_RDONLY,
		[DISK_NEW] = O_WRONLY | O_CREAT | O_TRUNC,
		[DISK_KEEP] = O_RDWR | O_CREAT,
	};
	struct disk_folder *f = folder_of(d);
	int rc = open_folder(f);

	if (rc == -ENOENT && how != DISK_READ && mkdir(f->path, 0755) == 0)
		rc = open_folder(f);
	if (rc < 0)
		return rc;
	return check(name, openat(f->fd, name, flags[how] | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
				  0640));
}

static ssize_t real_read(struct disk *d, int fd, void *out, size_t len, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, out, len, at);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int real_write(struct disk *d, int fd, const void *bytes, size_t len, off_t at)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* File systems that cannot reserve get the size only; a full disk then shows at a write. */
static int real_reserve(struct disk *d, int fd, off_t size)
{
	int rc = fallocate(fd, 0, 0, size);

	if (rc < 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
		rc = ftruncate(fd, size);
	return as_result(rc);
}

static int real_sync(struct disk *d, int fd)
{
	return as_result(fdatasync(fd));
}

static int real_rename(struct disk *d, const char *from, const char *to)
{
	int rc = open_folder(folder_of(d)), fd = folder_of(d)->fd;

	return rc < 0 ? rc : as_result(renameat(fd, from, fd, to));
}

static int real_remove(struct disk *d, const char *name)
{
	int rc = open_folder(folder_of(d));

	return rc < 0 ? rc : as_result(unlinkat(folder_of(d)->fd, name, 0));
}

static int real_sync_dir(struct disk *d)
{
	int rc = open_folder(folder_of(d));

	return rc < 0 ? rc : as_result(fsync(folder_of(d)->fd));
}

static int real_list(struct disk *d, disk_list_fn *fn, void *owner)
{
	struct disk_folder *f = folder_of(d);
	int rc = open_folder(f);
	struct dirent *e;
	DIR *dir;

	if (rc < 0)
		return rc;
	dir = opendir(f->path);
	if (!dir)
		return -errno;
	while ((e = readdir(dir)))
		fn(owner, e->d_name);
	closedir(dir);
	return 0;
}

static void real_close(struct disk *d, int fd)
{
	close(fd);
}

static const struct disk_ops real = {
	.open = real_open, .read = real_read, .write = real_write, .reserve = real_reserve,
	.sync = real_sync, .rename = real_rename, .remove = real_remove,
	.sync_dir = real_sync_dir, .list = real_list, .close = real_close,
};

void disk_folder_init(struct disk_folder *f, const char *path)
{
	f->disk.ops = &real;
	f->fd = -1;
	snprintf(f->path, sizeof(f->path), "%s", path);
}

void disk_folder_release(struct disk_folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
