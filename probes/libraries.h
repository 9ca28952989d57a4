/**
 * @file libraries.h
 * @brief Resolves the shared libraries of a program the way its dynamic loader would.
 */
#ifndef PROBES_LIBRARIES_H
#define PROBES_LIBRARIES_H

#include "elffile.h"

enum { LIBRARIES_MAX = 48, LIBRARY_PATH_MAX = 192 };

enum libraries_verdict {
	LIBRARIES_GOOD,
	LIBRARIES_MISSING,	/**< `name` cannot be found */
	LIBRARIES_DAMAGED,	/**< found at `path`, but cut or unreadable as ELF */
	LIBRARIES_OLD,		/**< `path` lacks symbol version `version` */
	LIBRARIES_UNSURE,	/**< a loader or path that we do not know; `why` */
};

struct libraries {
	enum libraries_verdict verdict;
	char name[ELF_NAME_MAX];	/**< the library in question, as it is asked for */
	char needed_by[LIBRARY_PATH_MAX];
	char path[LIBRARY_PATH_MAX];	/**< MISSING: where it would be expected */
	char version[ELF_NAME_MAX];
	const char *why;
	unsigned n;			/**< files that were resolved, loader and cache included */
	char file[LIBRARIES_MAX + 2][LIBRARY_PATH_MAX];
};

/**
 * @param program an opened ELF program with an interpreter
 * @param library_path LD_LIBRARY_PATH of the program, empty when it has none
 */
void libraries_resolve(const struct elf *program, const char *path, const char *library_path,
		       struct libraries *out);

#endif
