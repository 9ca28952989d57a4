/**
 * @file cache.h
 * @brief What probes remember, each beside the thing whose change makes it void.
 */
#ifndef PROBES_CACHE_H
#define PROBES_CACHE_H

#include "libraries.h"
#include "probe.h"
#include "sys.h"

enum {
	CACHE_PROGRAMS = 6,
	CACHE_FILES = 16,	/* of one program; with more it is looked at anew each time */
	CACHE_CLOCKS = 8,
	CACHE_IFACES = 16,
	CACHE_PROCESSES = 512,	/* processes known to be no rivals */
};

/** Identity of a file's content as far as stat tells. */
struct file_id {
	uint64_t dev, ino;
	int64_t size, mtime_ns, ctime_ns;
};

struct seen_file {
	char path[LIBRARY_PATH_MAX];
	struct file_id id;
};

struct seen_program {
	char path[LIBRARY_PATH_MAX];	/**< empty: free slot */
	char library_path[LIBRARY_PATH_MAX];	/**< LD_LIBRARY_PATH that was in force */
	unsigned files;			/**< program, loader, libraries, ld.so.cache */
	struct seen_file file[CACHE_FILES];
	lp_version version;		/**< 0: not known */
};

struct seen_clock {
	char node[64];
	struct probe_stat st;
};

struct seen_iface {
	char name[IFACE_NAME_MAX];
	unsigned char mac[8];
	unsigned mac_len;
};

struct probe_cache {
	unsigned next_program, next_clock, next_iface;
	struct seen_program program[CACHE_PROGRAMS];
	struct seen_clock clock[CACHE_CLOCKS];
	struct seen_iface iface[CACHE_IFACES];
	unsigned processes;
	pid_t process[CACHE_PROCESSES];	/**< ascending */
};

void file_id_of(const struct probe_stat *st, struct file_id *id);

/** The program, if nothing of it has changed since cache_keep_program(); else NULL. */
struct seen_program *cache_program(struct probe_cache *cache, const struct probe_sys *sys,
				   const char *path, const char *library_path);

/** Remember that these files make up a good program. */
void cache_keep_program(struct probe_cache *cache, const struct probe_sys *sys, const char *path,
			const char *library_path, const struct libraries *libs);

/** Where a library of that name was when the program was last good; NULL: not known. */
const char *cache_library_path(const struct probe_cache *cache, const char *program,
			       const char *name);

/** This node answered well before and is still the same. */
bool cache_clock_good(const struct probe_cache *cache, const struct probe_sys *sys,
		      const char *node);
void cache_keep_clock(struct probe_cache *cache, const struct probe_sys *sys, const char *node);

/** Remember the hardware address of an interface, to know it again under another name. */
void cache_keep_iface(struct probe_cache *cache, const struct link_info *link);
/** The entry of that name, or NULL. */
const struct seen_iface *cache_iface(const struct probe_cache *cache, const char *name);

/** LD_LIBRARY_PATH of an environment, "" when there is none. */
const char *env_library_path(char *const env[]);

#endif
