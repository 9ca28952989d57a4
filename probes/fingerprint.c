/* What a start depends on, as lines that can be compared with those of another start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/ptpfile.h"
#include "elffile.h"
#include "ifkind.h"
#include "questions.h"
#include "text.h"

enum { CONFIG_BYTES = 16384, CONFIG_LINES = 96, SECOND_NS = 1000000000 };

struct print {
	const struct probe_in *in;
	const struct probe_sys *sys;
	const struct probe_out *probed;
	struct fingerprint *f;
};

static int64_t newest(const struct probe_stat *st)
{
	int64_t ns = st->mtime_ns > st->ctime_ns ? st->mtime_ns : st->ctime_ns;

	return ns / SECOND_NS;
}

/* --- program, command, configuration --- */

static void add_command(struct print *p)
{
	const struct plan_run *run = p->in->run;
	char line[FINGERPRINT_VALUE_MAX];
	struct text t = text_in(line, sizeof(line));

	fingerprint_add(p->f, "alternate", NULL, 0, "%s", run->name ? run->name : "preferred");
	for (unsigned i = 0; i < run->argc; i++)
		text_add(&t, "%s%s", i ? " " : "", run->argv[i]);
	fingerprint_add(p->f, "command", NULL, 0, "%s", line);
	fingerprint_add(p->f, "rights", NULL, 0, "user %s, group %s, capabilities %llx",
			run->user ? run->user : "unchanged", run->group ? run->group : "unchanged",
			(unsigned long long)p->in->child_caps);
}

