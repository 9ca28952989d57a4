/**
 * @file fakesys.h
 * @brief A made-up system for tests of probes: files, interfaces, clocks and processes in tables.
 *
 * fake_healthy() sets up a box on which ptp4l -i eth0 works in hardware mode;
 * a test then breaks one thing. Static storage: one test program, one box.
 */
#ifndef TESTS_LIB_FAKESYS_H
#define TESTS_LIB_FAKESYS_H

#include <elf.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/net_tstamp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "test.h"
#include "probes/cache.h"
#include "probes/probe.h"
#include "probes/sys.h"

enum { FAKE_FILES = 96, FAKE_LINKS = 6, FAKE_BYTES = 4096 };

struct fake_file {
	char path[96];
	unsigned mode, uid, gid;
	uint64_t rdev;
	int64_t stamp;
	size_t len;
	char bytes[FAKE_BYTES];	/* of a symbolic link: its target */
};

struct fake_link {
	char name[16];
	int link_rc, ts_rc;
	struct link_info link;
	struct ts_info ts;
	int hwtstamp_tx;
};

struct fake {
	unsigned files, links;
	struct fake_file file[FAKE_FILES];
	struct fake_link link[FAKE_LINKS];
	const char *noexec, *readonly;	/* path prefix mounted so */
	const char *denied;	/* path that cannot be looked at */
	int links_rc, eee, port_rc, providers;
	const char *hidden;	/* folder that may not be listed */
	int uds_rc;		/* of a socket that is there */
	int identity_rc;
	int phc_rc;
	struct phc_info phc;
	int version_status;
	const char *version_text;
	int account_rc;
	uid_t euid;
	int access_rc, acl;
	const char *machine, *release;
	int64_t wall_s;
	uint64_t limit_files, free_bytes;
	const char *driver;
	struct clock_state clock;
	unsigned lacks;	/* FEATURE_* */
	unsigned stats, opens, open_now, slow;	/* calls made */
};

static struct fake fake;

static inline struct fake_file *fake_find(const char *path)
{
	for (unsigned i = 0; i < fake.files; i++)
		if (!strcmp(fake.file[i].path, path))
			return &fake.file[i];
	return NULL;
}

static inline struct fake_file *fake_bytes(const char *path, unsigned mode, const void *bytes,
					   size_t len)
{
	struct fake_file *f = fake_find(path);

	if (!f) {
		assert_in_range(fake.files, 0, FAKE_FILES - 1);
		f = &fake.file[fake.files++];
	}
	assert_in_range(len, 0, FAKE_BYTES - 1);
	memset(f, 0, sizeof(*f));
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->mode = mode;
	f->len = len;
	memcpy(f->bytes, bytes, len);
	return f;
}

static inline struct fake_file *fake_text(const char *path, const char *text)
{
	return fake_bytes(path, S_IFREG | 0644, text, strlen(text));
}

static inline struct fake_file *fake_dir(const char *path)
{
	return fake_bytes(path, S_IFDIR | 0755, "", 0);
}

static inline struct fake_file *fake_symlink(const char *path, const char *target)
{
	return fake_bytes(path, S_IFLNK | 0777, target, strlen(target));
}

static inline void fake_remove(const char *path)
{
	struct fake_file *f = fake_find(path);

	assert_non_null(f);
	*f = fake.file[--fake.files];
}

static inline struct fake_link *fake_iface(const char *name)
{
	for (unsigned i = 0; i < fake.links; i++)
		if (!strcmp(fake.link[i].name, name))
			return &fake.link[i];
	return NULL;
}

