/* What probes remember, each beside the thing whose change makes it void. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"

struct probe_cache *probe_cache_new(void)
{
	return calloc(1, sizeof(struct probe_cache));
}

void probe_cache_free(struct probe_cache *cache)
{
	free(cache);
}

void file_id_of(const struct probe_stat *st, struct file_id *id)
{
	*id = (struct file_id){
		.dev = st->dev,
		.ino = st->ino,
		.size = st->size,
		.mtime_ns = st->mtime_ns,
		.ctime_ns = st->ctime_ns,
	};
}

static bool same_file(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool unchanged(const struct probe_sys *sys, const struct seen_file *f)
{
	struct probe_stat st;
	struct file_id now;

	if (sys->stat(f->path, &st) < 0)
		return false;
	file_id_of(&st, &now);
	return same_file(&now, &f->id);
}

static struct seen_program *find_program(struct probe_cache *cache, const char *path)
{
	for (unsigned i = 0; i < CACHE_PROGRAMS; i++)
		if (!strcmp(cache->program[i].path, path))
			return &cache->program[i];
	return NULL;
}

const char *env_library_path(char *const env[])
{
	for (; env && *env; env++)
		if (!strncmp(*env, "LD_LIBRARY_PATH=", 16))
			return *env + 16;
	return "";
}

static bool all_unchanged(const struct probe_sys *sys, const struct seen_program *p)
{
	for (unsigned i = 0; i < p->files; i++)
		if (!unchanged(sys, &p->file[i]))
			return false;
	return p->files > 0;
}

struct seen_program *cache_program(struct probe_cache *cache, const struct probe_sys *sys,
				   const char *path, const char *library_path)
{
	struct seen_program *p = cache && *path ? find_program(cache, path) : NULL;

	if (!p || strcmp(p->library_path, library_path) || !all_unchanged(sys, p))
		return NULL;
	return p;
}

/* The slot of that program, or the oldest one. */
static struct seen_program *slot_for(struct probe_cache *cache, const char *path)
{
	struct seen_program *p = find_program(cache, path);

	return p ? p : &cache->program[cache->next_program++ % CACHE_PROGRAMS];
}

static bool keep_file(const struct probe_sys *sys, struct seen_program *p, const char *path)
{
	struct seen_file *f = &p->file[p->files];
	struct probe_stat st;

	if (sys->stat(path, &st) < 0)
		return false;
	snprintf(f->path, sizeof(f->path), "%s", path);
	file_id_of(&st, &f->id);
	p->files++;
	return true;
}

void cache_keep_program(struct probe_cache *cache, const struct probe_sys *sys, const char *path,
			const char *library_path, const struct libraries *libs)
{
	struct seen_program *p;

	if (!cache || strlen(path) >= LIBRARY_PATH_MAX ||
	    strlen(library_path) >= LIBRARY_PATH_MAX || libs->n >= CACHE_FILES)
		return;
	p = slot_for(cache, path);
	memset(p, 0, sizeof(*p));
	strcpy(p->library_path, library_path);
	if (!keep_file(sys, p, path))
		return;
	for (unsigned i = 0; i < libs->n; i++)
		if (strcmp(libs->file[i], path) && !keep_file(sys, p, libs->file[i]))
			return;
	strcpy(p->path, path);	/* last: only a complete entry can be found */
}

const char *cache_library_path(const struct probe_cache *cache, const char *program,
			       const char *name)
{
	struct seen_program *p =
		cache && *program ? find_program((struct probe_cache *)cache, program) : NULL;

	for (unsigned i = 0; p && i < p->files; i++) {
		const char *slash = strrchr(p->file[i].path, '/');

		if (slash && !strcmp(slash + 1, name))
			return p->file[i].path;
	}
	return NULL;
}

lp_version probe_version_cached(const struct probe_cache *cache, const struct probe_sys *sys,
				const char *program_path)
{
	struct seen_program *p = cache && *program_path ?
		find_program((struct probe_cache *)cache, program_path) : NULL;

	return p && all_unchanged(sys, p) ? p->version : 0;
}

static bool same_node(const struct probe_stat *a, const struct probe_stat *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->rdev == b->rdev && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid && a->ctime_ns == b->ctime_ns;
}

bool cache_clock_good(const struct probe_cache *cache, const struct probe_sys *sys,
		      const char *node)
{
	struct probe_stat st;

	for (unsigned i = 0; cache && i < CACHE_CLOCKS; i++)
		if (!strcmp(cache->clock[i].node, node))
			return sys->stat(node, &st) == 0 && same_node(&st, &cache->clock[i].st);
	return false;
}

void probe_cache_doubt_clocks(struct probe_cache *cache)
{
	if (cache)
		memset(cache->clock, 0, sizeof(cache->clock));
}

void cache_keep_clock(struct probe_cache *cache, const struct probe_sys *sys, const char *node)
{
	struct seen_clock *c = NULL;
	struct probe_stat st;

	if (!cache || !*node || strlen(node) >= sizeof(c->node) || sys->stat(node, &st) < 0)
		return;
	for (unsigned i = 0; i < CACHE_CLOCKS && !c; i++)
		if (!strcmp(cache->clock[i].node, node))
			c = &cache->clock[i];
	if (!c)
		c = &cache->clock[cache->next_clock++ % CACHE_CLOCKS];
	strcpy(c->node, node);
	c->st = st;
}

const struct seen_iface *cache_iface(const struct probe_cache *cache, const char *name)
{
	for (unsigned i = 0; cache && i < CACHE_IFACES; i++)
		if (*name && !strcmp(cache->iface[i].name, name))
			return &cache->iface[i];
	return NULL;
}

void cache_keep_iface(struct probe_cache *cache, const struct link_info *link)
{
	struct seen_iface *i = (struct seen_iface *)cache_iface(cache, link->name);

	if (!cache || !link->mac_len)
		return;
	if (!i)
		i = &cache->iface[cache->next_iface++ % CACHE_IFACES];
	snprintf(i->name, sizeof(i->name), "%s", link->name);
	memcpy(i->mac, link->mac, sizeof(i->mac));
	i->mac_len = link->mac_len;
}
