/*
 * Resolves shared libraries the way the dynamic loader would: ld.so(8) for
 * glibc, the loader of musl by its path file. Found files are checked for
 * class and machine, since loaders pass over foreign ones.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldcache.h"
#include "libraries.h"

enum { CACHE_FILE_MAX = 8 << 20, PATHS_MAX = 2048 };

enum loader { LOADER_GLIBC, LOADER_MUSL, LOADER_OTHER };

struct object {
	char name[ELF_NAME_MAX];	/* as asked for; the soname would match too */
	char path[LIBRARY_PATH_MAX];
	int parent;
	bool has_runpath;
	char rpath[ELF_RPATH_MAX];	/* RPATH, or RUNPATH when has_runpath */
	bool no_default_dirs;
};

struct search {
	const struct probe_sys *sys;
	const struct elf *program;
	struct libraries *out;
	enum loader loader;
	char *cache;		/* bytes of ld.so.cache, NULL: none */
	size_t cache_len;
	const char *library_path;
	char machine[72];
	bool unsure;		/* something was not understood: what is not found may be there */
	unsigned objects;
	struct object object[LIBRARIES_MAX];
	/* the one being looked for */
	const char *want;
	bool damaged;		/* a file of that name is there, but is no library */
	char found[LIBRARY_PATH_MAX];
	struct elf_dynamic dynamic;	/* of the object whose needs are being resolved */
};

static bool try_file(struct search *s, const char *path)
{
	enum elf_verdict v;
	struct elf e;
	bool fits;

	if (strlen(path) >= sizeof(s->found))
		return false;
	v = elf_open(&e, s->sys, path);
	elf_close(&e);
	fits = v == ELF_GOOD && e.wide == s->program->wide && e.machine == s->program->machine;
	s->damaged = v == ELF_TRUNCATED || v == ELF_DAMAGED || v == ELF_NO_ELF;
	if (fits || s->damaged)
		strcpy(s->found, path);
	return fits || s->damaged;
}

static bool try_dir(struct search *s, const char *dir, size_t len)
{
	char path[LIBRARY_PATH_MAX];

	return snprintf(path, sizeof(path), "%.*s/%s", (int)len, dir, s->want) <
		       (int)sizeof(path) && try_file(s, path);
}

static bool on_cached(void *owner, const char *path)
{
	return try_file(owner, path);
}

static bool try_dirs(struct search *s, const char *const *dirs)
{
	for (; *dirs; dirs++)
		if (try_dir(s, *dirs, strlen(*dirs)))
			return true;
	return false;
}

/* $LIB is a matter of how the loader was built: one of these. */
static const char *const lib_names[] = { "lib", "lib64", "lib/x86_64-linux-gnu",
					 "lib/aarch64-linux-gnu", "lib/arm-linux-gnueabihf" };

struct token {
	const char *name;
	size_t len;
};

static struct token token_at(const char *s)
{
	bool braces = s[1] == '{';
	const char *name = s + 1 + braces;
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return (struct token){ .name = name, .len = n + 1 + (braces ? 2 : 0) };
}

static size_t origin_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* The value of a $WORD; NULL: not known. */
static const char *expand(struct search *s, const char *name, const struct object *of,
			  const char *lib, size_t *len)
{
	const char *value = NULL;

	if (!strncmp(name, "ORIGIN", 6)) {
		*len = origin_len(of->path);
		return of->path;
	}
	if (!strncmp(name, "PLATFORM", 8))
		value = s->machine;
	else if (!strncmp(name, "LIB", 3))
		value = lib;
	*len = value ? strlen(value) : 0;
	return value;
}

/* Expand one folder of a search path and look into it. */
static bool try_expanded(struct search *s, const char *dir, size_t len, const struct object *of,
			 const char *lib)
{
	char out[LIBRARY_PATH_MAX];
	size_t used = 0;

	for (size_t i = 0; i < len;) {
		struct token t = { .len = 1 };
		const char *value = dir + i;
		size_t n = 1;

		if (dir[i] == '$') {
			t = token_at(dir + i);
			value = expand(s, t.name, of, lib, &n);
			s->unsure |= !value;
		}
		if (!value || used + n >= sizeof(out))
			return false;
		memcpy(out + used, value, n);
		used += n;
		i += t.len;
	}
	return used && try_dir(s, out, used);
}

static bool try_entry(struct search *s, const char *dir, size_t len, const struct object *of)
{
	size_t n = memmem(dir, len, "LIB", 3) && memchr(dir, '$', len) ? ARRAY_LEN(lib_names) : 1;

	for (size_t i = 0; i < n; i++)
		if (try_expanded(s, dir, len, of, lib_names[i]))
			return true;
	return false;
}

static bool try_path(struct search *s, const char *path, const char *separators,
		     const struct object *of)
{
	while (path && *path) {
		size_t n = strcspn(path, separators);

		if (n && try_entry(s, path, n, of))
			return true;
		path += n + (path[n] != '\0');
	}
	return false;
}

