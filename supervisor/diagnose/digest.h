/**
 * @file digest.h
 * @brief What the lines of one run of a daemon said, in a few KiB.
 *
 * Each line is matched against the catalogue once, when it comes; what is kept
 * is which messages were seen, how often, when, and with which fields, and the
 * sums that tell the shape of the offset series.
 */
#ifndef PTPWARDEN_DIGEST_H
#define PTPWARDEN_DIGEST_H

#include <stdbool.h>
#include "base.h"
#include "daemon.h"
#include "series.h"
#include "text.h"

struct rulebase;

enum { DIGEST_SEEN_MAX = 32, DIGEST_FIELDS_BYTES = 72, DIGEST_OFFSET = 0xfffe };

/** Whose offsets: ptp4l against its master, or phc2sys and ts2phc between local clocks. */
enum { SERIES_PTP4L, SERIES_LOCAL, SERIES_COUNT };

/** One message of the catalogue as it was seen in this run. */
struct log_seen {
	uint16_t message;	/**< index into the catalogue */
	uint16_t pattern;	/**< wording of the first match */
	uint16_t ports;		/**< bit n: seen with port n (15 and above share bit 15) */
	uint32_t count;
	uint32_t first_line, last_line;	/**< line numbers, from 1 */
	msec_t first, last;	/**< stamps of the lines, or when they came */
	char fields[DIGEST_FIELDS_BYTES];	/**< values of the first match, each terminated */
};

struct log_digest {
	uint32_t lines;		/**< lines fed in */
	uint32_t unknown;	/**< lines that no message of the catalogue matches */
	uint32_t dropped;	/**< distinct messages that did not fit */
	msec_t newest;		/**< newest stamp of all lines, 0: none */
	uint16_t seen_n;
	bool port_plain;	/**< "port 1:" was seen: 3.1.1 and older print nothing else */
	bool port_named;	/**< "port 1 (eth0):" was seen: 4.0 and newer */
	bool prefixed;		/**< some line had a prefix; all bare means quotations */
	char iface[IFACE_NAME_MAX];	/**< first interface named in a port prefix */
	char last_unknown[96];	/**< the newest line that nothing matched */
	struct series series[SERIES_COUNT];
	struct log_seen seen[DIGEST_SEEN_MAX];
};

void log_digest_reset(struct log_digest *digest);

/** The daemon works: what it complained about before is over and explains no later failure. */
void log_digest_healed(struct log_digest *digest, const struct rulebase *rules);

/** What it complained about before `before` is over, too: it has worked since. */
void log_digest_expire(struct log_digest *digest, const struct rulebase *rules, msec_t before);

/**
 * Take one line of output; cheap enough for every live line.
 * @param at  when it came; the line's own stamp is preferred where it has one
 * @return the message that it is, MESSAGE_NONE for an unknown or empty one,
 * DIGEST_OFFSET for an offset, which is then the newest of its series
 */
uint16_t log_digest_line(struct log_digest *digest, const struct rulebase *rules,
			 enum program program, const char *line, size_t len, msec_t at);

/** The entry of a message, NULL when it was not seen. */
const struct log_seen *log_digest_find(const struct log_digest *digest, uint16_t message);

/** The message as it was seen first, rebuilt from its wording and fields, without prefix. */
void log_seen_text(const struct rulebase *rules, const struct log_seen *seen, struct text *out);

/** The value of a field of the first match, NULL when the wording has no such field. */
const char *log_seen_field(const struct rulebase *rules, const struct log_seen *seen,
			   const char *name, size_t len);

#endif
