/* The real system: files and the host. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"
#include "sysreal.h"

static int64_t stamp_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void stat_out(const struct stat *s, struct probe_stat *st)
{
	*st = (struct probe_stat){
		.dev = s->st_dev,
		.ino = s->st_ino,
		.rdev = s->st_rdev,
		.mode = s->st_mode,
		.uid = s->st_uid,
		.gid = s->st_gid,
		.size = s->st_size,
		.mtime_ns = stamp_ns(&s->st_mtim),
		.ctime_ns = stamp_ns(&s->st_ctim),
	};
}

static int real_stat(const char *path, struct probe_stat *st)
{
	struct stat s;

	if (stat(path, &s) < 0)
		return -errno;
	stat_out(&s, st);
	return 0;
}

static int real_lstat(const char *path, struct probe_stat *st)
{
	struct stat s;

	if (lstat(path, &s) < 0)
		return -errno;
	stat_out(&s, st);
	return 0;
}

static int real_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

static ssize_t real_pread(int fd, void *buf, size_t size, uint64_t offset)
{
	ssize_t n;

	if (offset > INT64_MAX)
		return -EINVAL;
	do
		n = pread(fd, buf, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static void real_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

static ssize_t real_readlink(const char *path, char *buf, size_t size)
{
	ssize_t n = readlink(path, buf, size);

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	return n;
}

static int real_mount(const char *path, struct probe_mount *m)
{
	struct statvfs v;

	if (statvfs(path, &v) < 0)
		return -errno;
	*m = (struct probe_mount){
		.read_only = v.f_flag & ST_RDONLY,
		.no_exec = v.f_flag & ST_NOEXEC,
		.no_suid = v.f_flag & ST_NOSUID,
		.no_dev = v.f_flag & ST_NODEV,
		.free_bytes = (uint64_t)v.f_bavail * v.f_frsize,
	};
	return 0;
}

static int real_access(const char *path, int may)
{
	return faccessat(AT_FDCWD, path, may, AT_EACCESS) < 0 ? -errno : 0;
}

static int real_has_acl(const char *path)
{
	ssize_t n = getxattr(path, "system.posix_acl_access", NULL, 0);

	if (n >= 0)
		return n > 0;
	return errno == ENODATA || errno == ENOTSUP ? 0 : -errno;
}

static int real_list(const char *dir, probe_name_fn *each, void *owner)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && !each(owner, e->d_name))
			break;
	closedir(d);
	return 0;
}

static void real_uname(char *release, char *machine, size_t size)
{
	struct utsname u;

	if (uname(&u) < 0)
		memset(&u, 0, sizeof(u));
	snprintf(release, size, "%s", u.release);
	snprintf(machine, size, "%s", u.machine);
}

static int64_t real_wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

static int real_rlimit(int resource, uint64_t *soft)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		return -errno;
	*soft = limit.rlim_cur;
	return 0;
}

const struct probe_sys probe_sys_real = {
	.stat = real_stat,
	.lstat = real_lstat,
	.open = real_open,
	.pread = real_pread,
	.close = real_close,
	.readlink = real_readlink,
	.mount = real_mount,
	.access = real_access,
	.has_acl = real_has_acl,
	.list = real_list,
	.link = real_link,
	.addresses = real_addresses,
	.link_at = real_link_at,
	.links = real_links,
	.ts_info = real_ts_info,
	.ts_providers = real_ts_providers,
	.driver = real_driver,
	.hwtstamp = real_hwtstamp,
	.eee_active = real_eee_active,
	.udp_port = real_udp_port,
	.uds_connect = real_uds_connect,
	.uds_identity = real_uds_identity,
	.phc = real_phc,
	.version = real_version,
	.account = real_account,
	.uname = real_uname,
	.wall_s = real_wall_s,
	.euid = geteuid,
	.rlimit = real_rlimit,
	.clock_state = real_clock_state,
	.features = real_features,
};
