/**
 * @file remedy.h
 * @brief Small repairs of the management socket's place. A closed list; each says what it did.
 */
#ifndef PTPWARDEN_REMEDY_H
#define PTPWARDEN_REMEDY_H

#include <sys/types.h>
#include "err.h"

enum remedy_done {
	REMEDY_NOTHING,		/**< nothing to do: it is as it should be */
	REMEDY_MADE_DIRECTORY,
	REMEDY_REMOVED_SOCKET,
};

/**
 * Make the missing folder of `socket_path`: one level, mode 0755, never
 * through a symbolic link that a stranger could have made.
 * @param uid, gid who is to own it (the daemon's user), -1: not changed
 * @return enum remedy_done, or -errno (-ENOENT: its parent is missing too)
 */
int remedy_make_directory(const char *socket_path, uid_t uid, gid_t gid, struct err *err);

/**
 * Remove a socket file that nobody listens on any more. Never a live one
 * (-EADDRINUSE), never anything but a socket (-ENOTSOCK).
 * @return enum remedy_done, or -errno
 */
int remedy_remove_stale_socket(const char *socket_path, struct err *err);

#endif
