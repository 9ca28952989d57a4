/**
 * @file client.h
 * @brief The command line's end of the control socket.
 */
#ifndef PTPWARDEN_CONTROL_CLIENT_H
#define PTPWARDEN_CONTROL_CLIENT_H

#include "err.h"
#include "frame.h"
#include "request.h"

enum {
	CLIENT_SILENCE_MS = 5000,	/* a supervisor that says nothing for this long hangs */
	CLIENT_PATH_MAX = 108,		/* bytes of a socket's path with its terminator */
};

/** @return descriptor, or -errno with a sentence in `err` that names the remedy */
int client_connect(const char *path, struct err *err);

/**
 * Send the request, hand the answer's pieces to `fn` as they come.
 * @param patience_ms how long nothing may come, beyond what the request waits for; -1: for ever
 * @return the exit code that the answer ends with; -errno with a sentence in
 *         `err` when there was no whole answer
 */
int client_ask(int fd, const struct request *r, msec_t patience_ms, frame_fn *fn, void *owner,
	       struct err *err);

#endif
