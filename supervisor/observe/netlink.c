#include "netlink.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>
#include "supervisor/loop.h"

enum { MESSAGES_A_TURN = 256, RECEIVE_BUFFER = 128 * 1024 };

static int find_index(const struct netlink *nl, int index)
{
	for (unsigned i = 0; i < nl->n; i++)
		if (nl->at[i].index == index)
			return (int)i;
	return -1;
}

static void tell(struct netlink *nl, const struct iface *was, const struct iface *now)
{
	if (!nl->starting)
		nl->fn(nl->owner, was, now);
}

static bool differs(const struct iface *a, const struct iface *b)
{
	return strcmp(a->name, b->name) || a->up != b->up || a->carrier != b->carrier ||
	       memcmp(a->mac, b->mac, sizeof(a->mac));
}

/* What only the order of the messages tells. */
static void remember(const struct netlink *nl, const struct iface *was, struct iface *now)
{
	msec_t at = loop_now();

	now->carrier_changes = was ? was->carrier_changes + (was->carrier != now->carrier) : 0;
	now->up_at = was ? was->up_at : MSEC_NONE;
	now->carrier_at = was ? was->carrier_at : MSEC_NONE;
	if (now->up && (was ? !was->up : !nl->starting))
		now->up_at = at;
	if (now->carrier && (was ? !was->carrier : !nl->starting))
		now->carrier_at = at;
}

static void update(struct netlink *nl, struct iface *now)
{
	int i = find_index(nl, now->index);
	struct iface was;

	remember(nl, i < 0 ? NULL : &nl->at[i], now);
	if (i < 0 && nl->n == IFACES_MAX) {
		nl->dropped++;
		return;
	}
	if (i < 0) {
		i = (int)nl->n++;
		nl->at[i] = *now;
		nl->seen[i] = 1;
		tell(nl, NULL, now);
		return;
	}
	nl->seen[i] = 1;
	was = nl->at[i];
	nl->at[i] = *now;
	if (differs(&was, now))
		tell(nl, &was, now);
}

static void forget(struct netlink *nl, int i)
{
	struct iface was = nl->at[i];

	nl->n--;
	nl->at[i] = nl->at[nl->n];
	nl->seen[i] = nl->seen[nl->n];
	tell(nl, &was, NULL);
}

static bool read_link(struct nlmsghdr *head, struct iface *out)
{
	struct nlattr *attr[IFLA_MAX + 1];
	struct ifinfomsg *info = nlmsg_data(head);

	if (nlmsg_parse(head, sizeof(*info), attr, IFLA_MAX, NULL) < 0 || !attr[IFLA_IFNAME])
		return false;
	*out = (struct iface){ .index = info->ifi_index, .up = info->ifi_flags & IFF_UP,
			       .carrier = info->ifi_flags & IFF_LOWER_UP };
	nla_strlcpy(out->name, attr[IFLA_IFNAME], sizeof(out->name));
	if (attr[IFLA_CARRIER] && nla_len(attr[IFLA_CARRIER]) >= 1)
		out->carrier = nla_get_u8(attr[IFLA_CARRIER]) != 0;
	if (attr[IFLA_ADDRESS] && nla_len(attr[IFLA_ADDRESS]) == sizeof(out->mac))
		memcpy(out->mac, nla_data(attr[IFLA_ADDRESS]), sizeof(out->mac));
	return true;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct netlink *nl = arg;
	struct nlmsghdr *head = nlmsg_hdr(msg);
	struct iface now;

	/* a bridge speaks of its ports in the same words; AF_BRIDGE is not about the interface */
	if (!nlmsg_valid_hdr(head, sizeof(struct ifinfomsg)) ||
	    ((struct ifinfomsg *)nlmsg_data(head))->ifi_family != AF_UNSPEC)
		return NL_OK;
	if (head->nlmsg_type == RTM_DELLINK) {
		int i = find_index(nl, ((struct ifinfomsg *)nlmsg_data(head))->ifi_index);

		if (i >= 0)
			forget(nl, i);
	} else if (head->nlmsg_type == RTM_NEWLINK && read_link(head, &now)) {
		update(nl, &now);
	}
	return NL_OK;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct netlink *nl = arg;

	nl->dumping = false;
	for (int i = (int)nl->n - 1; i >= 0; i--)
		if (!nl->seen[i])
			forget(nl, i);
	return NL_OK;
}

