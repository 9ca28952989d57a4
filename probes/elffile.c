/* Reads ELF headers of either class and byte order from a file that may be damaged. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "elffile.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

enum {
	PHDRS_MAX = 64,
	DYNAMIC_MAX = 512,	/* entries looked at */
	VERSIONS_MAX = 512,
	NOTES_BYTES = 4096,
};

static uint64_t number(const struct elf *e, const unsigned char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | p[e->big ? i : bytes - 1 - i];
	return v;
}

/* A field that has one place in 32-bit files and another in 64-bit files, 4 or 8 bytes wide. */
static uint64_t word(const struct elf *e, const unsigned char *p, unsigned at32, unsigned at64)
{
	return e->wide ? number(e, p + at64, 8) : number(e, p + at32, 4);
}

static bool read_at(const struct elf *e, void *buf, size_t size, uint64_t offset)
{
	if (offset > e->size || size > e->size - offset)
		return false;
	return e->sys->pread(e->fd, buf, size, offset) == (ssize_t)size;
}

/* A terminated string; what does not fit into `buf` is refused. */
static bool string_at(const struct elf *e, char *buf, size_t size, uint64_t offset)
{
	ssize_t n;

	if (offset >= e->size)
		return false;
	n = e->sys->pread(e->fd, buf, size, offset);
	return n > 0 && memchr(buf, '\0', (size_t)n);
}

static bool add_load(struct elf *e, const unsigned char *ph)
{
	struct elf_load l = {
		.offset = word(e, ph, 4, 8),
		.vaddr = word(e, ph, 8, 16),
		.size = word(e, ph, 16, 32),
	};

	if (e->loads < ELF_LOADS_MAX)
		e->load[e->loads++] = l;
	return l.offset <= e->size && l.size <= e->size - l.offset;
}

static enum elf_verdict read_segment(struct elf *e, const unsigned char *ph)
{
	uint64_t offset = word(e, ph, 4, 8), size = word(e, ph, 16, 32);

	switch (number(e, ph, 4)) {
	case PT_LOAD:
		return add_load(e, ph) ? ELF_GOOD : ELF_TRUNCATED;
	case PT_INTERP:
		return string_at(e, e->interp, sizeof(e->interp), offset) ? ELF_GOOD : ELF_DAMAGED;
	case PT_NOTE:
		if (e->notes < ELF_NOTES_MAX)
			e->note[e->notes++] = (struct elf_load){ .offset = offset, .size = size };
		return ELF_GOOD;
	case PT_DYNAMIC:
		e->dynamic = offset;
		e->dynamic_size = size;
		return ELF_GOOD;
	default:
		return ELF_GOOD;
	}
}

static enum elf_verdict read_segments(struct elf *e, const unsigned char *eh)
{
	uint64_t offset = word(e, eh, 28, 32);
	unsigned size = (unsigned)number(e, eh + (e->wide ? 54 : 42), 2);
	unsigned n = (unsigned)number(e, eh + (e->wide ? 56 : 44), 2);
	unsigned char ph[sizeof(Elf64_Phdr)];
	enum elf_verdict v = ELF_GOOD;

	if (e->type == ET_REL)
		return ELF_GOOD;	/* an object file has none; that is for others to judge */
	if (size != (e->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) || !n || n > PHDRS_MAX)
		return ELF_DAMAGED;
	for (unsigned i = 0; i < n && v == ELF_GOOD; i++)
		v = read_at(e, ph, size, offset + (uint64_t)i * size) ? read_segment(e, ph) :
									ELF_TRUNCATED;
	return v;
}

static enum elf_verdict read_header(struct elf *e)
{
	unsigned char eh[sizeof(Elf64_Ehdr)] = { 0 };
	ssize_t n = e->sys->pread(e->fd, eh, sizeof(eh), 0);

