/**
 * @file statusfile.h
 * @brief run_dir/status.json: the answer of `status --json`, for readers without a socket.
 */
#ifndef PTPWARDEN_CONTROL_STATUSFILE_H
#define PTPWARDEN_CONTROL_STATUSFILE_H

#include "server.h"

/**
 * Write the file aside and rename it, so that a reader sees the old or the new one, whole.
 * run_dir is RAM: nothing is synced. @return 0 or -errno
 */
int status_write(const char *run_dir, const struct control_ops *ops);

#endif
