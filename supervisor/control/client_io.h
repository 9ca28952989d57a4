/**
 * @file client_io.h
 * @brief One connection to the control socket: bytes in, an answer out, always without blocking.
 *
 * Made by server.c for each connection it accepts; frees itself and clears its
 * place when the connection ends.
 */
#ifndef PTPWARDEN_CONTROL_CLIENT_IO_H
#define PTPWARDEN_CONTROL_CLIENT_IO_H

#include "server.h"

enum {
	CLIENT_OUT_MAX = 1024 * 1024,	/* an answer that waits to be read */
	CLIENT_EVENTS_MAX = 64 * 1024,	/* events that a slow `monitor` has not read */
	CLIENT_REQUEST_MS = 10000,	/* a request has to come in this time */
	CLIENT_READ_MS = 10000,		/* an answer has to be read on in this time */
};

/** @return NULL without memory: `fd` is still the caller's */
struct control_client *client_new(struct control_server *s, struct control_client **place, int fd,
				  const struct control_peer *peer);

/** Tell a connection that was not taken why, as far as it can be told at once, and close it. */
void client_turn_away(int fd, const char *sentence);

/** The supervisor ends: say so, close, free. Whoever waits for the end hears it from the kernel. */
void client_goodbye(struct control_client *c);

void client_unit_changed(struct control_client *c);
void client_event(struct control_client *c, const char *text, const char *json);

#endif
