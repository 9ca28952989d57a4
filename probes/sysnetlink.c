/* The real system: links and addresses by rtnetlink. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>

#include "sysreal.h"

/* libnl's error codes hide the errno; keep the kernel's own answer beside them. */
struct question {
	int rc;		/* -errno of the kernel's answer, 0: none came */
	bool done;
	struct link_info *link;
	probe_link_fn *each;
	void *owner;
};

static int nl_errno(int rc)
{
	switch (-rc) {
	case NLE_SUCCESS:
		return 0;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_NODEV:
		return -ENODEV;
	case NLE_PERM:
		return -EPERM;
	case NLE_AGAIN:
		return -ETIMEDOUT;
	default:
		return -EIO;
	}
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct question *q = arg;

	q->rc = err->error;
	q->done = true;
	return NL_STOP;
}

static int on_done(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;

	q->done = true;
	return NL_STOP;
}

static struct nl_sock *route_socket(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (sk && nl_connect(sk, NETLINK_ROUTE) == 0)
		return sk;
	nl_socket_free(sk);
	return NULL;
}

/* Send `msg`, hand every answer to `on_answer`; consumes msg. */
static int ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t on_answer, struct question *q)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct nl_sock *sk = route_socket();
	int rc = -ENOMEM;

	if (!cb || !sk || !msg)
		goto out;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, q);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, q);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_done, q);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_done, q);
	rc = nl_send_auto(sk, msg);
	while (rc >= 0 && !q->done)
		rc = nl_recvmsgs(sk, cb);
	rc = q->rc ? q->rc : rc < 0 ? nl_errno(rc) : 0;
out:
	nlmsg_free(msg);
	nl_socket_free(sk);
	nl_cb_put(cb);
	return rc;
}

static void read_bond(struct nlattr *attr, struct link_info *link)
{
	struct nlattr *tb[IFLA_BOND_MAX + 1];

	if (nla_parse_nested(tb, IFLA_BOND_MAX, attr, NULL) < 0)
		return;
	if (tb[IFLA_BOND_MODE])
		link->bond_mode = nla_get_u8(tb[IFLA_BOND_MODE]);
	if (tb[IFLA_BOND_ACTIVE_SLAVE])
		link->active = (int)nla_get_u32(tb[IFLA_BOND_ACTIVE_SLAVE]);
}

static void read_linkinfo(struct nlattr *attr, struct link_info *link)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, attr, NULL) < 0 || !tb[IFLA_INFO_KIND])
		return;
	nla_strlcpy(link->kind, tb[IFLA_INFO_KIND], sizeof(link->kind));
	if (!strcmp(link->kind, "bond") && tb[IFLA_INFO_DATA])
		read_bond(tb[IFLA_INFO_DATA], link);
}

static bool xdp_attached(struct nlattr *attr)
{
	struct nlattr *tb[IFLA_XDP_MAX + 1];

	return !nla_parse_nested(tb, IFLA_XDP_MAX, attr, NULL) && tb[IFLA_XDP_ATTACHED] &&
	       nla_get_u8(tb[IFLA_XDP_ATTACHED]);
}

static void read_names(struct nlattr **tb, struct link_info *link)
{
	if (tb[IFLA_IFNAME])
		nla_strlcpy(link->name, tb[IFLA_IFNAME], sizeof(link->name));
	if (tb[IFLA_QDISC])
		nla_strlcpy(link->qdisc, tb[IFLA_QDISC], sizeof(link->qdisc));
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) <= (int)sizeof(link->mac))
		link->mac_len =
			(unsigned)nla_memcpy(link->mac, tb[IFLA_ADDRESS], sizeof(link->mac));
	if (tb[IFLA_LINKINFO])
		read_linkinfo(tb[IFLA_LINKINFO], link);
}

static bool read_link(struct nlmsghdr *nlh, struct link_info *link)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct ifinfomsg *ifi;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0)
		return false;
	ifi = nlmsg_data(nlh);
	*link = (struct link_info){ .index = ifi->ifi_index, .flags = ifi->ifi_flags,
				    .bond_mode = -1 };
	link->loopback = ifi->ifi_flags & IFF_LOOPBACK;
	read_names(tb, link);
	/* a driver that is down has no opinion about its cable */
	if (tb[IFLA_CARRIER] && (ifi->ifi_flags & IFF_UP))
		link->carrier = nla_get_u8(tb[IFLA_CARRIER]) ? ANSWER_YES : ANSWER_NO;
	if (tb[IFLA_LINK] && (int)nla_get_u32(tb[IFLA_LINK]) != ifi->ifi_index)
		link->lower = (int)nla_get_u32(tb[IFLA_LINK]);
	link->lower_elsewhere = tb[IFLA_LINK_NETNSID] != NULL;
	if (tb[IFLA_MASTER])
		link->master = (int)nla_get_u32(tb[IFLA_MASTER]);
	if (tb[IFLA_CARRIER_CHANGES])
		link->carrier_changes = nla_get_u32(tb[IFLA_CARRIER_CHANGES]);
	link->xdp = tb[IFLA_XDP] && xdp_attached(tb[IFLA_XDP]);
	return true;
}

static int on_link(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;
	struct link_info link;

	if (!read_link(nlmsg_hdr(msg), &link))
		return NL_OK;
	if (q->link)
		*q->link = link;
	else if (!q->each(q->owner, &link))
		q->each = NULL;
	if (q->link)
		q->done = true;
	return NL_OK;
}

static struct nl_msg *link_request(int flags, int index)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, flags);

	if (msg && (nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0 ||
		    nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int one_link(struct nl_msg *msg, struct link_info *link)
{
	struct link_info found = { 0 };
	struct question q = { .link = &found };
	int rc = ask(msg, on_link, &q);

	if (rc == 0 && !found.index)
		rc = -EIO;
	if (rc == 0)
		*link = found;
	return rc;
}

int real_link(const char *name, struct link_info *link)
{
	struct nl_msg *msg;

	if (strlen(name) >= IFACE_NAME_MAX)
		return -ENODEV;
	msg = link_request(0, 0);
	if (msg && nla_put_string(msg, IFLA_IFNAME, name) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return one_link(msg, link);
}

int real_link_at(int index, struct link_info *link)
{
	return index > 0 ? one_link(link_request(0, index), link) : -ENODEV;
}

static int on_each_link(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;

	return q->each ? on_link(msg, q) : NL_OK;
}

int real_links(probe_link_fn *each, void *owner)
{
	struct question q = { .each = each, .owner = owner };

	return ask(link_request(NLM_F_DUMP, 0), on_each_link, &q);
}

static int on_address(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct ifaddrmsg *ifa = nlmsg_data(nlh);

	if (nlh->nlmsg_type != RTM_NEWADDR || nlmsg_datalen(nlh) < (int)sizeof(*ifa) ||
	    (int)ifa->ifa_index != q->link->index)
		return NL_OK;
	if (ifa->ifa_family == AF_INET)
		q->link->ipv4 = ANSWER_YES;
	if (ifa->ifa_family == AF_INET6)
		q->link->ipv6 = ANSWER_YES;
	return NL_OK;
}

int real_addresses(struct link_info *link)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP);
	struct question q = { .link = link };
	int rc;

	if (msg && nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	link->ipv4 = link->ipv6 = ANSWER_NO;
	rc = ask(msg, on_address, &q);
	if (rc < 0)
		link->ipv4 = link->ipv6 = ANSWER_UNKNOWN;
	return rc;
}
