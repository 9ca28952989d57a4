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

struct taken {
	unsigned port;
	char inode[24];
};

/* "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ..." */
static bool on_udp(void *owner, char *line)
{
	struct taken *t = owner;
	unsigned port;
	char inode[24];

	if (sscanf(line, " %*d: %*[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %*s %23s", &port, inode) !=
		    2 ||
	    port != t->port)
		return true;
	strcpy(t->inode, inode);
	return false;
}

/* "socat 123": wait for that process. */
static void await_holder(struct finding *f, char *who)
{
	char *pid = strrchr(who, ' ');

	if (!pid || atoi(pid) <= 1)
		return;
	*pid = '\0';
	note_clears(f, WAIT_PROCESS, who, atoi(pid + 1));
}

static void judge_port(struct probe *p, unsigned port)
{
	struct taken t = { .port = port };
	char socket[40], who[64] = "";
	struct finding *f;

	if (each_line(p->sys, "/proc/net/udp", on_udp, &t) < 0 || !t.inode[0] ||
	    p->sys->udp_port(port) != -EADDRINUSE)
		return;
	snprintf(socket, sizeof(socket), "socket:[%s]", t.inode);
	if (holders_of(p->sys, socket, who, sizeof(who)) <= 0)
		strcpy(who, "another program");
	f = note(p->out, F_RIVAL_PORT, FINDING_BLOCK, who, "holds UDP port %u", port);
	await_holder(f, who);
}

void probe_ports(struct probe *p)
{
	if (p->in->unit->program != PROG_PTP4L || p->conf->transport != TRANSPORT_UDPV4)
		return;
	judge_port(p, 319);
	judge_port(p, 320);
}
