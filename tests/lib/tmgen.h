/*
 * Makes files for timemaster, and runs what timemaster would start: its own parser sees the
 * sections, the ptp4l that it starts sees the rest.
 */
#ifndef TESTS_LIB_TMGEN_H
#define TESTS_LIB_TMGEN_H

#include "lintgen.h"

static void tmgen_section(struct gen *g, char *kind)
{
	static const char *const right[] = {
		"[timemaster]", "[ntp_server a.example]", "[ptp_domain 0]", "[ptp_domain 24]",
		"[ptp4l.conf]", "[ptp4l]", "[phc2sys]", "[chronyd]", "[ntpd]", "[chrony.conf]",
		"[ntp.conf]", "[PTP_Domain 1]", "[ptp_domain 2] behind", "[TimeMaster",
	};
	/* t timemaster, s server, d domain, p settings for ptp4l, o its options, x anything */
	static const char kinds[] = "tsddpoxxxxxddt";
	static const char *const wrong[] = {
		"[ptp_domain]", "[ptp_domain x]", "[ptp_domain 300]", "[ptp_domain 1 ]",
		"[ptp_domain 99999999999]", "[ntp_server]", "[ timemaster]", "[ptp4lconf]", "[]",
		"[global]", "[eth0]", "[[ptp_domain 0]]", "[ptp_domain 0x10]", "[ptp_domain -1]",
	};
	unsigned pick = gen_below(g, ARRAY_LEN(right));

	if (gen_chance(g, g->wrong)) {
		gen_text(g, GEN_PICK(g, wrong));
		gen_newline(g);
		return;
	}
	*kind = kinds[pick];
	gen_text(g, right[pick]);
	gen_newline(g);
	if (*kind == 'd' && !gen_chance(g, g->wrong))
		gen_text(g, "interfaces lo\n");
}

static void tmgen_own(struct gen *g, char kind)
{
	static const char *const timemaster[] = {
		"ntp_program chronyd", "ntp_program ntpd", "NTP_Program NTPD", "rundir /run/tm",
		"first_shm_segment 2", "restart_processes 0", "restart_processes 5",
	};
	static const char *const server[] = { "minpoll 4", "maxpoll 0x6", "iburst 1", "iburst 0",
					      "ntp_options key 1", "MINPOLL -2" };
	static const char *const domain[] = {
		"delay 1e-5", "ntp_poll 3", "phc2sys_poll -1", "interfaces lo", "ntp_options prefer",
		"ptp4l_option priority2 7", "ptp4l_option logSyncInterval -2", "interfaces\tlo lo",
		"ptp4l_option delay_mechanism P2P", "ptp4l_option message_tag a b",
	};
	static const char *const program[] = { "options -l 5", "options -l 7 -E", "options -l 6" };
	static const char *const wrong[] = {
		"minpoll", "iburst 2", "foo 1", "delay x", "delay 1e99", "ntp_poll 1.5",
		"ntp_program openntpd", "use_vclocks 1", "interfaces", "use_vclocks x",
		"options -Z", "options -l 9", "options --foo 1", "options --domainNumber 999",
		"ptp4l_option nonsense 1", "ptp4l_option priority1 1000", "ptp4l_option twoStepFlag 0",
		"ptp4l_option gmCapable 0", "ptp4l_option clock_type BC", "ptp4l_option BMCA",
		"ptp4l_option userDescription", "rundir", "first_shm_segment",
	};

	if (kind == 'x')
		gen_text(g, "options -l 5");
	else if (gen_chance(g, g->wrong))
		gen_text(g, GEN_PICK(g, wrong));
	else
		gen_text(g, kind == 't'	  ? GEN_PICK(g, timemaster)
			    : kind == 's' ? GEN_PICK(g, server)
			    : kind == 'd' ? GEN_PICK(g, domain)
					  : GEN_PICK(g, program));
	gen_newline(g);
}

static void tmgen_file(struct gen *g)
{
	static const unsigned rates[] = { 0, 0, 10, 30, 100 };
	unsigned lines = gen_below(g, 24);
	char kind = 't';

	g->wrong = GEN_PICK(g, rates);
	g->len = 0;
	if (!gen_chance(g, g->wrong))
		gen_text(g, "[timemaster]\n");
	while (lines--) {
		if (gen_chance(g, 250))
			tmgen_section(g, &kind);
		else if (gen_chance(g, 100))
			gen_noise(g);
		else if (kind == 'p')
			gen_setting(g, false);
		else
			tmgen_own(g, kind);
	}
	while (gen_chance(g, g->wrong))
		gen_damage(g);
}

#endif
