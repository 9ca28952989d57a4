/* The real system: who is behind a management socket. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sysreal.h"

enum {
	REQUEST_LEN = 54,
	REPLY_LEN = 74,
	REPLY_IDENTITY = 64,	/* clockIdentity of DEFAULT_DATA_SET */
	ANSWER_WITHIN_MS = 100,	/* a live ptp4l answers in less than one */
};

static int uds_open(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* bound to no name of the file system: the kernel chooses one, answers need it */
	if (bind(fd, (struct sockaddr *)&me, sizeof(me.sun_family)) == 0 &&
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int real_uds_connect(const char *path)
{
	int fd = uds_open(path);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static void default_data_set_request(unsigned char *msg, int domain, int transport_specific)
{
	unsigned pid = (unsigned)getpid() & 0xffff;

	memset(msg, 0, REQUEST_LEN);
	msg[0] = (unsigned char)(transport_specific << 4 | 0xd);
	msg[1] = 2;
	msg[3] = REQUEST_LEN;
	msg[4] = (unsigned char)domain;
	msg[28] = (unsigned char)(pid >> 8);
	msg[29] = (unsigned char)pid;
	msg[32] = 4;
	msg[33] = 0x7f;
	memset(msg + 34, 0xff, 10);
	msg[49] = 1;		/* TLV type: management */
	msg[51] = 2;		/* its length: the id alone */
	msg[52] = 0x20;		/* DEFAULT_DATA_SET */
}

static int read_identity(int fd, char identity[24])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char m[256];
	ssize_t n;

	if (poll(&p, 1, ANSWER_WITHIN_MS) != 1)
		return -ETIMEDOUT;
	n = recv(fd, m, sizeof(m), MSG_DONTWAIT);
	if (n < 0)
		return -errno;
	if (n < REPLY_LEN || (m[0] & 0xf) != 0xd || m[52] != 0x20 || m[53] != 0)
		return -EBADMSG;
	snprintf(identity, 24, "%02x%02x%02x.%02x%02x.%02x%02x%02x", m[REPLY_IDENTITY],
		 m[REPLY_IDENTITY + 1], m[REPLY_IDENTITY + 2], m[REPLY_IDENTITY + 3],
		 m[REPLY_IDENTITY + 4], m[REPLY_IDENTITY + 5], m[REPLY_IDENTITY + 6],
		 m[REPLY_IDENTITY + 7]);
	return 0;
}

int real_uds_identity(const char *path, int domain, int transport_specific, char identity[24])
{
	unsigned char msg[REQUEST_LEN];
	int fd = uds_open(path), rc;

	if (fd < 0)
		return fd;
	default_data_set_request(msg, domain, transport_specific);
	/* a full queue of a stopped daemon must not hold us */
	if (send(fd, msg, sizeof(msg), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		rc = errno == EAGAIN ? -ETIMEDOUT : -errno;
	else
		rc = read_identity(fd, identity);
	close(fd);
	return rc;
}
