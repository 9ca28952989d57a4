/**
 * @file ptpsettings.h
 * @brief The options that somebody gave, for the whole clock and for its ports.
 *
 * Precedence is linuxptp's: a port section over the command line over
 * [global] over the version's default. Names may be asked for in their newest
 * spelling, whatever the version.
 */
#ifndef CONF_PTPSETTINGS_H
#define CONF_PTPSETTINGS_H

#include "conf/linuxptp/ptplint.h"
#include "conf/linuxptp/ptpoptions.h"

/** Instead of the number of a port. */
enum {
	PTP_ALL_PORTS = -1,	/**< [global] or the command line */
	PTP_PORT_BEYOND = -2,	/**< a port after the first PORTS_MAX: judged but not kept */
};

struct ptp_setting {
	const struct ptp_option *opt;
	int port;
	bool locked;		/**< from the command line: [global] cannot change it */
	struct lint_place place;
	double number;		/**< see struct ptp_value */
	char *text;		/**< as given; owned, NULL when there was no memory for it */
};

struct ptp_port {
	char name[IFACE_NAME_MAX];
	bool on_command_line;
	struct lint_place section;	/**< line 0: named on the command line only */
};

struct ptp_settings {
	lp_version version;
	unsigned n, size;
	struct ptp_setting *at;
	unsigned ports;			/**< at most PORTS_MAX */
	unsigned ports_beyond;
	struct ptp_port port[PORTS_MAX];
	bool out_of_memory;		/**< at least one setting was lost */
};

void ptp_settings_init(struct ptp_settings *s, lp_version version);
void ptp_settings_fini(struct ptp_settings *s);

/** The number of a port, added when it is new; PTP_PORT_BEYOND when there is no room. */
int ptp_settings_port(struct ptp_settings *s, const char *name);

/** Keep a value that was judged right; its text is copied. What the command line locked stays. */
void ptp_settings_put(struct ptp_settings *s, const struct ptp_setting *new);

/** What was given for exactly this port or PTP_ALL_PORTS, or NULL. */
const struct ptp_setting *ptp_settings_given(const struct ptp_settings *s, int port,
					     const char *name);

/** What counts for a port: its own, else the common one; NULL when nobody gave it. */
const struct ptp_setting *ptp_settings_find(const struct ptp_settings *s, int port,
					    const char *name);

/** The number that counts, else the default; 0 when the version does not know the option. */
double ptp_number(const struct ptp_settings *s, int port, const char *name);

/** The text that counts, else the default; "" when the version does not know the option. */
const char *ptp_text(const struct ptp_settings *s, int port, const char *name);

#endif