/* RPATH of the object and of those that led to it; a RUNPATH switches it off. */
static bool try_rpaths(struct search *s, int of)
{
	if (s->object[of].has_runpath && s->loader == LOADER_GLIBC)
		return false;
	for (int i = of; i >= 0; i = s->object[i].parent)
		if ((!s->object[i].has_runpath || s->loader != LOADER_GLIBC) &&
		    try_path(s, s->object[i].rpath, ":", &s->object[i]))
			return true;
	return false;
}

/* Folders of Debian's triples, then of everybody else; foreign libraries are passed over. */
static const char *const glibc_dirs[] = {
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib/arm-linux-gnueabihf", "/usr/lib/arm-linux-gnueabihf",
	"/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu",
	"/lib/riscv64-linux-gnu", "/usr/lib/riscv64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", NULL
};

static bool try_glibc(struct search *s, int of)
{
	const struct object *o = &s->object[of];

	if (try_rpaths(s, of) || try_path(s, s->library_path, ":;", o) ||
	    (o->has_runpath && try_path(s, o->rpath, ":", o)))
		return true;
	if (o->no_default_dirs)
		return false;
	if (s->cache && !ldcache_find(s->cache, s->cache_len, s->want, on_cached, s))
		s->unsure = true;
	return s->found[0] || try_dirs(s, glibc_dirs);
}

static ssize_t read_whole(const struct probe_sys *sys, const char *path, char *buf, size_t size)
{
	int fd = sys->open(path);
	ssize_t n, used = 0;

	if (fd < 0)
		return fd;
	while ((n = sys->pread(fd, buf + used, size - (size_t)used, (uint64_t)used)) > 0)
		used += n;
	sys->close(fd);
	return n < 0 ? n : used;
}

/* /lib/ld-musl-ARCH.so.1 reads /etc/ld-musl-ARCH.path. */
static bool try_musl(struct search *s, int of)
{
	const char *base = strrchr(s->program->interp, '/') + 1;
	char file[LIBRARY_PATH_MAX], path[PATHS_MAX];
	ssize_t n;

	if (try_path(s, s->library_path, ":\n", &s->object[of]) || try_rpaths(s, of))
		return true;
	snprintf(file, sizeof(file), "/etc/%.*s.path", (int)strcspn(base, "."), base);
	n = read_whole(s->sys, file, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	return try_path(s, n > 0 ? path : "/lib:/usr/local/lib:/usr/lib", ":\n", &s->object[of]);
}

static bool try_other(struct search *s, int of)
{
	static const char *const dirs[] = { "/lib", "/usr/lib", NULL };

	return try_rpaths(s, of) || try_path(s, s->library_path, ":", &s->object[of]) ||
	       try_dirs(s, dirs);
}

/* Names that the loader of musl serves itself. */
static bool built_into_musl(const char *name)
{
	static const char *const names[] = { "c.", "pthread.", "rt.", "m.",
						"dl.", "util.", "xnet." };

	if (strncmp(name, "lib", 3))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strncmp(name + 3, names[i], strlen(names[i])))
			return true;
	return false;
}

static int loaded(const struct search *s, const char *name)
{
	for (unsigned i = 0; i < s->objects; i++)
		if (!strcmp(s->object[i].name, name))
			return (int)i;
	return -1;
}

static bool locate(struct search *s, const char *name, int by)
{
	static bool (*const ways[])(struct search *, int) = {
		[LOADER_GLIBC] = try_glibc,
		[LOADER_MUSL] = try_musl,
		[LOADER_OTHER] = try_other,
	};

	s->want = name;
	s->found[0] = '\0';
	s->damaged = false;
	return strchr(name, '/') ? try_file(s, name) : ways[s->loader](s, by);
}

static struct object *add_object(struct search *s, const char *name, const char *path, int parent)
{
	struct object *o;

	if (s->objects == LIBRARIES_MAX)
		return NULL;
	o = &s->object[s->objects++];
	snprintf(o->name, sizeof(o->name), "%s", name);
	snprintf(o->path, sizeof(o->path), "%s", path);
	o->parent = parent;
	snprintf(s->out->file[s->out->n++], LIBRARY_PATH_MAX, "%s", path);
	return o;
}

static void judge(struct search *s, enum libraries_verdict verdict, const char *name, int by)
{
	if (s->out->verdict != LIBRARIES_GOOD)
		return;
	s->out->verdict = verdict;
	snprintf(s->out->name, sizeof(s->out->name), "%s", name);
	snprintf(s->out->needed_by, sizeof(s->out->needed_by), "%s", s->object[by].path);
	snprintf(s->out->path, sizeof(s->out->path), "%s", s->found);
}

static void unsure(struct search *s, const char *name, int by, const char *why)
{
	judge(s, LIBRARIES_UNSURE, name, by);
	if (!s->out->why)
		s->out->why = why;
}

/* Where a missing library would be expected: beside the C library. */
static void expect(struct search *s)
{
	const char *beside = s->program->interp;

	for (unsigned i = 0; i < s->objects; i++)
		if (!strncmp(s->object[i].name, "libc.so", 7))
			beside = s->object[i].path;
	snprintf(s->out->path, sizeof(s->out->path), "%.*s/%.64s", (int)origin_len(beside), beside,
		 s->out->name);
}

