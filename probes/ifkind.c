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
