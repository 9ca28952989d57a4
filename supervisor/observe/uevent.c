#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096, MESSAGES_A_TURN = 256, KERNEL_GROUP = 1, RECEIVE_BUFFER = 256 * 1024 };

/* The value of KEY= among the strings behind the first one, NULL: not there. */
static const char *value_of(const char *bytes, size_t len, const char *key)
{
	size_t n = strlen(key);

	for (const char *s = bytes, *end = bytes + len; s < end; s += strlen(s) + 1)
		if (!strncmp(s, key, n))
			return s + n;
	return NULL;
}

/* "/devices/pci0000:00/0000:00:02.0/ptp/ptp1": pins and channels live below, with other names. */
static int clock_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char *end;
	long n;

	if (!slash || strncmp(slash, "/ptp", 4) || slash[4] < '0' || slash[4] > '9')
		return -1;
	n = strtol(slash + 4, &end, 10);
	return *end || n > 9999 ? -1 : (int)n;
}

enum uevent_kind uevent_parse(const char *bytes, size_t len, int *clock)
{
	const char *subsystem, *action;

	if (!len || bytes[len - 1])
		return UEVENT_OTHER;
	subsystem = value_of(bytes, len, "SUBSYSTEM=");
	action = value_of(bytes, len, "ACTION=");
	*clock = clock_of(value_of(bytes, len, "DEVPATH="));
	if (!subsystem || strcmp(subsystem, "ptp") || !action || *clock < 0)
		return UEVENT_OTHER;
	return !strcmp(action, "add")	 ? UEVENT_CLOCK_ADDED :
	       !strcmp(action, "remove") ? UEVENT_CLOCK_REMOVED : UEVENT_OTHER;
}

/* One message. @return false: there is none */
static bool receive(struct uevent *u)
{
	char bytes[MESSAGE_MAX];
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(u->fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &size);
	enum uevent_kind kind;
	int clock = -1;

	if (n < 0 && errno == ENOBUFS)
		u->fn(u->owner, UEVENT_LOST, -1);
	if (n < 0)
		return errno == ENOBUFS || errno == EINTR;
	/* programs may send into the group, too; the kernel has the address 0 */
	if (from.nl_pid)
		return true;
	kind = uevent_parse(bytes, (size_t)n, &clock);
	if (kind != UEVENT_OTHER)
		u->fn(u->owner, kind, clock);
	return true;
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct uevent *u = container_of(io, struct uevent, io);

	for (int i = 0; i < MESSAGES_A_TURN && u->loop && receive(u); i++)
		;
}

int uevent_start(struct uevent *u, struct ev_loop *loop, uevent_fn *fn, void *owner,
		 struct err *err)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int size = RECEIVE_BUFFER;

	*u = (struct uevent){ .fn = fn, .owner = owner };
	u->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (u->fd < 0)
		return err_set(err, errno, "no news of PTP clocks: %s", strerror(errno));
	if (bind(u->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int code = errno;

		close(u->fd);
		return err_set(err, code, "no news of PTP clocks: %s", strerror(code));
	}
	(void)setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	u->loop = loop;
	ev_io_init(&u->io, on_readable, u->fd, EV_READ);
	ev_io_start(loop, &u->io);
	return 0;
}

void uevent_stop(struct uevent *u)
{
	if (!u->loop)
		return;
	ev_io_stop(u->loop, &u->io);
	close(u->fd);
	u->loop = NULL;
}