/* The build id tells versions of a program apart; without one its time must do. */
static void add_program(struct print *p)
{
	const char *path = p->in->run->program_path;
	char id[ELF_BUILD_ID_MAX];
	struct probe_stat st;
	struct elf e;

	if (p->in->version)
		fingerprint_add(p->f, "package", "version", 0, "%u.%u.%u", p->in->version >> 16,
				p->in->version >> 8 & 0xff, p->in->version & 0xff);
	if (p->sys->stat(path, &st) < 0) {
		fingerprint_unknown(p->f, "package", path);
		return;
	}
	if (elf_open(&e, p->sys, path) == ELF_GOOD && elf_build_id(&e, id))
		fingerprint_add(p->f, "package", path, newest(&st), "%lld bytes, build-id %s",
				(long long)st.size, id);
	else
		fingerprint_add(p->f, "package", path, newest(&st), "%lld bytes, inode %llu of %lld",
				(long long)st.size, (unsigned long long)st.ino,
				(long long)(st.mtime_ns / SECOND_NS));
	elf_close(&e);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add_libraries(struct print *p)
{
	const struct plan_run *run = p->in->run;
	const struct seen_program *seen =
		p->in->cache ? cache_program(p->in->cache, p->sys, run->program_path,
					     env_library_path(run->env)) : NULL;

	if (!seen) {
		fingerprint_unknown(p->f, "library", NULL);
		return;
	}
	for (unsigned i = 0; i < seen->files; i++) {
		const struct seen_file *s = &seen->file[i];
		const char *name = base_name(s->path);

		/* the program has an item of its own; the cache of the loader changes with any package */
		if (strcmp(s->path, run->program_path) && strcmp(name, "ld.so.cache"))
			fingerprint_add(p->f, "library", name, s->id.ctime_ns / SECOND_NS,
					"%lld bytes of %lld", (long long)s->id.size,
					(long long)(s->id.mtime_ns / SECOND_NS));
	}
}

/* A key may come several times, in tables of masters for instance. */
static void add_setting(struct print *p, const struct ptpfile *file, const struct ptpfile_item *item)
{
	char key[80], subject[96], line[112];
	const char *section = ptpfile_section_name(file);

	if (strcmp(section, "global"))
		snprintf(key, sizeof(key), "[%.24s] %.48s", section, item->name);
	else
		snprintf(key, sizeof(key), "%.72s", item->name);
	snprintf(subject, sizeof(subject), "%s", key);
	snprintf(line, sizeof(line), "config %s\t", key);
	for (unsigned n = 2; strstr(p->f->text, line) && n < 64; n++) {
		snprintf(subject, sizeof(subject), "%.72s#%u", key, n);
		snprintf(line, sizeof(line), "config %s\t", subject);
	}
	fingerprint_add(p->f, "config", subject, 0, "%.80s", item->value ? item->value : "");
}

static void read_config(struct print *p, const char *bytes, size_t len)
{
	struct ptpfile_item item;
	struct ptpfile file;
	unsigned lines = 0;

	ptpfile_init(&file, bytes, len, p->in->version);
	while (ptpfile_next(&file, &item) && lines < CONFIG_LINES)
		if (item.kind == PTPFILE_SETTING || item.kind == PTPFILE_VALUELESS ||
		    item.kind == PTPFILE_ENTRY || item.kind == PTPFILE_OUTSIDE) {
			add_setting(p, &file, &item);
			lines++;
		}
}

static void add_config(struct print *p)
{
	const char *path = p->probed->conf_read ? p->probed->conf.config_file : "";
	struct probe_stat st;
	ssize_t n = -1;
	char *bytes;
	int fd;

	if (!*path)
		return;
	bytes = malloc(CONFIG_BYTES);
	fd = bytes ? p->sys->open(path) : -1;
	if (fd >= 0) {
		n = p->sys->pread(fd, bytes, CONFIG_BYTES, 0);
		p->sys->close(fd);
	}
	if (n < 0 || n == CONFIG_BYTES || p->sys->stat(path, &st) < 0) {
		fingerprint_unknown(p->f, "config", NULL);
	} else {
		fingerprint_add(p->f, "config", NULL, st.mtime_ns / SECOND_NS, "%s", path);
		read_config(p, bytes, (size_t)n);
	}
	free(bytes);
}

/* --- interfaces and clocks --- */

static void add_stamping(struct print *p, const char *name)
{
	struct ts_info ts;
	char path[64], clock[48] = "";

	if (p->sys->ts_info(name, &ts) < 0) {
		fingerprint_unknown(p->f, "stamping", name);
		fingerprint_unknown(p->f, "phc", name);
		return;
	}
	fingerprint_add(p->f, "stamping", name, 0, "%s%s%s, types %x, filters %x",
			ts.so & 1 ? "hardware" : ts.so & 2 ? "software" : "none",
			ts.provider ? " of the " : "", ts.provider ? ts.provider : "", ts.tx_types,
			ts.rx_filters);
	if (ts.phc_index >= 0) {
		snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/clock_name", ts.phc_index);
		if (read_small(p->sys, path, clock, sizeof(clock)) > 0)
			clock[strcspn(clock, "\n")] = '\0';
	}
	fingerprint_add(p->f, "phc", name, 0, "ptp%d%s%s", ts.phc_index, clock[0] ? " " : "", clock);
}

static void add_driver(struct print *p, const char *name)
{
	struct driver_info d;

	if (p->sys->driver(name, &d) < 0)
		return;
	fingerprint_add(p->f, "driver", name, 0, "%s %s", d.driver, d.version);
	if (d.firmware[0])
		fingerprint_add(p->f, "firmware", name, 0, "%s", d.firmware);
}

static void add_iface(struct print *p, const char *name)
{
	struct link_info l;
	char speed[32] = "?";

	if (p->sys->link(name, &l) < 0) {
		fingerprint_unknown(p->f, "link", name);
		return;
	}
	if (iface_speed(p->sys, &l) > 0)
		snprintf(speed, sizeof(speed), "%d Mb/s", iface_speed(p->sys, &l));
	(void)p->sys->addresses(&l);
	fingerprint_add(p->f, "link", name, 0, "%s%s%s%s",
			l.carrier == ANSWER_NO ? "no carrier" : speed,
			l.master ? ", below a bridge or bond" : "",
			l.ipv4 == ANSWER_NO ? ", no IPv4" : "", l.xdp ? ", XDP" : "");
	fingerprint_add(p->f, "hardware", name, 0, "%02x:%02x:%02x:%02x:%02x:%02x", l.mac[0],
			l.mac[1], l.mac[2], l.mac[3], l.mac[4], l.mac[5]);
	if (l.qdisc[0])
		fingerprint_add(p->f, "qdisc", name, 0, "%s", l.qdisc);
	add_driver(p, name);
	add_stamping(p, name);
}

static bool is_iface(const char *name)
{
	return name && *name && !is_device(name) && strcmp(name, "CLOCK_REALTIME");
}

static void add_ifaces(struct print *p)
{
	const struct daemon_conf *c = &p->probed->conf;

	for (unsigned i = 0; p->probed->conf_read && i < c->ports && i < PORTS_MAX; i++)
		if (is_iface(c->port[i]))
			add_iface(p, c->port[i]);
	if (p->in->unit->program != PROG_PTP4L && is_iface(c->source))
		add_iface(p, c->source);
	else if (!c->ports && is_iface(p->in->run->interface))
		add_iface(p, p->in->run->interface);
}

/* --- the box --- */

/* The scan of the probes; without its facts nothing is said. */
static void add_daemons(struct print *p)
{
	const struct facts *facts = &p->probed->facts;

	if (!facts_value(facts, "rival.ptp4l")) {
		fingerprint_unknown(p->f, "daemon", NULL);
		return;
	}
	fingerprint_add(p->f, "daemon", NULL, 0, "others");
	for (unsigned i = 0; i < facts->n; i++) {
		const char *name = facts->at[i].name, *value = facts->at[i].value;

		/* a ptpwarden command that somebody gives just now is no daemon */
		if (strncmp(name, "rival.", 6) || !facts->at[i].known || !strcmp(value, "no") ||
		    !strcmp(value, "ptpwarden"))
			continue;
		fingerprint_add(p->f, "daemon", strcmp(name, "rival.other") ? name + 6 : value, 0,
				"runs");
	}
}

static void add_file_line(struct print *p, const char *item, const char *path, int64_t when)
{
	char text[FINGERPRINT_VALUE_MAX];

	if (read_small(p->sys, path, text, sizeof(text)) <= 0) {
		fingerprint_unknown(p->f, item, NULL);
		return;
	}
	text[strcspn(text, "\n")] = '\0';
	fingerprint_add(p->f, item, NULL, when, "%s", text);
}

/* The build of the image where there is one, else the version of the system. */
static void add_image(struct print *p)
{
	static const char *const keys[] = { "IMAGE_VERSION=", "BUILD_ID=", "VERSION_ID=", "PRETTY_NAME=" };
	char text[1024];

	if (read_small(p->sys, "/etc/os-release", text, sizeof(text)) <= 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char *at = strstr(text, keys[i]);

		if (!at || (at > text && at[-1] != '\n'))
			continue;
		at += strlen(keys[i]);
		at[strcspn(at, "\n")] = '\0';
		fingerprint_add(p->f, "image", NULL, 0, "%s", at);
		return;
	}
}

static void add_host(struct print *p)
{
	char release[80] = "", machine[80] = "", up[32] = "";
	int64_t booted = 0;

	p->sys->uname(release, machine, sizeof(release));
	if (read_small(p->sys, "/proc/uptime", up, sizeof(up)) > 0)
		booted = p->sys->wall_s() - strtoll(up, NULL, 10);
	fingerprint_add(p->f, "kernel", NULL, booted, "%s", release);
	add_file_line(p, "cmdline", "/proc/cmdline", booted);
	add_file_line(p, "boot", "/proc/sys/kernel/random/boot_id", booted);
	add_file_line(p, "clocksource",
		      "/sys/devices/system/clocksource/clocksource0/current_clocksource", 0);
	add_image(p);
	fingerprint_add(p->f, "ptpwarden", NULL, 0, "%s", VERSION);
}

void probe_fingerprint(const struct probe_in *in, const struct probe_sys *sys,
		       const struct probe_out *probed, struct fingerprint *out)
{
	struct print p = { .in = in, .sys = sys, .probed = probed, .f = out };

	fingerprint_init(out);
	add_command(&p);
	add_program(&p);
	add_ifaces(&p);
	add_host(&p);
	add_daemons(&p);
	add_libraries(&p);
	add_config(&p);
}
