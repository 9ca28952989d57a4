/* The real system: what the driver says, by ethtool netlink and its older ioctl. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sysreal.h"

/* Newer than the headers of Linux 5.6 that we build with. */
enum {
	TSINFO_GET = 25,
	TSINFO_TIMESTAMPING = 2,
	TSINFO_TX_TYPES = 3,
	TSINFO_RX_FILTERS = 4,
	TSINFO_PHC_INDEX = 5,
	TSINFO_HWTSTAMP_SOURCE = 8,
	TSINFO_MAX = 9,
	SOURCE_NETDEV = 1,
	SOURCE_PHYLIB = 2,
};

struct reply {
	struct ts_info *ts;
	const char *name;	/* of a dump: count the answers about this interface */
	int rc, count;
	bool got, done;
};

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct reply *r = arg;

	r->rc = err->error;
	r->done = true;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	((struct reply *)arg)->done = true;
	return NL_STOP;
}

/* A compact bitset; the first 32 bits are all that exist so far. */
static unsigned bits_of(struct nlattr *attr)
{
	struct nlattr *tb[ETHTOOL_A_BITSET_MAX + 1];

	if (!attr || nla_parse_nested(tb, ETHTOOL_A_BITSET_MAX, attr, NULL) ||
	    !tb[ETHTOOL_A_BITSET_VALUE] || nla_len(tb[ETHTOOL_A_BITSET_VALUE]) < 4)
		return 0;
	return nla_get_u32(tb[ETHTOOL_A_BITSET_VALUE]);
}

static const char *provider_of(struct nlattr *attr)
{
	unsigned source = attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;

	return source == SOURCE_NETDEV ? "mac" : source == SOURCE_PHYLIB ? "phy" : NULL;
}

bool tsinfo_parse(struct nlmsghdr *answer, struct ts_info *ts)
{
	struct nlattr *tb[TSINFO_MAX + 1];

	if (genlmsg_parse(answer, 0, tb, TSINFO_MAX, NULL) < 0)
		return false;
	*ts = (struct ts_info){
		.so = bits_of(tb[TSINFO_TIMESTAMPING]),
		.tx_types = bits_of(tb[TSINFO_TX_TYPES]),
		.rx_filters = bits_of(tb[TSINFO_RX_FILTERS]),
		.phc_index = tb[TSINFO_PHC_INDEX] ? (int)nla_get_u32(tb[TSINFO_PHC_INDEX]) : -1,
		.source = "netlink",
		.provider = provider_of(tb[TSINFO_HWTSTAMP_SOURCE]),
	};
	return true;
}

/* Older kernels answer a dump for all interfaces, whatever the question names. */
static bool is_about(struct nlmsghdr *answer, const char *name)
{
	struct nlattr *tb[TSINFO_MAX + 1], *head[ETHTOOL_A_HEADER_MAX + 1];

	return genlmsg_parse(answer, 0, tb, TSINFO_MAX, NULL) == 0 &&
	       tb[ETHTOOL_A_TSINFO_HEADER] &&
	       nla_parse_nested(head, ETHTOOL_A_HEADER_MAX, tb[ETHTOOL_A_TSINFO_HEADER], NULL) ==
		       0 &&
	       head[ETHTOOL_A_HEADER_DEV_NAME] &&
	       !nla_strcmp(head[ETHTOOL_A_HEADER_DEV_NAME], name);
}

static int on_tsinfo(struct nl_msg *msg, void *arg)
{
	struct reply *r = arg;

	if (r->name)
		r->count += is_about(nlmsg_hdr(msg), r->name);
	else
		r->got |= tsinfo_parse(nlmsg_hdr(msg), r->ts);
	return NL_OK;
}

static struct nl_msg *tsinfo_request(int family, int flags, const char *name)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *head;

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, TSINFO_GET,
			 ETHTOOL_GENL_VERSION) ||
	    !(head = nla_nest_start(msg, ETHTOOL_A_TSINFO_HEADER | NLA_F_NESTED)) ||
	    nla_put_string(msg, ETHTOOL_A_HEADER_DEV_NAME, name) < 0 ||
	    nla_put_u32(msg, ETHTOOL_A_HEADER_FLAGS, ETHTOOL_FLAG_COMPACT_BITSETS) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	nla_nest_end(msg, head);
	return msg;
}

