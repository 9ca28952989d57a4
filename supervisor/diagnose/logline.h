/**
 * @file logline.h
 * @brief Takes one line of output apart: who said it, when, about which port, and what.
 *
 * Accepts linuxptp's own prefix, message tags, syslog and journal lines, kernel
 * lines, several prefixes on one line, and text quoted without any prefix.
 */
#ifndef PTPWARDEN_LOGLINE_H
#define PTPWARDEN_LOGLINE_H

#include <stdbool.h>
#include "base.h"
#include "daemon.h"

/** A part of the line; not terminated. */
struct span {
	const char *at;
	size_t len;
};

struct logline {
	enum program program;	/**< PROG_OTHER when the line does not say */
	bool kernel;		/**< a line of the kernel */
	bool bare;		/**< no prefix at all: probably a quotation */
	msec_t stamp;		/**< the line's own time (CLOCK_MONOTONIC), MSEC_NONE: none */
	int port;		/**< from "port N", -1: none */
	bool port_named;	/**< "port N (eth0)": 4.0 and newer */
	struct span iface;	/**< the name in the port prefix, empty: none */
	struct span text;	/**< the message itself, without trailing white space */
};

/** Take a line apart; never fails, a line without structure is all text. */
void logline_parse(struct logline *out, const char *line, size_t len);

/** An offset line or a summary ("rms ...") as numbers. */
struct logline_offset {
	bool summary;
	int servo;		/**< 0..3, -1 for a summary */
	double offset_ns;	/**< of a summary: the rms */
	double max_ns;		/**< of a summary, else |offset| */
	double freq_ppb;
	bool has_delay;
	double delay_ns;
	bool master;		/**< "master offset": ptp4l (or ts2phc 3.x), or a summary without a clock name */
};

/** @return false when the text is no offset line; `out` is then untouched */
bool logline_offset(struct logline_offset *out, const char *text, size_t len);

#endif
