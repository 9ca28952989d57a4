/* What kind of interface it is. */
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "ifkind.h"

static int number_in(const struct probe_sys *sys, const char *name, const char *entry)
{
	char path[128], text[32];
	int value = -1;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, entry);
	if (read_small(sys, path, text, sizeof(text)) > 0)
		(void)sscanf(text, "%d", &value);
	return value;
}

/* sysfs may show another namespace than ours: trust it only if the index is the same. */
static bool sysfs_is_ours(const struct probe_sys *sys, const struct link_info *link)
{
	return number_in(sys, link->name, "ifindex") == link->index;
}

static bool has(const struct probe_sys *sys, const char *name, const char *entry)
{
	char path[128];
	struct probe_stat st;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, entry);
	return sys->stat(path, &st) == 0;
}

const char *iface_kind(const struct probe_sys *sys, const struct link_info *link)
{
	if (link->loopback)
		return "loopback";
	if (!strcmp(link->kind, "tun"))
		return "tap";
	if (link->kind[0])
		return link->kind;
	if (sysfs_is_ours(sys, link) &&
	    (has(sys, link->name, "wireless") || has(sys, link->name, "phy80211")))
		return "wlan";
	return "physical";
}

int iface_speed(const struct probe_sys *sys, const struct link_info *link)
{
	int speed = -1;

	if (link->carrier == ANSWER_YES && sysfs_is_ours(sys, link))
		speed = number_in(sys, link->name, "speed");
	return speed > 0 ? speed : -1;
}

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool iface_phy(const struct probe_sys *sys, const char *name, char *buf, size_t size)
{
	char path[96], id[24], driver[256] = "";

	snprintf(path, sizeof(path), "/sys/class/net/%.15s/phydev/phy_id", name);
	if (read_small(sys, path, id, sizeof(id)) <= 0)
		return false;
	id[strcspn(id, "\n")] = '\0';
	snprintf(path, sizeof(path), "/sys/class/net/%.15s/phydev/driver", name);
	(void)sys->readlink(path, driver, sizeof(driver));
	snprintf(buf, size, "%.48s%s%s", last_of(driver), *driver ? " " : "", id);
	return true;
}

const char *iface_provider(const struct probe_sys *sys, const char *name, const struct ts_info *ts)
{
	char path[96], parent[256], phy[256];
	struct probe_stat st;

	if (ts->provider || ts->phc_index < 0)
		return ts->provider;
	snprintf(path, sizeof(path), "/sys/class/net/%.15s/device/ptp/ptp%d", name, ts->phc_index);
	if (sys->stat(path, &st) == 0)
		return "mac";
	snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/device", ts->phc_index);
	if (sys->readlink(path, parent, sizeof(parent)) < 0)
		return NULL;
	snprintf(path, sizeof(path), "/sys/class/net/%.15s/phydev", name);
	if (sys->readlink(path, phy, sizeof(phy)) < 0)
		return NULL;
	return strcmp(last_of(parent), last_of(phy)) ? NULL : "phy";
}
