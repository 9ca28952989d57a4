#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "client_io.h"
#include "server.h"
#include "supervisor/log.h"
#include "verbs.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

enum { BACKLOG = 16, PEER_GROUPS_MAX = 64, EVENT_LINE_MAX = 1024 };

static const double accept_pause_s = 1.0;

/* ---- who is it? */

static bool in_groups_of(int fd, gid_t group)
{
	gid_t groups[PEER_GROUPS_MAX];
	socklen_t len = sizeof(groups);

	/* Linux 4.13; before it only the primary group is known */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

static int peer_of(const struct control_server *s, int fd, struct control_peer *out)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	*out = (struct control_peer){ .uid = cred.uid, .gid = cred.gid };
	out->in_group = s->has_group && (cred.gid == s->group || in_groups_of(fd, s->group));
	return 0;
}

/* ---- coming and going */

static struct control_client **free_place(struct control_server *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->client); i++)
		if (!s->client[i])
			return &s->client[i];
	return NULL;
}

static void welcome(struct control_server *s, int fd)
{
	struct control_client **place = free_place(s);
	struct control_peer peer;

	if (!place) {
		client_turn_away(fd, "16 clients are connected already. End one of them (monitor, "
				     "wait) or try again.");
		return;
	}
	if (s->peer(s, fd, &peer) < 0) {
		close(fd);
		return;
	}
	peer.may_change = peer.uid == 0 || peer.uid == geteuid() || peer.in_group;
	*place = client_new(s, place, fd, &peer);
	if (!*place)
		client_turn_away(fd, "there is no memory for another client. Try again.");
}

static void on_connection(struct ev_loop *loop, ev_io *io, int revents)
{
	struct control_server *s = container_of(io, struct control_server, listen);

	/* one round for each place; a flood must not hold the loop */
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			welcome(s, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			/* the connection stays in the queue, so the descriptor stays readable */
			ev_io_stop(loop, &s->listen);
			ev_timer_set(&s->pause, accept_pause_s, 0.);
			ev_timer_start(loop, &s->pause);
		}
		return;
	}
}

static void on_pause_over(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct control_server *s = container_of(timer, struct control_server, pause);

	ev_io_start(loop, &s->listen);
}

/* ---- the socket */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * A record lock, not the socket, says that a supervisor lives: it ends with its
 * process, while a forked helper that outlives us may still hold the socket.
 */
static int lock_run_dir(const char *run_dir, int *fd, struct err *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[256];
	int rc;

	snprintf(path, sizeof(path), "%s/control.lock", run_dir);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_set(err, errno, "cannot write in run_dir: %s: %s", path,
			       strerror(errno));
	if (fcntl(*fd, F_SETLK, &lock) == 0)
		return 0;
	rc = errno;
	if (fcntl(*fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		lock.l_pid = 0;
	close_fd(fd);
	if (rc != EAGAIN && rc != EACCES)
		return err_set(err, rc, "cannot lock %s: %s", path, strerror(rc));
	return err_set(err, EADDRINUSE,
		       "another ptpwarden (pid %d) runs on %s. Stop it first, or give this one a "
		       "run_dir of its own.", (int)lock.l_pid, run_dir);
}

static int listen_at(const char *path, int *fd, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	memcpy(addr.sun_path, path, strlen(path) + 1);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return err_set(err, errno, "no socket: %s", strerror(errno));
	(void)unlink(path);	/* left by a supervisor that was killed: we hold the lock */
	mask = umask(0117);
	rc = bind(*fd, (const struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	if (rc < 0 || listen(*fd, BACKLOG) < 0) {
		rc = errno;
		close_fd(fd);
		return err_set(err, rc, "cannot listen on %s: %s", path, strerror(rc));
	}
	return 0;
}

void control_server_group(struct control_server *s, const char *group)
{
	const struct group *g = group ? getgrnam(group) : NULL;

	s->has_group = g != NULL;
	s->group = g ? g->gr_gid : 0;
	if (group && !g)
		log_warn("control", "control_group '%s' does not exist; only root may connect",
			 group);
	if (chown(s->path, (uid_t)-1, g ? g->gr_gid : getegid()) < 0)
		log_warn("control", "%s: cannot give it to group %s: %s", s->path,
			 g ? group : "root", strerror(errno));
}

int control_server_start(struct control_server *s, struct ev_loop *loop, const struct plan *plan,
			 const struct control_ops *ops, struct err *err)
{
	int fd = -1, rc;

	if (strlen(plan->run_dir) + sizeof("/control.sock") > sizeof(s->path))
		return err_set(err, ENAMETOOLONG,
			       "run_dir '%s' is too long for a socket. Use at most %d bytes.",
			       plan->run_dir, (int)(sizeof(s->path) - sizeof("/control.sock")));
	snprintf(s->path, sizeof(s->path), "%s/control.sock", plan->run_dir);
	rc = lock_run_dir(plan->run_dir, &s->lock, err);
	if (rc)
		return rc;
	rc = listen_at(s->path, &fd, err);
	if (rc) {
		close_fd(&s->lock);
		return rc;
	}
	s->loop = loop;
	s->ops = ops;
	s->peer = s->peer ? s->peer : peer_of;
	control_server_group(s, plan->control_group);
	ev_init(&s->pause, on_pause_over);
	ev_io_init(&s->listen, on_connection, fd, EV_READ);
	ev_io_start(loop, &s->listen);
	s->started = true;
	return 0;
}

void control_server_stop(struct control_server *s)
{
	if (!s->started)
		return;
	s->started = false;
	for (size_t i = 0; i < ARRAY_LEN(s->client); i++)
		if (s->client[i])
			client_goodbye(s->client[i]);
	ev_timer_stop(s->loop, &s->pause);
	ev_io_stop(s->loop, &s->listen);
	close(s->listen.fd);
	(void)unlink(s->path);
	close_fd(&s->lock);
}

void control_server_notify(struct control_server *s, unsigned unit)
{
	for (size_t i = 0; s->started && i < ARRAY_LEN(s->client); i++)
		if (s->client[i])
			client_unit_changed(s->client[i]);
}

void control_server_event(struct control_server *s, const char *text, const char *json)
{
	char line[EVENT_LINE_MAX];
	time_t now = time(NULL);
	size_t stamp = 0;
	struct tm tm;

	if (!control_server_clients(s))
		return;
	/* for people only; programs get the monotonic stamp that the event brings */
	if (localtime_r(&now, &tm))
		stamp = strftime(line, sizeof(line), "%H:%M:%S ", &tm);
	snprintf(line + stamp, sizeof(line) - stamp, "%s", text);
	for (size_t i = 0; s->started && i < ARRAY_LEN(s->client); i++)
		if (s->client[i])
			client_event(s->client[i], line, json);
}

unsigned control_server_clients(const struct control_server *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(s->client); i++)
		n += s->client[i] != NULL;
	return n;
}
