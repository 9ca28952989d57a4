#include "conf/linuxptp/daemonconf.h"

#include <string.h>

static const struct lint_place command_line;

/* eth0.100 stands on eth0 and has its clock. */
static bool same_device(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	return len == strcspn(b, ".") && !strncmp(a, b, len);
}

static bool is_port_of(const struct daemon_conf *ptp4l, const char *iface)
{
	for (unsigned i = 0; i < ptp4l->ports; i++)
		if (same_device(ptp4l->port[i], iface))
			return true;
	return false;
}

static void pair_source(const struct daemon_conf *ptp4l, const struct daemon_conf *phc2sys,
			struct lint *lint)
{
	const char *source = phc2sys->source;

	/* a device file has to be asked whose clock it is; the probes do */
	if (!*source || strchr(source, '/') || !strcmp(source, "CLOCK_REALTIME"))
		return;
	if (ptp4l->ports && !is_port_of(ptp4l, source))
		lint_add(lint, "config.pair_interface", command_line, "-s",
			 "phc2sys reads the clock of %.15s, ptp4l works on %.15s", source,
			 ptp4l->port[0]);
}

static void pair_steering(const struct daemon_conf *ptp4l, const struct daemon_conf *phc2sys,
			  struct lint *lint)
{
	if (daemon_conf_provides(ptp4l) == PROVIDES_SYSTEM && daemon_conf_steers_system(phc2sys))
		lint_add(lint, "config.pair_software", command_line, "time_stamping",
			 "ptp4l steers the system clock itself, and phc2sys would too");
	if (phc2sys->automatic && !phc2sys->realtime && !ptp4l->boundary_clock_jbod)
		lint_add(lint, "config.system_clock_left_alone", command_line, "-a",
			 "phc2sys -a without -r leaves the system clock alone");
}

/* The management socket answers only who knows all three. */
static void pair_socket(const struct daemon_conf *ptp4l, const struct daemon_conf *phc2sys,
			struct lint *lint)
{
	if (strcmp(ptp4l->uds_address, phc2sys->uds_address))
		lint_advise(lint_add(lint, "config.pair_socket", command_line, "-z",
				     "phc2sys asks at %.70s, ptp4l listens at %.70s",
				     phc2sys->uds_address, ptp4l->uds_address),
			    "Use -z %.107s in the command of phc2sys.", ptp4l->uds_address);
	if (ptp4l->domain != phc2sys->domain)
		lint_advise(lint_add(lint, "config.pair_domain", command_line, "-n",
				     "phc2sys asks in domain %d, ptp4l works in domain %d",
				     phc2sys->domain, ptp4l->domain),
			    "Use -n %d in the command of phc2sys.", ptp4l->domain);
	if (ptp4l->transport_specific != phc2sys->transport_specific)
		lint_advise(lint_add(lint, "config.pair_transport_specific", command_line,
				     "transportSpecific",
				     "transportSpecific is %d for phc2sys and %d for ptp4l",
				     phc2sys->transport_specific, ptp4l->transport_specific),
			    "Use --transportSpecific %d in the command of phc2sys.",
			    ptp4l->transport_specific);
}

void daemon_conf_pair(const struct daemon_conf *ptp4l, const struct daemon_conf *phc2sys,
		      struct lint *lint)
{
	/* with -s and -O alone phc2sys never asks ptp4l */
	if (phc2sys->automatic || phc2sys->wait)
		pair_socket(ptp4l, phc2sys, lint);
	pair_source(ptp4l, phc2sys, lint);
	pair_steering(ptp4l, phc2sys, lint);
}

void daemon_conf_rivals(const struct daemon_conf *one, const struct daemon_conf *other,
			struct lint *lint)
{
	if (!strcmp(one->uds_address, other->uds_address))
		lint_add(lint, "config.rival_socket", command_line, "uds_address",
			 "both use uds_address %.107s", one->uds_address);
	if (*one->uds_ro_address && !strcmp(one->uds_ro_address, other->uds_ro_address))
		lint_add(lint, "config.rival_read_only_socket", command_line, "uds_ro_address",
			 "both use uds_ro_address %.107s", one->uds_ro_address);
}