static inline struct fake_link *fake_add_iface(const char *name, int phc)
{
	struct fake_link *l = &fake.link[fake.links++];

	*l = (struct fake_link){
		.link = { .index = (int)fake.links, .flags = IFF_UP, .carrier = ANSWER_YES,
			  .ipv4 = ANSWER_YES, .ipv6 = ANSWER_YES, .bond_mode = -1 },
		.ts = { .so = phc < 0 ? 0x1a : 0x5f, .phc_index = phc, .source = "netlink",
			.tx_types = 3, .rx_filters = 1u << HWTSTAMP_FILTER_PTP_V2_EVENT | 1 },
		.hwtstamp_tx = 1,
	};
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->link.name, sizeof(l->link.name), "%s", name);
	return l;
}

static inline void fake_process(int pid, const char *comm, const char *cmdline, size_t len,
				int netns)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	fake_dir(path);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fake_text(path, comm);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fake_bytes(path, S_IFREG | 0444, cmdline, len);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	snprintf(target, sizeof(target), "net:[%d]", netns);
	fake_symlink(path, target);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fake_symlink(path, "mnt:[1]");
}

/* What an ELF file of a test says. */
struct fake_elf {
	unsigned machine;	/* 0: x86_64 */
	const char *interp, *soname, *runpath, *rpath;
	const char *needed[4];
	const char *needs_of, *needs_version;	/* library and symbol version that are needed */
	const char *defines_version;
	bool narrow_type;	/* an object file */
};

static inline uint32_t fake_hash(const char *s)
{
	uint32_t h = 0, g;

	for (; *s; s++) {
		h = (h << 4) + (unsigned char)*s;
		g = h & 0xf0000000;
		h ^= g >> 24;
		h &= ~g;
	}
	return h;
}

struct fake_image {
	char bytes[FAKE_BYTES];
	size_t len;
	size_t strings;		/* offset of the string table */
	size_t dynamic;		/* next entry */
};

static inline uint64_t fake_string(struct fake_image *m, const char *s)
{
	size_t at = m->len;

	memcpy(m->bytes + at, s, strlen(s) + 1);
	m->len += strlen(s) + 1;
	return at - m->strings;
}

static inline void fake_tag(struct fake_image *m, int64_t tag, uint64_t value)
{
	Elf64_Dyn d = { .d_tag = tag, .d_un.d_val = value };

	memcpy(m->bytes + m->dynamic, &d, sizeof(d));
	m->dynamic += sizeof(d);
}

static inline void fake_versions(struct fake_image *m, const struct fake_elf *e)
{
	if (e->needs_of) {
		Elf64_Verneed n = { .vn_version = 1, .vn_cnt = 1, .vn_aux = sizeof(n),
				    .vn_file = (Elf64_Word)fake_string(m, e->needs_of) };
		Elf64_Vernaux a = { .vna_hash = fake_hash(e->needs_version),
				    .vna_name = (Elf64_Word)fake_string(m, e->needs_version) };

		fake_tag(m, DT_VERNEED, m->len);
		fake_tag(m, DT_VERNEEDNUM, 1);
		memcpy(m->bytes + m->len, &n, sizeof(n));
		memcpy(m->bytes + m->len + sizeof(n), &a, sizeof(a));
		m->len += sizeof(n) + sizeof(a);
	}
	if (e->defines_version) {
		Elf64_Verdef d = { .vd_version = 1, .vd_hash = fake_hash(e->defines_version) };

		fake_tag(m, DT_VERDEF, m->len);
		fake_tag(m, DT_VERDEFNUM, 1);
		memcpy(m->bytes + m->len, &d, sizeof(d));
		m->len += sizeof(d);
	}
}

