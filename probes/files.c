/*
 * Files, sockets and devices that a configuration names beside the ones that
 * every daemon has: leap seconds, a servo's way to chronyd or ntpd, time of day.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/stat.h>

#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonconf.h"
#include "questions.h"

enum { NTP_SHM_KEY = 0x4e545030 };	/* "NTP0" */

#define NTP_TO_UNIX 2208988800u	/* seconds from 1900 to 1970 */

static void option(const struct probe *p, const char *name, char *out, size_t size)
{
	daemon_conf_option(p->in->unit->program, p->in->run->argv, p->version, name, out, size);
}

/* --- the list of leap seconds --- */

struct leaps {
	uint64_t expires;	/* NTP seconds, 0: not said */
	unsigned entries;
};

static bool on_leap(void *owner, char *line)
{
	struct leaps *l = owner;
	uint64_t when;
	int offset;

	if (sscanf(line, "#@ %" SCNu64, &when) == 1)
		l->expires = when;
	else if (sscanf(line, "%" SCNu64 " %d", &when, &offset) == 2)
		l->entries++;
	return true;
}

static void judge_expiry(struct probe *p, const char *file, const struct leaps *l)
{
	int64_t left = (int64_t)(l->expires - NTP_TO_UNIX) - p->sys->wall_s();

	fact(p->out, "file.leap_expired", "%s", yes_no(left < 0));
	if (left < 0)
		note(p->out, F_FILES_LEAP_EXPIRED, FINDING_WARN, file,
		     "it was good until %lld days ago", (long long)(-left / 86400));
	else
		note(p->out, F_FILES_OK, FINDING_PASS, file, "good for %lld days",
		     (long long)(left / 86400));
}

/* Sources that get a time of day need the list; a PHC as source brings TAI itself. */
static void judge_leapfile(struct probe *p)
{
	const char *source = p->conf->source;
	struct leaps l = { 0 };
	char file[192];
	int rc;

	option(p, "leapfile", file, sizeof(file));
	if (!*file || (strcmp(source, "nmea") && strcmp(source, "generic")))
		return;
	rc = each_line(p->sys, file, on_leap, &l);
	if (rc < 0)
		note_block(p->out, F_FILES_LEAP_MISSING, WAIT_FILE, file, "%s", strerror(-rc));
	else if (!l.expires || !l.entries)
		note_block(p->out, F_FILES_LEAP_FORMAT, WAIT_FILE, file, "%s",
			   l.entries ? "no line \"#@ SECONDS\" says until when it is good" :
				       "it has no entries");
	else
		judge_expiry(p, file, &l);
}

/* --- where ts2phc gets the time of day --- */

static void judge_nmea(struct probe *p)
{
	char host[64], port[96];
	struct probe_stat st;
	int rc;

	option(p, "ts2phc.nmea_remote_host", host, sizeof(host));
	if (*host || strcmp(p->conf->source, "nmea"))
		return;
	option(p, "ts2phc.nmea_serialport", port, sizeof(port));
	rc = p->sys->stat(port, &st);
	if (rc < 0)
		note_block(p->out, F_FILES_NMEA, WAIT_DEVICE, port, "%s", strerror(-rc));
	else if (!S_ISCHR(st.mode))
		note_block(p->out, F_FILES_NMEA, WAIT_FILE, port, "it is no serial port");
	else
		note(p->out, F_FILES_OK, FINDING_PASS, port, "a device");
}

/* phc2sys -d */
static void judge_pps(struct probe *p)
{
	const char *node = p->conf->phc_device;
	struct probe_stat st;
	int rc;

	if (!*node)
		return;
	rc = p->sys->stat(node, &st);
	if (rc < 0)
		note_block(p->out, F_FILES_PPS, WAIT_DEVICE, node, "%s", strerror(-rc));
	else if (!S_ISCHR(st.mode))
		note_block(p->out, F_FILES_PPS, WAIT_FILE, node, "it is no device");
	else
		note(p->out, F_FILES_OK, FINDING_PASS, node, "a device");
}

/* --- servos that tell another program what they measured --- */

static void judge_refclock(struct probe *p)
{
	char path[128];
	int rc;

	option(p, "refclock_sock_address", path, sizeof(path));
	rc = p->sys->uds_connect(path);
	if (rc == -EACCES)
		note(p->out, F_FILES_REFCLOCK, FINDING_UNKNOWN, path, "%s", strerror(-rc));
	else if (rc < 0)
		note_block(p->out, F_FILES_REFCLOCK, WAIT_FILE, path, "%s",
			   rc == -ECONNREFUSED ? "nobody listens at it any more" : strerror(-rc));
	else
		note(p->out, F_FILES_OK, FINDING_PASS, path, "somebody listens");
}

