#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "render_status.h"
#include "statusfile.h"

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_unit(int fd, const struct control_ops *ops, unsigned i)
{
	char room[STATUS_UNIT_MAX];
	struct text t = text_in(room, sizeof(room));
	struct unit_view v;

	ops->view(ops->ctx, i, &v);
	text_add(&t, i ? "," : "");
	status_json_unit(&v, &t);
	return write_all(fd, room, t.len);
}

static int write_units(int fd, const struct control_ops *ops)
{
	unsigned n = ops->units(ops->ctx);
	int rc = write_all(fd, STATUS_JSON_HEAD, sizeof(STATUS_JSON_HEAD) - 1);

	for (unsigned i = 0; !rc && i < n; i++)
		rc = write_unit(fd, ops, i);
	return rc ? rc : write_all(fd, STATUS_JSON_TAIL, sizeof(STATUS_JSON_TAIL) - 1);
}

int status_write(const char *run_dir, const struct control_ops *ops)
{
	char path[256], aside[256];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/status.json", run_dir);
	if (snprintf(aside, sizeof(aside), "%s/status.json.new", run_dir) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	rc = write_units(fd, ops);
	if (close(fd) < 0 && !rc)
		rc = -errno;
	if (!rc && rename(aside, path) < 0)
		rc = -errno;
	if (rc)
		(void)unlink(aside);
	return rc;
}