/* Header, three segments, 20 dynamic entries, strings; addresses are file offsets. */
static inline struct fake_file *fake_program(const char *path, const struct fake_elf *e)
{
	enum { PH = 64, DYN = PH + 3 * 56, STR = DYN + 20 * 16 };
	Elf64_Ehdr eh = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
			  .e_type = e->narrow_type ? ET_REL : ET_DYN,
			  .e_machine = (Elf64_Half)(e->machine ? e->machine : EM_X86_64),
			  .e_phoff = PH, .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3 };
	struct fake_image m = { .strings = STR, .len = STR + 1, .dynamic = DYN };
	Elf64_Phdr ph[3] = {{.p_type = PT_LOAD}, {.p_type = PT_DYNAMIC}, {.p_type = PT_NULL}};

	fake_tag(&m, DT_STRTAB, STR);
	for (int i = 0; i < 4 && e->needed[i]; i++)
		fake_tag(&m, DT_NEEDED, fake_string(&m, e->needed[i]));
	if (e->soname)
		fake_tag(&m, DT_SONAME, fake_string(&m, e->soname));
	if (e->runpath)
		fake_tag(&m, DT_RUNPATH, fake_string(&m, e->runpath));
	if (e->rpath)
		fake_tag(&m, DT_RPATH, fake_string(&m, e->rpath));
	fake_versions(&m, e);
	if (e->interp) {
		ph[2] = (Elf64_Phdr){ .p_type = PT_INTERP, .p_filesz = strlen(e->interp) + 1 };
		ph[2].p_offset = STR + fake_string(&m, e->interp);
	}
	ph[0].p_filesz = m.len;
	ph[1].p_offset = ph[1].p_vaddr = DYN;
	ph[1].p_filesz = m.dynamic - DYN + 16;
	memcpy(m.bytes, &eh, sizeof(eh));
	memcpy(m.bytes + PH, ph, sizeof(ph));
	return fake_bytes(path, S_IFREG | 0755, m.bytes, m.len);
}

/* --- the functions of struct probe_sys --- */

static inline int fake_follow(const char *path, struct fake_file **f)
{
	for (int depth = 0; depth < 8; depth++) {
		*f = fake_find(path);
		if (!*f)
			return -ENOENT;
		if (!S_ISLNK((*f)->mode))
			return 0;
		path = (*f)->bytes;
	}
	return -ELOOP;
}

static inline void fake_stat_of(const struct fake_file *f, struct probe_stat *st)
{
	*st = (struct probe_stat){ .dev = 1, .ino = (uint64_t)(f - fake.file) + 1, .mode = f->mode,
				   .uid = f->uid, .gid = f->gid, .rdev = f->rdev,
				   .size = (int64_t)f->len, .mtime_ns = f->stamp,
				   .ctime_ns = f->stamp };
}

static inline int fake_stat(const char *path, struct probe_stat *st)
{
	struct fake_file *f;
	int rc = fake_follow(path, &f);

	fake.stats++;
	if (fake.denied && !strcmp(path, fake.denied))
		return -EACCES;
	if (rc == 0)
		fake_stat_of(f, st);
	return rc;
}

static inline int fake_lstat(const char *path, struct probe_stat *st)
{
	struct fake_file *f = fake_find(path);

	if (!f)
		return -ENOENT;
	fake_stat_of(f, st);
	return 0;
}

static inline int fake_open(const char *path)
{
	struct fake_file *f;
	int rc = fake_follow(path, &f);

	if (rc < 0)
		return rc;
	fake.opens++;
	fake.open_now++;
	return (int)(f - fake.file) + 100;
}

static inline ssize_t fake_pread(int fd, void *buf, size_t size, uint64_t offset)
{
	const struct fake_file *f = &fake.file[fd - 100];
	size_t n = offset < f->len ? f->len - offset : 0;

	n = n < size ? n : size;
	memcpy(buf, f->bytes + (n ? offset : 0), n);
	return (ssize_t)n;
}

static inline void fake_close(int fd)
{
	fake.open_now--;
}

static inline ssize_t fake_readlink(const char *path, char *buf, size_t size)
{
	const struct fake_file *f = fake_find(path);

	if (!f || !S_ISLNK(f->mode))
		return f ? -EINVAL : -ENOENT;
	snprintf(buf, size, "%s", f->bytes);
	return (ssize_t)strlen(buf);
}

