/**
 * @file places.h
 * @brief Where a supervisor keeps its socket, its logs and its memory, for commands that look for it.
 */
#ifndef PTPWARDEN_CONTROL_PLACES_H
#define PTPWARDEN_CONTROL_PLACES_H

struct places {
	char run_dir[256];
	char log_dir[256];
	char state_dir[256];
	char socket[272];
};

/**
 * Read the folders that a configuration names, and nothing else of it: while
 * the rest is broken, its supervisor still runs and has to be found. Without
 * them, or without a file, the built-in places.
 * @param file NULL: the usual places
 */
void places_find(const char *file, struct places *out);

#endif