static int request_all(struct netlink *nl)
{
	struct ifinfomsg all = { .ifi_family = AF_UNSPEC };
	int rc;

	memset(nl->seen, 0, sizeof(nl->seen));
	rc = nl_send_simple(nl->sock, RTM_GETLINK, NLM_F_DUMP, &all, sizeof(all));
	nl->dumping = rc >= 0;
	nl->lost = rc < 0;
	return rc < 0 ? rc : 0;
}

/* True when there may be more to read. */
static bool receive(struct netlink *nl)
{
	int rc = nl_recvmsgs_default(nl->sock);

	if (rc >= 0)
		return true;
	if (rc == -NLE_AGAIN)
		return false;
	/* lost messages, an interrupted dump, or one that was refused: read everything again */
	nl->lost = true;
	if (rc != -NLE_NOMEM)
		nl->dumping = false;
	return rc == -NLE_NOMEM || rc == -NLE_DUMP_INTR;
}

static void recover(struct netlink *nl)
{
	if (!nl->lost || nl->dumping)
		return;
	nl->rereads++;
	if (request_all(nl) < 0 && !ev_is_active(&nl->again)) {
		ev_timer_set(&nl->again, .2, 0.);
		ev_timer_start(nl->loop, &nl->again);
	}
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct netlink *nl = container_of(io, struct netlink, io);

	for (int i = 0; i < MESSAGES_A_TURN && receive(nl); i++)
		;
	recover(nl);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct netlink *nl = container_of(timer, struct netlink, again);

	ev_timer_stop(loop, timer);
	recover(nl);
}

static int open_socket(struct netlink *nl)
{
	int rc;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -NLE_NOMEM;
	nl_socket_disable_seq_check(nl->sock);
	nl_socket_modify_cb(nl->sock, NL_CB_VALID, NL_CB_CUSTOM, on_message, nl);
	nl_socket_modify_cb(nl->sock, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, nl);
	rc = nl_connect(nl->sock, NETLINK_ROUTE);
	if (rc < 0)
		return rc;
	(void)nl_socket_set_buffer_size(nl->sock, RECEIVE_BUFFER, 0);
	rc = nl_socket_add_membership(nl->sock, RTNLGRP_LINK);
	return rc < 0 ? rc : nl_socket_set_nonblocking(nl->sock);
}

int netlink_start(struct netlink *nl, struct ev_loop *loop, netlink_fn *fn, void *owner,
		  struct err *err)
{
	int rc;

	*nl = (struct netlink){ .loop = loop, .fn = fn, .owner = owner, .starting = true };
	ev_init(&nl->again, on_again);
	rc = open_socket(nl);
	if (rc >= 0)
		rc = request_all(nl);
	if (rc < 0) {
		nl_socket_free(nl->sock);
		nl->sock = NULL;
		return err_set(err, EIO, "interfaces cannot be watched: %s", nl_geterror(rc));
	}
	/* the kernel answers from within our own system calls: nothing to wait for */
	while (nl->dumping && receive(nl))
		;
	nl->starting = false;
	ev_io_init(&nl->io, on_readable, nl_socket_get_fd(nl->sock), EV_READ);
	ev_io_start(loop, &nl->io);
	recover(nl);
	return 0;
}

void netlink_stop(struct netlink *nl)
{
	if (!nl->sock)
		return;
	ev_io_stop(nl->loop, &nl->io);
	ev_timer_stop(nl->loop, &nl->again);
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

const struct iface *netlink_find(const struct netlink *nl, const char *name)
{
	for (unsigned i = 0; i < nl->n; i++)
		if (!strcmp(nl->at[i].name, name))
			return &nl->at[i];
	return NULL;
}