static inline int fake_mount(const char *path, struct probe_mount *m)
{
	*m = (struct probe_mount){
		.no_exec = fake.noexec && !strncmp(path, fake.noexec, strlen(fake.noexec)),
		.read_only = fake.readonly && !strncmp(path, fake.readonly, strlen(fake.readonly)),
		.free_bytes = fake.free_bytes,
	};
	return 0;
}

static inline int fake_access(const char *path, int may)
{
	return fake.access_rc;
}

static inline int fake_has_acl(const char *path)
{
	return fake.acl;
}

static inline int fake_list(const char *dir, probe_name_fn *each, void *owner)
{
	size_t len = strlen(dir);

	if (fake.hidden && !strcmp(dir, fake.hidden))
		return -EACCES;
	for (unsigned i = 0; i < fake.files; i++) {
		const char *p = fake.file[i].path;

		if (!strncmp(p, dir, len) && p[len] == '/' && !strchr(p + len + 1, '/') &&
		    !each(owner, p + len + 1))
			break;
	}
	return 0;
}

static inline int fake_link(const char *name, struct link_info *link)
{
	const struct fake_link *l = fake_iface(name);

	if (!l || l->link_rc)
		return l ? l->link_rc : -ENODEV;
	*link = l->link;
	return 0;
}

static inline int fake_link_at(int index, struct link_info *link)
{
	for (unsigned i = 0; i < fake.links; i++)
		if (fake.link[i].link.index == index)
			return fake_link(fake.link[i].name, link);
	return -ENODEV;
}

static inline int fake_ts_providers(const char *name)
{
	return fake.providers ? fake.providers : 1;
}

static inline int fake_addresses(struct link_info *link)
{
	return 0;
}

static inline int fake_links(probe_link_fn *each, void *owner)
{
	for (unsigned i = 0; i < fake.links; i++)
		if (!each(owner, &fake.link[i].link))
			break;
	return fake.links_rc;
}

static inline int fake_ts_info(const char *name, struct ts_info *ts)
{
	const struct fake_link *l = fake_iface(name);

	if (!l || l->ts_rc)
		return l ? l->ts_rc : -ENODEV;
	*ts = l->ts;
	return 0;
}

static inline int fake_driver(const char *name, struct driver_info *driver)
{
	*driver = (struct driver_info){ 0 };
	snprintf(driver->driver, sizeof(driver->driver), "%s", fake.driver);
	return 0;
}

static inline int fake_hwtstamp(const char *name, int *tx, int *rx)
{
	*tx = fake_iface(name)->hwtstamp_tx;
	*rx = 12;
	return 0;
}

static inline int fake_eee_active(const char *name)
{
	return fake.eee;
}

static inline int fake_udp_port(unsigned port, bool ipv6)
{
	fake.slow++;
	return fake.port_rc;
}

static inline int fake_uds_connect(const char *path)
{
	return fake_find(path) ? fake.uds_rc : -ENOENT;
}

static inline int fake_uds_identity(const char *path, int domain, int ts, char identity[24])
{
	fake.slow++;
	if (fake.identity_rc == 0)
		strcpy(identity, "001122.fffe.334455");
	return fake.identity_rc;
}

static inline int fake_phc(const char *node, struct phc_info *phc)
{
	fake.slow++;
	*phc = fake.phc;
	return fake.phc_rc;
}

static inline int fake_version(const char *program, char *const env[], char *text, size_t size)
{
	fake.slow++;
	snprintf(text, size, "%s", fake.version_text);
	return fake.version_status;
}

static inline int fake_account(const char *user, struct account *account)
{
	fake.slow++;
	return fake.account_rc;
}

static inline void fake_uname(char *release, char *machine, size_t size)
{
	snprintf(release, size, "%s", fake.release);
	snprintf(machine, size, "%s", fake.machine);
}

static inline int64_t fake_wall_s(void)
{
	return fake.wall_s;
}

static inline uid_t fake_euid(void)
{
	return fake.euid;
}