static int exchange(struct nl_sock *sk, struct nl_msg *msg, struct reply *r)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int rc = -ENOMEM;

	if (!cb || !msg)
		goto out;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, r);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_tsinfo, r);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, r);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_ack, r);
	rc = nl_send_auto(sk, msg) < 0 ? -EIO : 0;
	while (rc == 0 && !r->done)
		rc = nl_recvmsgs(sk, cb) < 0 && !r->done ? -EIO : 0;
	if (rc == 0)
		rc = r->rc ? r->rc : r->got || r->name ? 0 : -EIO;
out:
	nlmsg_free(msg);
	nl_cb_put(cb);
	return rc;
}

static int tsinfo_netlink(const char *name, int flags, struct reply *r)
{
	struct nl_sock *sk = nl_socket_alloc();
	int family, rc = -EOPNOTSUPP;

	if (!sk)
		return -ENOMEM;
	if (genl_connect(sk) == 0 && (family = genl_ctrl_resolve(sk, ETHTOOL_GENL_NAME)) >= 0)
		rc = exchange(sk, tsinfo_request(family, flags, name), r);
	nl_socket_free(sk);
	return rc;
}

static int device_ioctl(const char *name, unsigned long request, void *data)
{
	struct ifreq ifr = { .ifr_data = data };
	int fd, rc;

	if (strlen(name) >= sizeof(ifr.ifr_name))
		return -ENODEV;
	strcpy(ifr.ifr_name, name);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	rc = ioctl(fd, request, &ifr) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static int tsinfo_ioctl(const char *name, struct ts_info *ts)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	int rc = device_ioctl(name, SIOCETHTOOL, &info);

	if (rc == 0)
		*ts = (struct ts_info){
			.so = info.so_timestamping,
			.tx_types = info.tx_types,
			.rx_filters = info.rx_filters,
			.phc_index = info.phc_index,
			.source = "ioctl",
		};
	return rc;
}

/*
 * EOPNOTSUPP from netlink means "unknown command" on old kernels and "this
 * driver cannot" on new ones; the ioctl tells them apart.
 */
int real_ts_info(const char *name, struct ts_info *ts)
{
	struct reply r = { .ts = ts };
	int rc = tsinfo_netlink(name, 0, &r);

	return rc == 0 || rc == -ENODEV ? rc : tsinfo_ioctl(name, ts);
}

/* Since 6.14 a dump has one answer for each clock that can stamp for an interface. */
int real_ts_providers(const char *name)
{
	struct reply r = { .name = name };
	int rc = tsinfo_netlink(name, NLM_F_DUMP, &r);

	return rc < 0 ? rc : r.count;
}

int real_driver(const char *name, struct driver_info *driver)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int rc = device_ioctl(name, SIOCETHTOOL, &info);

	if (rc < 0)
		return rc;
	snprintf(driver->driver, sizeof(driver->driver), "%.31s", info.driver);
	snprintf(driver->version, sizeof(driver->version), "%.31s", info.version);
	snprintf(driver->firmware, sizeof(driver->firmware), "%.31s", info.fw_version);
	snprintf(driver->bus, sizeof(driver->bus), "%.31s", info.bus_info);
	return 0;
}

int real_hwtstamp(const char *name, int *tx_type, int *rx_filter)
{
	struct hwtstamp_config cfg = { 0 };
	int rc = device_ioctl(name, SIOCGHWTSTAMP, &cfg);

	if (rc == 0) {
		*tx_type = cfg.tx_type;
		*rx_filter = cfg.rx_filter;
	}
	return rc;
}

int real_eee_active(const char *name)
{
	struct ethtool_eee eee = { .cmd = ETHTOOL_GEEE };
	int rc = device_ioctl(name, SIOCETHTOOL, &eee);

	return rc < 0 ? rc : eee.eee_enabled && eee.eee_active;
}

/* As ptp4l would: with SO_REUSEADDR, which others may have left out. */
int real_udp_port(unsigned port, bool ipv6)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to = { .v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) } };
	int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, rc = 0;

	if (fd < 0)
		return -errno;
	if (ipv6)
		to.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					       .sin6_port = htons((uint16_t)port) };
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, &to.any, ipv6 ? sizeof(to.v6) : sizeof(to.v4)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}
