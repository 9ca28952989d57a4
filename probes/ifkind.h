/**
 * @file ifkind.h
 * @brief What kind of interface it is, from netlink and, where it shows the same namespace, sysfs.
 */
#ifndef PROBES_IFKIND_H
#define PROBES_IFKIND_H

#include "sys.h"

/** "physical", "vlan", "bond", "veth", "wlan", ...; borrowed from `link` or static. */
const char *iface_kind(const struct probe_sys *sys, const struct link_info *link);

/** Mb/s, or -1: no link, or the driver does not say. */
int iface_speed(const struct probe_sys *sys, const struct link_info *link);

/** The PHY as sysfs tells: its driver and identifier; false: none, or not known. */
bool iface_phy(const struct probe_sys *sys, const char *name, char *buf, size_t size);

/** Which part stamps: ts->provider, else by where the clock hangs in sysfs; NULL: not known. */
const char *iface_provider(const struct probe_sys *sys, const char *name,
			   const struct ts_info *ts);

#endif
