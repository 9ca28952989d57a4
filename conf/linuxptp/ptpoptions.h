/**
 * @file ptpoptions.h
 * @brief Every configuration option of every linuxptp version, and what its value may be.
 *
 * The table is generated from conf/options.tsv. An option that changed has one
 * row for each span of versions.
 */
#ifndef CONF_PTPOPTIONS_H
#define CONF_PTPOPTIONS_H

#include "daemon.h"

enum ptp_scope { PTP_GLOBAL, PTP_PORT /**< also in a port section */ };
enum ptp_type { PTP_INT, PTP_UINT, PTP_DOUBLE, PTP_ENUM, PTP_STRING };

struct ptp_option {
	const char *name;
	enum ptp_scope scope;
	enum ptp_type type;
	double min, max;	/**< numbers; 32 bit integers are exact in it */
	const char *labels;	/**< PTP_ENUM: "a|b|c", the value is the position */
	const char *word;	/**< numbers: a word that is taken too, or NULL ... */
	int word_value;		/**< ... and what it stands for */
	const char *fallback;	/**< default, as one would write it */
	lp_version since;	/**< first version, 0: before 2.0 */
	lp_version until;	/**< first version where this row no longer holds, 0: none */
	const char *successor;	/**< this is another spelling of that option, or NULL */
};

enum ptp_parsed { PTP_PARSED_OK, PTP_BAD_VALUE, PTP_MALFORMED, PTP_OUT_OF_RANGE };

struct ptp_value {
	double number;		/**< integer, floating point, or position of the label */
	const char *text;	/**< as given; borrowed */
};

enum {
	LP_NEWEST_RELEASE = 0x040400,	/**< what counts while the version is not known */
	LP_DEVELOPMENT = 0x0404ff,	/**< builds from git after it: the most options */
	LP_NAMES_MAX = 192,
};

/**
 * The row of an option that holds for a version. With version 0: of the newest
 * release, else of whatever version knows it. NULL: unknown to that version.
 * Names are case sensitive, as linuxptp's are.
 */
const struct ptp_option *ptp_option_find(const char *name, lp_version version);

/** Any row of that name: to say which version knows it. NULL when none does. */
const struct ptp_option *ptp_option_any(const char *name);

/**
 * An older option that means the same and that `version` knows: slaveOnly for
 * clientOnly. NULL when there is none.
 */
const struct ptp_option *ptp_option_older(const char *name, lp_version version);

/** All names that a version knows, sorted, in static storage; returns their number. */
unsigned ptp_option_names(lp_version version, const char *names[LP_NAMES_MAX]);

/** Judge a value as linuxptp does; `out` untouched on failure. */
enum ptp_parsed ptp_value_parse(const struct ptp_option *opt, const char *text,
				struct ptp_value *out);

/** "0 to 127", "one of hardware, software", ...: what the option takes, for advice. */
void ptp_option_accepts(const struct ptp_option *opt, char *text, size_t size);

/** "3.1.1"; "after 4.4" for builds from git; "unknown" for 0. */
void lp_version_print(lp_version version, char *text, size_t size);

#endif
