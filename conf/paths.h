/**
 * @file paths.h
 * @brief Where a program is, and whether a file can be trusted.
 */
#ifndef CONF_PATHS_H
#define CONF_PATHS_H

#include "base.h"
#include "err.h"

/** Where programs are searched unless `env` says otherwise: the same from a shell and from init. */
#define PATHS_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/**
 * Search a program as a shell would: a word with a slash is taken as it is,
 * else the first regular and executable file of that name wins. Empty and
 * relative entries of `search_path` are passed over.
 *
 * @param out the path found; else the first file of that name that is no
 *	program; else the first candidate. Always terminated.
 * @return 0; -ENOENT: no file of that name; -EACCES: one that is not
 *	executable or no regular file; -ENAMETOOLONG
 */
int path_find_program(const char *word, const char *search_path, char *out, size_t size);

/**
 * Could somebody who is neither root nor we have written this file, or put
 * another one in its place? Follows every symbolic link on the way.
 *
 * @return 0: no; -EACCES: yes, `err` says which file or folder and why;
 *	-ENOENT, -ELOOP, ...: it cannot be looked at
 */
int path_trusted(const char *path, struct err *err);

#endif