static void resolve_one(struct search *s, const char *name, int by)
{
	if (loaded(s, name) >= 0 || (s->loader == LOADER_MUSL && built_into_musl(name)))
		return;
	if (!locate(s, name, by)) {
		if (s->loader == LOADER_OTHER || s->unsure) {
			unsure(s, name, by, "it was not found where we know to look");
			return;
		}
		judge(s, LIBRARIES_MISSING, name, by);
	} else if (s->damaged) {
		judge(s, LIBRARIES_DAMAGED, name, by);
	} else if (!add_object(s, name, s->found, by)) {
		unsure(s, name, by, "there are more libraries than we look at");
	}
}

static bool on_need(void *owner, const char *library, const char *version, uint32_t hash, bool weak)
{
	struct search *s = owner;
	int i = loaded(s, library);
	struct elf_dynamic d;
	struct elf e;

	if (i < 0 || weak)
		return true;
	if (elf_open(&e, s->sys, s->object[i].path) == ELF_GOOD && elf_dynamic(&e, &d) &&
	    elf_defines(&e, &d, hash) == ANSWER_NO) {
		snprintf(s->found, sizeof(s->found), "%s", s->object[i].path);
		snprintf(s->out->version, sizeof(s->out->version), "%s", version);
		judge(s, LIBRARIES_OLD, library, s->object[i].parent < 0 ? 0 : s->object[i].parent);
	}
	elf_close(&e);
	return s->out->verdict == LIBRARIES_GOOD;
}

static void remember_paths(struct object *o, const struct elf_dynamic *d)
{
	o->has_runpath = d->has_runpath;
	o->no_default_dirs = d->no_default_dirs;
	snprintf(o->rpath, sizeof(o->rpath), "%s", d->has_runpath ? d->runpath : d->rpath);
}

/* Breadth first, as loaders do. */
static void resolve_needs(struct search *s, int of)
{
	struct elf e;

	if (elf_open(&e, s->sys, s->object[of].path) != ELF_GOOD || !elf_dynamic(&e, &s->dynamic) ||
	    s->dynamic.too_many) {
		unsure(s, s->object[of].name, of, "its list of libraries could not be read");
	} else {
		remember_paths(&s->object[of], &s->dynamic);
		for (unsigned i = 0; i < s->dynamic.needed; i++)
			resolve_one(s, s->dynamic.need[i], of);
		if (s->loader == LOADER_GLIBC && s->out->verdict == LIBRARIES_GOOD)
			elf_each_need(&e, &s->dynamic, on_need, s);
	}
	elf_close(&e);
}

static enum loader loader_of(const char *interp)
{
	const char *base = strrchr(interp, '/');

	if (!base)
		return LOADER_OTHER;
	if (!strncmp(base, "/ld-musl-", 9))
		return LOADER_MUSL;
	return !strncmp(base, "/ld-linux", 9) || !strncmp(base, "/ld.so.", 7) ||
			       !strncmp(base, "/ld64.so.", 9) || !strncmp(base, "/ld-2.", 6) ?
		       LOADER_GLIBC :
		       LOADER_OTHER;
}

static void load_cache(struct search *s)
{
	static const char path[] = "/etc/ld.so.cache";
	struct probe_stat st;
	ssize_t n;

	if (s->loader != LOADER_GLIBC || s->sys->stat(path, &st) < 0 || st.size <= 0 ||
	    st.size > CACHE_FILE_MAX)
		return;
	s->cache = malloc((size_t)st.size);
	n = s->cache ? read_whole(s->sys, path, s->cache, (size_t)st.size) : -ENOMEM;
	if (n < 0)
		s->unsure = true;
	s->cache_len = n > 0 ? (size_t)n : 0;
	snprintf(s->out->file[s->out->n++], LIBRARY_PATH_MAX, "%s", path);
}

void libraries_resolve(const struct elf *program, const char *path, const char *library_path,
		       struct libraries *out)
{
	struct search *s = calloc(1, sizeof(*s));
	const char *base = strrchr(program->interp, '/');
	char release[72];

	memset(out, 0, sizeof(*out));
	if (!s) {
		out->verdict = LIBRARIES_UNSURE;
		out->why = "there was no memory to look";
		return;
	}
	s->sys = program->sys;
	s->program = program;
	s->out = out;
	s->loader = loader_of(program->interp);
	s->library_path = library_path;
	program->sys->uname(release, s->machine, sizeof(s->machine));
	load_cache(s);
	add_object(s, "", path, -1);
	add_object(s, base ? base + 1 : program->interp, program->interp, 0);
	for (unsigned i = 0; i < s->objects && out->verdict == LIBRARIES_GOOD; i++)
		resolve_needs(s, (int)i);
	if (out->verdict == LIBRARIES_MISSING)
		expect(s);
	free(s->cache);
	free(s);
}
