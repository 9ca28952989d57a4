/*
 * Are the UDP ports of PTP free? Daemons share them, so only a program that
 * holds one for itself is in the way. A port that nobody uses is not touched.
 * Who holds that of NTP under a name that we do not know steers the clock.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/daemonconf.h"
#include "holders.h"
#include "questions.h"

struct ptp_port {
	unsigned port;
	char inode[24];		/* of a socket that is bound to it; empty: nobody */
};

enum { PTP_PORTS = 2, NTP_PORT = PTP_PORTS, PORTS };

/* "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ..." */
static bool on_udp(void *owner, char *line)
{
	struct ptp_port *ports = owner;
	char *colon = strchr(line, ':'), *local = colon ? strchr(colon + 1, ':') : NULL;
	unsigned port = local ? (unsigned)strtoul(local + 1, NULL, 16) : 0;

	for (int i = 0; i < PORTS; i++)
		if (port == ports[i].port)
			(void)sscanf(local + 1, "%*x %*s %*s %*s %*s %*s %*s %*s %23s",
				     ports[i].inode);
	return true;
}

/* A NTP client without a known name; one that is known has its own finding. */
static void judge_ntp(struct probe *p, const struct ptp_port *port)
{
	static const char *const facts[] = { "rival.chronyd", "rival.ntpd", "rival.timesyncd" };
	char socket[40], who[64] = "", *pid;

	if (!port->inode[0] || !daemon_conf_steers_system(p->conf))
		return;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *value = facts_value(&p->out->facts, facts[i]);

		if (!value || strcmp(value, "no"))
			return;
	}
	snprintf(socket, sizeof(socket), "socket:[%s]", port->inode);
	if (holders_of(p->sys, socket, who, sizeof(who)) <= 0)
		return;
	pid = strrchr(who, ' ');
	*pid = '\0';
	if (!is_ours(p->in, atoi(pid + 1)))
		note(p->out, F_RIVAL_SYSTEM_CLOCK, FINDING_WARN, who,
		     "pid %s holds UDP port %u, that of NTP", pid + 1, port->port);
}

static void taken(struct probe *p, const struct ptp_port *port)
{
	char socket[40], who[64] = "";
	struct finding *f;
	char *pid;

	snprintf(socket, sizeof(socket), "socket:[%s]", port->inode);
	if (holders_of(p->sys, socket, who, sizeof(who)) <= 0) {
		note(p->out, F_RIVAL_PORT, FINDING_BLOCK, "another program",
		     "it holds UDP port %u", port->port);
		return;
	}
	/* "socat 123" */
	pid = strrchr(who, ' ');
	*pid = '\0';
	f = note(p->out, F_RIVAL_PORT, FINDING_BLOCK, who, "pid %s holds UDP port %u", pid + 1,
		 port->port);
	note_clears(f, WAIT_PROCESS, who, atoi(pid + 1));
}

void probe_ports(struct probe *p)
{
	struct ptp_port ports[PORTS] = { { .port = 319 }, { .port = 320 }, { .port = 123 } };
	enum transport transport = p->conf->transport;
	bool ipv6 = transport == TRANSPORT_UDPV6;

	if (each_line(p->sys, "/proc/net/udp", on_udp, ports) < 0)
		return;
	(void)each_line(p->sys, "/proc/net/udp6", on_udp, ports);
	judge_ntp(p, &ports[NTP_PORT]);
	if (p->in->unit->program != PROG_PTP4L || (transport != TRANSPORT_UDPV4 && !ipv6))
		return;
	for (int i = 0; i < PTP_PORTS; i++)
		if (ports[i].inode[0] && p->sys->udp_port(ports[i].port, ipv6) == -EADDRINUSE)
			taken(p, &ports[i]);
}
