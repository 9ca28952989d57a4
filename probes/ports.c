/*
 * Are the UDP ports of PTP free? Daemons share them, so only a program that
 * holds one for itself is in the way. A port that nobody uses is not touched.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders.h"
#include "questions.h"

struct user {
	unsigned port;
	char inode[24];
};

/* "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ..." */
static bool on_udp(void *owner, char *line)
{
	struct user *t = owner;
	unsigned port;
	char inode[24];

	if (sscanf(line, " %*d: %*[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %*s %23s", &port, inode) !=
		    2 ||
	    port != t->port)
		return true;
	strcpy(t->inode, inode);
	return false;
}

static void taken(struct probe *p, unsigned port, const char *inode)
{
	char socket[40], who[64] = "";
	struct finding *f;
	char *pid;

	snprintf(socket, sizeof(socket), "socket:[%s]", inode);
	if (holders_of(p->sys, socket, who, sizeof(who)) <= 0) {
		note(p->out, F_RIVAL_PORT, FINDING_BLOCK, "another program",
		     "it holds UDP port %u", port);
		return;
	}
	/* "socat 123" */
	pid = strrchr(who, ' ');
	*pid = '\0';
	f = note(p->out, F_RIVAL_PORT, FINDING_BLOCK, who, "pid %s holds UDP port %u", pid + 1,
		 port);
	note_clears(f, WAIT_PROCESS, who, atoi(pid + 1));
}

static void judge_port(struct probe *p, unsigned port)
{
	struct user t = { .port = port };

	if (each_line(p->sys, "/proc/net/udp", on_udp, &t) == 0 && t.inode[0] &&
	    p->sys->udp_port(port) == -EADDRINUSE)
		taken(p, port, t.inode);
}

void probe_ports(struct probe *p)
{
	if (p->in->unit->program != PROG_PTP4L || p->conf->transport != TRANSPORT_UDPV4)
		return;
	judge_port(p, 319);
	judge_port(p, 320);
}