struct segment {
	int key;
	bool found;
	unsigned perms, uid;
	int creator, last;	/* processes */
	char subject[16];	/* "NTP2" */
};

/* key shmid perms size cpid lpid nattch uid ... */
static bool on_segment(void *owner, char *line)
{
	struct segment *s = owner;
	int key, creator, last;
	unsigned perms, uid;

	if (sscanf(line, "%d %*d %o %*u %d %d %*d %u", &key, &perms, &creator, &last, &uid) != 5 ||
	    key != s->key)
		return true;
	s->found = true;
	s->perms = perms;
	s->uid = uid;
	s->creator = creator;
	s->last = last;
	return false;
}

/* A process that writes such segments and is none of ours. */
static bool writes(struct probe *p, const struct segment *s, int pid)
{
	char path[40], comm[24];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (is_ours(p->in, pid) || read_small(p->sys, path, comm, sizeof(comm)) <= 0)
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	if (strcmp(comm, "gpsd") && command_program(comm) == PROG_OTHER)
		return false;
	note(p->out, F_RIVAL_SHARED_MEMORY, FINDING_WARN, comm, "pid %d writes to segment %s too",
	     pid, s->subject);
	return true;
}

static bool may_attach(const struct probe *p, const struct segment *s)
{
	uid_t uid = p->who.account.uid;

	return !p->who.known || uid == 0 || (uid == s->uid ? s->perms & 0600 : s->perms & 06) != 0;
}

/* Is there anybody whom this is for? One of this configuration's own units may come later. */
static bool has_reader(const struct probe *p)
{
	static const char *const facts[] = { "rival.chronyd", "rival.ntpd" };
	const struct plan *plan = p->in->plan;

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *value = facts_value(&p->out->facts, facts[i]);

		if (!value || !strcmp(value, "yes"))
			return true;	/* there, or not known */
	}
	for (unsigned i = 0; plan && i < plan->units; i++) {
		const char *path = plan->unit[i].runs[0].program_path;

		if (strstr(path, "chronyd") || strstr(path, "ntpd"))
			return true;
	}
	return false;
}

static void judge_shared_memory(struct probe *p)
{
	struct segment s = { .key = NTP_SHM_KEY + p->conf->shm_segment };

	snprintf(s.subject, sizeof(s.subject), "NTP%d", p->conf->shm_segment);
	(void)each_line(p->sys, "/proc/sysvipc/shm", on_segment, &s);
	if (s.found && !may_attach(p, &s))
		note(p->out, F_FILES_SHM_DENIED, FINDING_BLOCK, s.subject,
		     "it belongs to user %u, mode %03o; the program would run as user %u", s.uid,
		     s.perms & 0777, p->who.account.uid);
	else if (s.found && (writes(p, &s, s.creator) ||
			     (s.last != s.creator && writes(p, &s, s.last))))
		return;
	else if (!has_reader(p))
		note(p->out, F_FILES_NO_READER, FINDING_WARN, s.subject,
		     "neither chronyd nor ntpd runs");
	else
		note(p->out, F_FILES_OK, FINDING_PASS, s.subject, "can be used");
}

/* --- who may read and who may change the configuration --- */

/* We can read it, or there would be no configuration; the program runs as somebody else. */
static void judge_readable(struct probe *p)
{
	const char *file = p->conf->config_file;
	struct probe_stat st;

	if (*file && p->in->run->user && p->sys->stat(file, &st) == 0 &&
	    who_may(&p->who, p->sys, file, MAY_READ) == ANSWER_NO)
		note_block(p->out, F_FILES_UNREADABLE, WAIT_FILE, file,
			   "mode %04o, owner %u:%u; the program would run as user %u",
			   st.mode & 07777, st.uid, st.gid, p->who.account.uid);
}

static void judge_writable(struct probe *p)
{
	const char *file = p->conf->config_file;
	struct probe_stat st;

	if (*file && p->sys->stat(file, &st) == 0 && S_ISREG(st.mode) && (st.mode & S_IWOTH))
		note(p->out, F_FILES_WRITABLE, FINDING_WARN, file, "mode %04o", st.mode & 07777);
}

void probe_files(struct probe *p)
{
	enum program program = p->in->unit->program;

	if (program == PROG_TS2PHC) {
		judge_leapfile(p);
		judge_nmea(p);
	}
	if (program == PROG_PHC2SYS)
		judge_pps(p);
	if (program == PROG_PTP4L || program == PROG_PHC2SYS) {
		if (p->conf->servo == SERVO_REFCLOCK_SOCK)
			judge_refclock(p);
		else if (p->conf->servo == SERVO_NTPSHM)
			judge_shared_memory(p);
	}
	judge_readable(p);
	if (p->in->full)
		judge_writable(p);
}
