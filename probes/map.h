/**
 * @file map.h
 * @brief The map of all interfaces and PTP clocks, as `ptpwarden probe` shows it.
 */
#ifndef PROBES_MAP_H
#define PROBES_MAP_H

#include <stdio.h>
#include "sys.h"

enum { MAP_IFACES_MAX = 64, MAP_CLOCKS_MAX = 16 };

struct map_iface {
	struct link_info link;
	char kind[16];
	char lower[IFACE_NAME_MAX];	/**< name of the device below, empty when none */
	char master[IFACE_NAME_MAX];
	int speed_mbps;			/**< -1: not known */
	int ts_rc;
	struct ts_info ts;
	int driver_rc;
	struct driver_info driver;
	char phy[64];			/**< driver and identifier, empty when not known */
	const char *provider;		/**< static: what stamps, NULL when not known */
	int providers;			/**< how many could, or -errno */
	int hwtstamp_rc, hwtstamp_tx, hwtstamp_rx;
};

struct map_clock {
	int index;
	char node[24];
	char name[32];		/**< clock_name of sysfs */
	int rc;			/**< of asking it: 0 or -errno */
	struct phc_info info;
	int holders;		/**< number, or -errno */
	char held_by[96];
};

struct map {
	unsigned ifaces, clocks;
	unsigned ifaces_dropped;
	int links_rc;		/**< of listing the interfaces */
	struct map_iface iface[MAP_IFACES_MAX];
	struct map_clock clock[MAP_CLOCKS_MAX];
};

/** Names of bits as ethtool prints them; NULL for unknown ones. */
const char *map_tx_type_name(unsigned bit);
const char *map_rx_filter_name(unsigned bit);

void map_print_text(const struct map *m, bool single, FILE *out);
void map_print_json(const struct map *m, FILE *out);

/** probe_map() of another system than the real one, for tests. */
int probe_map_of(const struct probe_sys *sys, const char *what, bool json, FILE *out);

#endif
