/* The real system behind the probes: what it says of links that we made, and that nothing stays open. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "probes/probe.h"
#include "probes/sysreal.h"

/* --- answers of ethtool netlink --- */

enum { BITS = 2, TX_TYPES = 3, RX_FILTERS = 4, PHC_INDEX = 5, SOURCE = 8 };	/* attributes */

static struct nl_msg *answer(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	assert_non_null(genlmsg_put(msg, 0, 0, 21, 0, 0, 26, 1));
	return msg;
}

static void put_bits(struct nl_msg *msg, int attr, uint32_t bits)
{
	struct nlattr *nest = nla_nest_start(msg, attr | NLA_F_NESTED);

	nla_put_u32(msg, ETHTOOL_A_BITSET_SIZE, 32);
	nla_put_u32(msg, ETHTOOL_A_BITSET_VALUE, bits);
	nla_nest_end(msg, nest);
}

static void an_attribute_that_is_absent_means_none(void **unused)
{
	struct ts_info ts = { .phc_index = 7, .so = 1 };
	struct nl_msg *msg = answer();

	assert_true(tsinfo_parse(nlmsg_hdr(msg), &ts));
	assert_int_equal(ts.phc_index, -1);
	assert_int_equal(ts.so, 0);
	assert_null(ts.provider);
	put_bits(msg, BITS, 0x5f);
	put_bits(msg, TX_TYPES, 3);
	put_bits(msg, RX_FILTERS, 1 << 12);
	nla_put_u32(msg, PHC_INDEX, 0);
	assert_true(tsinfo_parse(nlmsg_hdr(msg), &ts));
	assert_int_equal(ts.so, 0x5f);
	assert_int_equal(ts.tx_types, 3);
	assert_int_equal(ts.rx_filters, 1 << 12);
	assert_int_equal(ts.phc_index, 0);
	nlmsg_free(msg);
}

static void newer_kernels_say_who_stamps(void **unused)
{
	static const char *const names[] = { NULL, "mac", "phy", NULL };
	struct ts_info ts;

	for (uint32_t source = 0; source < ARRAY_LEN(names); source++) {
		struct nl_msg *msg = answer();

		nla_put_u32(msg, SOURCE, source);
		assert_true(tsinfo_parse(nlmsg_hdr(msg), &ts));
		assert_true(ts.provider == names[source] ||
			    !strcmp(ts.provider, names[source]));
		nlmsg_free(msg);
	}
}

static void an_answer_cut_short_is_none(void **unused)
{
	struct nl_msg *msg = answer();
	struct ts_info ts = { .so = 9 };

	nlmsg_hdr(msg)->nlmsg_len = sizeof(struct nlmsghdr) + 1;
	assert_false(tsinfo_parse(nlmsg_hdr(msg), &ts));
	assert_int_equal(ts.so, 9);
	nlmsg_free(msg);
}

/* --- the kernel that runs --- */

static void a_missing_interface_is_told_from_one_that_cannot_stamp(void **unused)
{
	struct ts_info ts;
	struct link_info link;
	int tx, rx;

	assert_int_equal(real_ts_info("no-such-if", &ts), -ENODEV);
	assert_int_equal(real_link("no-such-if", &link), -ENODEV);
	assert_int_equal(real_link_at(0, &link), -ENODEV);
	assert_int_equal(real_link_at(999999, &link), -ENODEV);
	assert_int_equal(real_ts_info("lo", &ts), 0);
	assert_int_equal(ts.phc_index, -1);
	assert_int_not_equal(ts.so, 0);
	assert_int_equal(real_hwtstamp("lo", &tx, &rx), -EOPNOTSUPP);
	assert_int_equal(real_hwtstamp("no-such-if", &tx, &rx), -ENODEV);
	assert_in_range(real_ts_providers("lo") + 95, 0, 96);	/* one at most, or refused */
}

static void an_interface_is_found_by_its_index_too(void **unused)
{
	struct link_info name, index;

	assert_int_equal(real_link("lo", &name), 0);
	assert_int_equal(real_link_at(name.index, &index), 0);
	assert_string_equal(index.name, "lo");
	assert_true(index.loopback);
	assert_int_equal(index.bond_mode, -1);
}