static inline int fake_rlimit(int resource, uint64_t *soft)
{
	*soft = resource == RLIMIT_NOFILE ? fake.limit_files : UINT64_MAX;
	return 0;
}

static inline int fake_clock_state(struct clock_state *state)
{
	*state = fake.clock;
	return 0;
}

static inline unsigned fake_features(void)
{
	return ~fake.lacks;
}

static const struct probe_sys fake_sys = {
	.stat = fake_stat,
	.lstat = fake_lstat,
	.open = fake_open,
	.pread = fake_pread,
	.close = fake_close,
	.readlink = fake_readlink,
	.mount = fake_mount,
	.access = fake_access,
	.has_acl = fake_has_acl,
	.list = fake_list,
	.link = fake_link,
	.addresses = fake_addresses,
	.link_at = fake_link_at,
	.links = fake_links,
	.ts_info = fake_ts_info,
	.ts_providers = fake_ts_providers,
	.driver = fake_driver,
	.hwtstamp = fake_hwtstamp,
	.eee_active = fake_eee_active,
	.udp_port = fake_udp_port,
	.uds_connect = fake_uds_connect,
	.uds_identity = fake_uds_identity,
	.phc = fake_phc,
	.version = fake_version,
	.account = fake_account,
	.uname = fake_uname,
	.wall_s = fake_wall_s,
	.euid = fake_euid,
	.rlimit = fake_rlimit,
	.clock_state = fake_clock_state,
	.features = fake_features,
};

/* --- one unit on that box --- */

static char *fake_env[] = { (char *)"PATH=/bin", NULL };
static char *fake_argv[16];
static struct plan_run fake_run;
static struct plan_unit fake_unit;
static struct probe_in fake_in;
static struct probe_out fake_out;

static inline void fake_command(enum program program, const char *const *argv)
{
	for (int i = 0; i < 16; i++)
		fake_argv[i] = (char *)argv[i] ? (char *)argv[i] : NULL;
	for (fake_run.argc = 0; fake_argv[fake_run.argc]; fake_run.argc++)
		;
	fake_unit.program = program;
}

#define FAKE_COMMAND(program, ...) \
	fake_command((program), (const char *const[16]){ __VA_ARGS__, NULL })

static inline int fake_healthy(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
						 .needed = { "libm.so.6", "libc.so.6" } };
	static const struct fake_elf library = { .soname = "lib" };

	memset(&fake, 0, sizeof(fake));
	fake.machine = "x86_64";
	fake.driver = "fake";
	fake.clock.unsynced = true;
	fake.release = "6.1.0";
	fake.wall_s = 1795300000;
	fake.limit_files = 1024;
	fake.free_bytes = 1 << 30;
	fake.uds_rc = -ECONNREFUSED;
	fake.version_text = "3.1.1\n";
	fake.phc = (struct phc_info){ .writable = true, .max_adj_ppb = 62500000,
				      .rate_known = true, .rate = 1.0001, .rate_error = 0.0005 };
	fake_program("/usr/sbin/ptp4l", &program);
	fake_program("/lib64/ld-linux-x86-64.so.2", &library);
	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &library);
	fake_program("/lib/x86_64-linux-gnu/libc.so.6", &library);
	fake_dir("/var/run");
	fake_dir("/run/ptpwarden");
	fake_symlink("/proc/self/ns/net", "net:[1]");
	fake_symlink("/proc/self/ns/mnt", "mnt:[1]");
	fake_process(200, "sh\n", "sh", 3, 1);
	fake_text("/proc/devices", "Character devices:\n  1 mem\n250 ptp\n");
	fake_bytes("/dev/ptp0", S_IFCHR | 0600, "", 0)->rdev = makedev(250, 0);
	fake_symlink("/sys/dev/char/250:0", "../../devices/pci/ptp/ptp0");
	fake_dir("/sys/class/ptp/ptp0");
	fake_add_iface("eth0", 0);
	memset(&fake_unit, 0, sizeof(fake_unit));
	strcpy(fake_unit.name, "ptp4l");
	fake_unit.follows = -1;
	fake_unit.alternates = fake_unit.variants = 1;
	fake_unit.runs = &fake_run;
	fake_run = (struct plan_run){ .argv = fake_argv, .env = fake_env, .interface = "eth0",
				      .program_path = (char *)"/usr/sbin/ptp4l" };
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-m", "-q");
	fake_in = (struct probe_in){ .unit = &fake_unit, .run = &fake_run, .version = 0x030101,
				     .child_caps = UINT64_MAX, .full = true };
	return 0;
}

