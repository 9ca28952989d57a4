/**
 * @file rxstamp.c
 * @brief Inside a virtual machine: makes QEMU's igb card go on stamping what it receives.
 *
 * The 82576 keeps one receive stamp and takes no other before that one was read. A real card
 * counts it as read with RXSTMPH, which is what Linux reads; QEMU (10.0, hw/net/igb_core.c) waits
 * for RXSATRH, which Linux never reads. QEMU also stamps only the message type in TSYNCRXCFG
 * whatever filter was set, and Linux leaves the type of Sync there, so that a master would never
 * stamp a Delay_Req. This program reads RXSATRH after the driver has had its time, and keeps the
 * type that the port's role needs. It finds a card again that was unplugged or unbound.
 *
 * It can also hold a clock, whatever the driver sets: frozen.
 *
 * The kernel must be started with iomem=relaxed.
 *
 * usage: rxstamp 0000:01:00.0=sync 0000:02:00.0=delay_req
 *        rxstamp 0000:01:00.0=frozen
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	TSYNCRXCFG = 0x5f50,
	TIMINCA = 0xb608,	/* what the clock adds each tick */
	TSYNCRXCTL = 0xb620,
	RXSATRH = 0xb630,
	BAR_LENGTH = 0x20000,
	CTL_VALID = 1 << 0,
	CTL_ENABLED = 1 << 4,
	DELAY_REQ = 1 << 8,

	CARDS = 4,
	TICK_US = 3000,
	DRIVER_TICKS = 4,	/* a stamp this old has been fetched by the driver */
	RETRY_TICKS = 30,	/* between two looks for a missing card */
};

enum role { SYNC, DELAYED, FROZEN };

static const char *const role_name[] = { "=sync", "=delay_req", "=frozen" };

struct card {
	char path[80];
	enum role role;
	volatile uint8_t *bar;
	unsigned age;		/* ticks since the stamp came */
};

static volatile uint32_t *reg(struct card *c, unsigned at)
{
	return (volatile uint32_t *)(c->bar + at);
}

static void open_card(struct card *c)
{
	int fd = open(c->path, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, BAR_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		c->bar = p;
}

static void close_card(struct card *c)
{
	munmap((void *)c->bar, BAR_LENGTH);
	c->bar = NULL;
}

static void look(struct card *c)
{
	uint32_t ctl = *reg(c, TSYNCRXCTL), type = c->role == DELAYED ? DELAY_REQ : 0;

	if (c->role == FROZEN) {
		*reg(c, TIMINCA) = 0;
		return;
	}

	/* all ones: the card is gone, or asleep */
	if (ctl == UINT32_MAX || !(ctl & CTL_ENABLED)) {
		c->age = 0;
		return;
	}
	if (*reg(c, TSYNCRXCFG) != type)
		*reg(c, TSYNCRXCFG) = type;
	if (!(ctl & CTL_VALID)) {
		c->age = 0;
	} else if (++c->age >= DRIVER_TICKS) {
		(void)*reg(c, RXSATRH);
		c->age = 0;
	}
}

static int parse(const char *arg, struct card *c)
{
	const char *eq = strchr(arg, '=');

	for (unsigned i = 0; eq && i < sizeof(role_name) / sizeof(role_name[0]); i++) {
		if (strcmp(eq, role_name[i]))
			continue;
		c->role = i;
		snprintf(c->path, sizeof(c->path), "/sys/bus/pci/devices/%.*s/resource0", (int)(eq - arg), arg);
		return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct card card[CARDS] = { 0 };
	int n = argc - 1;

	if (n < 1 || n > CARDS)
		return 2;
	for (int i = 0; i < n; i++)
		if (parse(argv[i + 1], &card[i]))
			return 2;
	for (unsigned tick = 0;; tick++, usleep(TICK_US))
		for (int i = 0; i < n; i++) {
			struct card *c = &card[i];

			/* an unplugged card leaves a mapping that reads ones, a new one comes in its place */
			if (tick % RETRY_TICKS == 0 && c->bar && access(c->path, F_OK))
				close_card(c);
			if (tick % RETRY_TICKS == 0 && !c->bar)
				open_card(c);
			if (c->bar)
				look(c);
		}
}