static unsigned open_files(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static bool every_link(void *owner, const struct link_info *link)
{
	return true;
}

static void no_question_leaves_anything_open(void **unused)
{
	const struct probe_sys *sys = &probe_sys_real;
	unsigned before = open_files();
	struct driver_info driver;
	struct link_info link;
	struct phc_info phc;
	struct ts_info ts;

	assert_int_equal(sys->phc("/dev/null", &phc), -ENOTTY);
	assert_int_equal(sys->phc("/no/such/clock", &phc), -ENOENT);
	(void)sys->phc("/dev/ptp0", &phc);
	assert_int_equal(sys->link("lo", &link), 0);
	assert_int_equal(sys->addresses(&link), 0);
	assert_int_equal(sys->links(every_link, NULL), 0);
	(void)sys->ts_info("lo", &ts);
	(void)sys->ts_info("no-such-if", &ts);
	(void)sys->ts_providers("lo");
	(void)sys->driver("lo", &driver);
	(void)sys->eee_active("lo");
	assert_int_equal(open_files(), before);
}

/* --- links that we make, in a child with a network namespace of its own --- */

/* 0: as expected, 77: cannot be tried here */
static int in_own_namespace(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare(CLONE_NEWNET) < 0 ? 77 : fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool ip(const char *args)
{
	char command[160];

	snprintf(command, sizeof(command), "ip %s 2>/dev/null", args);
	return system(command) == 0;
}

#define EXPECT(truth) \
	do { \
		if (!(truth)) { \
			fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__, #truth); \
			return 1; \
		} \
	} while (0)

static void expect_there(int (*fn)(void))
{
	int rc = in_own_namespace(fn);

	if (rc == 77)
		skip();
	assert_int_equal(rc, 0);
}

static int macvlan(void)
{
	struct link_info below, above;

	if (!ip("link add v0 type veth peer name v1") ||
	    !ip("link add m0 link v0 type macvlan"))
		return 77;
	EXPECT(real_link("v0", &below) == 0);
	EXPECT(real_link("m0", &above) == 0);
	EXPECT(!strcmp(above.kind, "macvlan") && above.lower == below.index);
	EXPECT(!above.lower_elsewhere && above.bond_mode == -1);
	EXPECT(real_link_at(above.lower, &below) == 0 && !strcmp(below.name, "v0"));
	return 0;
}

static void a_macvlan_names_the_device_below(void **unused)
{
	expect_there(macvlan);
}

static int bond(void)
{
	struct link_info l, member;

	if (!ip("link add v0 type veth peer name v1") ||
	    !ip("link add b0 type bond mode active-backup miimon 10"))
		return 77;
	EXPECT(real_link("b0", &l) == 0 && l.bond_mode == 1 && l.active == 0);
	EXPECT(ip("link set v0 master b0") && ip("link set v1 up") && ip("link set b0 up"));
	for (int i = 0; i < 100 && !l.active; i++) {
		usleep(20000);
		EXPECT(real_link("b0", &l) == 0);
	}
	EXPECT(real_link_at(l.active, &member) == 0 && !strcmp(member.name, "v0"));
	EXPECT(member.master == l.index);
	return 0;
}

static void a_bond_names_its_mode_and_active_member(void **unused)
{
	expect_there(bond);
}

static int attach(const char *name, int program)
{
	struct ifinfomsg ifi = { .ifi_index = (int)if_nametoindex(name) };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_SETLINK, NLM_F_ACK);
	struct nl_sock *sk = nl_socket_alloc();
	struct nlattr *nest;
	int rc;

	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	nest = nla_nest_start(msg, IFLA_XDP);
	nla_put_s32(msg, IFLA_XDP_FD, program);
	nla_nest_end(msg, nest);
	rc = nl_connect(sk, NETLINK_ROUTE);
	if (rc >= 0)
		rc = nl_send_sync(sk, msg);
	nl_socket_free(sk);
	return rc;
}

/* r0 = XDP_PASS; exit */
static int load_xdp(void)
{
	struct bpf_insn code[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
				   { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_XDP, .insn_cnt = 2,
				.insns = (uintptr_t)code, .license = (uintptr_t)"GPL" };

	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int xdp(void)
{
	int program = load_xdp();
	struct link_info l;

	if (program < 0 || !ip("link add v0 type veth peer name v1"))
		return 77;
	EXPECT(real_link("v0", &l) == 0 && !l.xdp);
	EXPECT(attach("v0", program) >= 0);
	EXPECT(real_link("v0", &l) == 0 && l.xdp);
	EXPECT(attach("v0", -1) >= 0);
	EXPECT(real_link("v0", &l) == 0 && !l.xdp);
	return 0;
}

static void an_xdp_program_is_seen_while_it_is_attached(void **unused)
{
	expect_there(xdp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attribute_that_is_absent_means_none),
		cmocka_unit_test(newer_kernels_say_who_stamps),
		cmocka_unit_test(an_answer_cut_short_is_none),
		cmocka_unit_test(a_missing_interface_is_told_from_one_that_cannot_stamp),
		cmocka_unit_test(an_interface_is_found_by_its_index_too),
		cmocka_unit_test(no_question_leaves_anything_open),
		cmocka_unit_test(a_macvlan_names_the_device_below),
		cmocka_unit_test(a_bond_names_its_mode_and_active_member),
		cmocka_unit_test(an_xdp_program_is_seen_while_it_is_attached),
	};
	return cmocka_run_group_tests_name("probe_real", tests, NULL, NULL);
}