/* Blocks that no single event would clear: only the slow retry helps there. */
static inline bool may_wait_for_nothing(const char *id)
{
	static const char *const ids[] = { "binary.noexec_mount", "priv.cap_",
					   "priv.files",
					   "priv.memory", "config.", "rival.port",
					   "files.shm_denied",
					   "host.run_dir", "confine.devices",
					   "link.below_elsewhere" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (!strncmp(id, ids[i], strlen(ids[i])))
			return true;
	return false;
}

/* "link.ok" beside "link.missing" of the same subject; two questions come later, when each is ok.
 */
static inline bool contradicts(const struct finding *ok, const struct finding *f)
{
	size_t group = strcspn(ok->id, ".");

	if (!strcmp(f->id, "binary.version") || !strcmp(f->id, "ts.different_clocks"))
		return false;
	return !strcmp(ok->id + group, ".ok") && f->state == FINDING_BLOCK &&
	       !strncmp(ok->id, f->id, group + 1) && !strcmp(ok->subject, f->subject);
}

/* What must be true of every answer. */
static inline void assert_sound(const struct findings *all)
{
	for (unsigned i = 0; i < all->n; i++) {
		const struct finding *f = &all->at[i];

		if ((f->state == FINDING_BLOCK || f->state == FINDING_WARN) && !f->advice[0])
			fail_msg("%s gives no advice", f->id);
		if (f->state == FINDING_BLOCK && !f->clears.kind && !may_wait_for_nothing(f->id))
			fail_msg("%s does not say what would clear it", f->id);
		if (!f->detail[0] || !f->subject[0])
			fail_msg("%s says nothing", f->id);
		for (unsigned k = 0; k < all->n; k++)
			if (contradicts(f, &all->at[k]))
				fail_msg("%s beside %s", f->id, all->at[k].id);
	}
}

/* Ask all; the state of the finding of that id, or -1 when it was not made. */
static inline int asked(const char *id)
{
	int state = -1;

	probe_out_init(&fake_out);
	probe_quick(&fake_in, &fake_sys, &fake_out);
	if (probe_slow_needed(&fake_in, &fake_out))
		probe_slow(&fake_in, &fake_sys, &fake_out);
	assert_int_equal(fake.open_now, 0);
	assert_sound(&fake_out.findings);
	for (unsigned i = 0; i < fake_out.findings.n; i++)
		if (!strcmp(fake_out.findings.at[i].id, id) &&
		    (int)fake_out.findings.at[i].state > state)
			state = (int)fake_out.findings.at[i].state;
	return state;
}

/* The finding of that id in the last answer; fails the test when there is none. */
static inline const struct finding *finding_of(const char *id)
{
	for (unsigned i = 0; i < fake_out.findings.n; i++)
		if (!strcmp(fake_out.findings.at[i].id, id))
			return &fake_out.findings.at[i];
	fail_msg("no finding %s", id);
	return NULL;
}

#define assert_asked(id, state) assert_int_equal(asked(id), (int)(state))
#define assert_not_asked(id) assert_int_equal(asked(id), -1)
#define assert_fact(name, value) \
	do { \
		assert_non_null(facts_value(&fake_out.facts, (name))); \
		assert_string_equal(facts_value(&fake_out.facts, (name)), (value)); \
	} while (0)

#endif
