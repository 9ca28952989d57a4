#include "mend.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text.h"

static const struct {
	int resource;
	rlim_t need;
	const char *name;
} needs[] = {
	{ RLIMIT_NOFILE, 1024, "open files" },
	{ RLIMIT_AS, RLIM_INFINITY, "memory" },
	{ RLIMIT_DATA, RLIM_INFINITY, "data" },
	{ RLIMIT_STACK, 8 << 20, "stack" },
	{ RLIMIT_CPU, RLIM_INFINITY, "CPU time" },
	{ RLIMIT_FSIZE, RLIM_INFINITY, "file size" },
};

/* Without the right to raise the hard limit: as far as that allows. */
static int raise_to(int resource, rlim_t need)
{
	struct rlimit now, wanted;

	if (getrlimit(resource, &now) < 0)
		return -errno;
	if (now.rlim_cur >= need)
		return 0;
	wanted = (struct rlimit){ need, now.rlim_max > need ? now.rlim_max : need };
	if (setrlimit(resource, &wanted) == 0)
		return 1;
	wanted = (struct rlimit){ now.rlim_max, now.rlim_max };
	if (now.rlim_max > now.rlim_cur && setrlimit(resource, &wanted) == 0)
		return 1;
	return -errno;
}

int mend_raise_limits(char *what, size_t size, struct err *err)
{
	struct text t = text_in(what, size);
	int raised = 0, rc, refused = 0;

	for (unsigned i = 0; i < ARRAY_LEN(needs); i++) {
		rc = raise_to(needs[i].resource, needs[i].need);
		if (rc > 0)
			text_add(&t, "%s%s", raised++ ? ", " : "", needs[i].name);
		else if (rc < 0)
			refused = err_set(err, -rc, "the limit of %s could not be raised: %s",
					  needs[i].name, strerror(-rc));
	}
	return raised ? raised : refused;
}

static int set_up(int fd, const char *interface)
{
	struct ifreq req = { 0 };

	strncpy(req.ifr_name, interface, sizeof(req.ifr_name) - 1);
	if (ioctl(fd, SIOCGIFFLAGS, &req) < 0)
		return -errno;
	if (req.ifr_flags & IFF_UP)
		return 0;
	req.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &req) < 0 ? -errno : 1;
}

int mend_set_up(const char *interface, struct err *err)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);	/* a kernel without IPv4 */
	if (fd < 0)
		return err_set(err, errno, "%s could not be switched on: %s", interface,
			       strerror(errno));
	rc = set_up(fd, interface);
	close(fd);
	if (rc < 0)
		return err_set(err, -rc, "%s could not be switched on: %s", interface,
			       strerror(-rc));
	return rc;
}