	if (n < 0) {
		e->error = (int)n;
		return ELF_UNREADABLE;
	}
	if (n < SELFMAG || memcmp(eh, ELFMAG, SELFMAG))
		return ELF_NO_ELF;
	e->wide = eh[EI_CLASS] == ELFCLASS64;
	e->big = eh[EI_DATA] == ELFDATA2MSB;
	if (n < (ssize_t)(e->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return ELF_TRUNCATED;
	e->type = (unsigned)number(e, eh + 16, 2);
	e->machine = (unsigned)number(e, eh + 18, 2);
	return read_segments(e, eh);
}

enum elf_verdict elf_open(struct elf *e, const struct probe_sys *sys, const char *path)
{
	struct probe_stat st;

	memset(e, 0, sizeof(*e));
	e->sys = sys;
	e->fd = -1;
	e->error = sys->stat(path, &st);
	if (e->error == 0 && !S_ISREG(st.mode))
		e->error = -EACCES;
	if (e->error == 0)
		e->fd = e->error = sys->open(path);
	if (e->error < 0)
		return ELF_UNREADABLE;
	e->error = 0;
	e->size = (uint64_t)st.size;
	return read_header(e);
}

void elf_close(struct elf *e)
{
	if (e->fd >= 0)
		e->sys->close(e->fd);
	e->fd = -1;
}

/* Where an address of the running program lies in the file; 0: nowhere. */
static uint64_t file_offset(const struct elf *e, uint64_t vaddr)
{
	for (unsigned i = 0; i < e->loads; i++) {
		const struct elf_load *l = &e->load[i];

		if (vaddr >= l->vaddr && vaddr - l->vaddr < l->size)
			return l->offset + (vaddr - l->vaddr);
	}
	return 0;
}

static bool string_of(const struct elf *e, const struct elf_dynamic *d, uint64_t index, char *buf,
		      size_t size)
{
	return d->strings && index < e->size && string_at(e, buf, size, d->strings + index);
}

static void take_place(const struct elf *e, struct elf_dynamic *d, uint64_t tag, uint64_t value)
{
	switch (tag) {
	case DT_STRTAB:
		d->strings = file_offset(e, value);
		break;
	case DT_VERNEED:
		d->verneed = file_offset(e, value);
		break;
	case DT_VERNEEDNUM:
		d->verneeds = value < VERSIONS_MAX ? (unsigned)value : VERSIONS_MAX;
		break;
	case DT_VERDEF:
		d->verdef = file_offset(e, value);
		break;
	case DT_VERDEFNUM:
		d->verdefs = value < VERSIONS_MAX ? (unsigned)value : VERSIONS_MAX;
		break;
	case DT_FLAGS_1:
		d->no_default_dirs = value & DF_1_NODEFLIB;
		break;
	}
}

static void take_need(const struct elf *e, struct elf_dynamic *d, uint64_t index)
{
	if (d->needed < ELF_NEEDED_MAX && string_of(e, d, index, d->need[d->needed], ELF_NAME_MAX))
		d->needed++;
	else
		d->too_many = true;
}

static bool take_name(const struct elf *e, struct elf_dynamic *d, uint64_t tag, uint64_t value)
{
	switch (tag) {
	case DT_NEEDED:
		take_need(e, d, value);
		return true;
	case DT_SONAME:
		return string_of(e, d, value, d->soname, sizeof(d->soname));
	case DT_RPATH:
		d->has_rpath = true;
		return string_of(e, d, value, d->rpath, sizeof(d->rpath));
	case DT_RUNPATH:
		d->has_runpath = true;
		return string_of(e, d, value, d->runpath, sizeof(d->runpath));
	default:
		return true;
	}
}

/* One pass over the entries; names need the string table, so they come in a second one. */
static bool walk(const struct elf *e, struct elf_dynamic *d, bool names)
{
	unsigned size = e->wide ? 16 : 8, n = (unsigned)(e->dynamic_size / size);
	unsigned char entry[16];

	for (unsigned i = 0; i < n && i < DYNAMIC_MAX; i++) {
		uint64_t tag, value;

		if (!read_at(e, entry, size, e->dynamic + (uint64_t)i * size))
			return false;
		tag = word(e, entry, 0, 0);
		value = word(e, entry, 4, 8);
		if (tag == DT_NULL)
			return true;
		if (!names)
			take_place(e, d, tag, value);
		else if (!take_name(e, d, tag, value))
			return false;
	}
	return true;
}

bool elf_dynamic(const struct elf *e, struct elf_dynamic *d)
{
	memset(d, 0, sizeof(*d));
	return walk(e, d, false) && walk(e, d, true);
}

static bool each_version(const struct elf *e, const struct elf_dynamic *d, uint64_t aux,
			 unsigned n, const char *library, elf_need_fn *each, void *owner)
{
	unsigned char v[16];
	char version[ELF_NAME_MAX];

	for (unsigned i = 0; i < n && i < VERSIONS_MAX; i++) {
		uint64_t next;

		if (!read_at(e, v, sizeof(v), aux))
			return false;
		if (string_of(e, d, number(e, v + 8, 4), version, sizeof(version)) &&
		    !each(owner, library, version, (uint32_t)number(e, v, 4),
			  number(e, v + 4, 2) & VER_FLG_WEAK))
			return false;
		next = number(e, v + 12, 4);
		if (!next)
			break;
		aux += next;
	}
	return true;
}

void elf_each_need(const struct elf *e, const struct elf_dynamic *d, elf_need_fn *each, void *owner)
{
	uint64_t at = d->verneed, next = 1;
	char library[ELF_NAME_MAX];
	unsigned char v[16];

	for (unsigned i = 0; at && next && i < d->verneeds; i++, at += next) {
		if (!read_at(e, v, sizeof(v), at))
			return;
		next = number(e, v + 12, 4);
		if (string_of(e, d, number(e, v + 4, 4), library, sizeof(library)) &&
		    !each_version(e, d, at + number(e, v + 8, 4), (unsigned)number(e, v + 2, 2),
				  library, each, owner))
			return;
	}
}

enum answer elf_defines(const struct elf *e, const struct elf_dynamic *d, uint32_t hash)
{
	uint64_t at = d->verdef, next = 1;
	unsigned char v[20];

	if (!at || !d->verdefs)
		return ANSWER_UNKNOWN;
	for (unsigned i = 0; next && i < d->verdefs; i++, at += next) {
		if (!read_at(e, v, sizeof(v), at))
			return ANSWER_UNKNOWN;
		if (number(e, v + 8, 4) == hash)
			return ANSWER_YES;
		next = number(e, v + 16, 4);
	}
	return ANSWER_NO;
}

/* One segment of notes: name, length of what it describes, type; each padded to four bytes. */
static bool build_id_in(const struct elf *e, const struct elf_load *l, char out[ELF_BUILD_ID_MAX])
{
	uint64_t at = l->offset, end = l->offset + (l->size < NOTES_BYTES ? l->size : NOTES_BYTES);
	unsigned char n[12 + 4 + 8];

	while (at + sizeof(n) <= end && read_at(e, n, sizeof(n), at)) {
		uint64_t name = number(e, n, 4), len = number(e, n + 4, 4);

		if (name == 4 && len >= 8 && number(e, n + 8, 4) == NT_GNU_BUILD_ID &&
		    !memcmp(n + 12, "GNU", 4)) {
			for (unsigned i = 0; i < 8; i++)
				snprintf(out + 2 * i, 3, "%02x", n[16 + i]);
			return true;
		}
		at += 12 + ((name + 3) & ~UINT64_C(3)) + ((len + 3) & ~UINT64_C(3));
	}
	return false;
}

bool elf_build_id(const struct elf *e, char out[ELF_BUILD_ID_MAX])
{
	for (unsigned i = 0; i < e->notes; i++)
		if (build_id_in(e, &e->note[i], out))
			return true;
	return false;
}

struct machine {
	unsigned number;
	const char *name;
	const char *uname; /* what the machine of uname begins with, where it runs natively ... */
	const char *compat;	/* ... and where a kernel may run it beside its own */
};

static const struct machine machines[] = {
	{ EM_386, "i386", "i", "x86_64" },
	{ EM_X86_64, "x86_64", "x86_64", NULL },
	{ EM_ARM, "arm", "arm", "aarch64" },
	{ EM_AARCH64, "aarch64", "aarch64", NULL },
	{ EM_MIPS, "mips", "mips", NULL },
	{ EM_PPC, "ppc", "ppc", NULL },
	{ EM_PPC64, "ppc64", "ppc64", NULL },
	{ EM_RISCV, "riscv", "riscv", NULL },
	{ EM_S390, "s390", "s390", NULL },
	{ EM_LOONGARCH, "loongarch", "loongarch", NULL },
	{ EM_SPARC, "sparc", "sparc", NULL },
	{ EM_SPARCV9, "sparc64", "sparc64", NULL },
	{ EM_SH, "sh", "sh", NULL },
};

static const struct machine *machine_of(unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(machines); i++)
		if (machines[i].number == number)
			return &machines[i];
	return NULL;
}

const char *elf_machine_name(unsigned machine)
{
	const struct machine *m = machine_of(machine);

	return m ? m->name : NULL;
}

static bool begins(const char *s, const char *prefix)
{
	return prefix && !strncmp(s, prefix, strlen(prefix));
}

bool elf_runs_on(const struct elf *e, const char *machine)
{
	const struct machine *m = machine_of(e->machine);

	/* we run here, so this kernel has our byte order */
	if (e->big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
		return false;
	return m && (begins(machine, m->uname) || begins(machine, m->compat));
}
