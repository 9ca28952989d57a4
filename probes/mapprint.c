/* Prints the map of interfaces and PTP clocks: a table for people, JSON for programs. */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "text.h"

#define HARDWARE_BITS 0x45u
#define SOFTWARE_BITS 0x1au

const char *map_tx_type_name(unsigned bit)
{
	static const char *const names[] = { "off", "on", "onestep-sync", "onestep-p2p" };

	return bit < ARRAY_LEN(names) ? names[bit] : NULL;
}

const char *map_rx_filter_name(unsigned bit)
{
	static const char *const names[] = {
		"none", "all", "some", "ptpv1-l4-event", "ptpv1-l4-sync", "ptpv1-l4-delay-req",
		"ptpv2-l4-event", "ptpv2-l4-sync", "ptpv2-l4-delay-req", "ptpv2-l2-event",
		"ptpv2-l2-sync", "ptpv2-l2-delay-req", "ptpv2-event", "ptpv2-sync",
		"ptpv2-delay-req", "ntp-all",
	};

	return bit < ARRAY_LEN(names) ? names[bit] : NULL;
}

typedef const char *bit_name_fn(unsigned bit);

static void list_bits(struct text *t, unsigned bits, bit_name_fn *name)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		if (!(bits >> bit & 1))
			continue;
		if (name(bit))
			text_add(t, "%s%s", t->len ? " " : "", name(bit));
		else
			text_add(t, "%sbit%u", t->len ? " " : "", bit);
	}
	if (!t->len)
		text_add(t, "none");
}

static void put_escaped(FILE *out, const char *s, int width)
{
	char buf[256];
	struct text t = text_in(buf, sizeof(buf));

	text_add_escaped(&t, s, strlen(s));
	fprintf(out, "%-*s", width, buf);
}

static void put_json(FILE *out, const char *key, const char *value)
{
	char buf[256];
	struct text t = text_in(buf, sizeof(buf));

	text_add_json(&t, value);
	fprintf(out, "\"%s\":%s", key, buf);
}

static const char *link_text(const struct map_iface *i, char *buf, size_t size)
{
	if (!(i->link.flags & IFF_UP))
		return "down";
	if (i->link.carrier == ANSWER_NO)
		return "no link";
	if (i->speed_mbps <= 0)
		return "up";
	snprintf(buf, size, "up %dM", i->speed_mbps);
	return buf;
}

static const char *stamping_text(const struct map_iface *i)
{
	bool hardware = (i->ts.so & HARDWARE_BITS) == HARDWARE_BITS;
	bool software = (i->ts.so & SOFTWARE_BITS) == SOFTWARE_BITS;

	if (i->ts_rc < 0)
		return i->ts_rc == -EOPNOTSUPP ? "none" : "unknown";
	if (hardware)
		return software ? "hardware software" : "hardware";
	return software ? "software" : "receive only";
}

static void print_row(const struct map_iface *i, FILE *out)
{
	char link[24], clock[16] = "-";

	if (i->ts_rc == 0 && i->ts.phc_index >= 0)
		snprintf(clock, sizeof(clock), "ptp%d", i->ts.phc_index);
	put_escaped(out, i->link.name, 16);
	fprintf(out, "%-10s%-12s%-19s%-7s", i->kind, link_text(i, link, sizeof(link)),
		stamping_text(i), clock);
	put_escaped(out, i->driver_rc == 0 ? i->driver.driver : "-", 0);
	fputc('\n', out);
}

static void print_key(const char *key, const char *value, FILE *out)
{
	if (!*value)
		return;
	fprintf(out, "  %-12s", key);
	put_escaped(out, value, 0);
	fputc('\n', out);
}

static void mac_text(const struct link_info *l, char *buf, size_t size)
{
	struct text t = text_in(buf, size);

	for (unsigned i = 0; i < l->mac_len; i++)
		text_add(&t, "%s%02x", i ? ":" : "", l->mac[i]);
}

static void print_stamping(const struct map_iface *i, FILE *out)
{
	char bits[256];
	struct text t = text_in(bits, sizeof(bits));

	if (i->ts_rc < 0) {
		print_key("stamping", strerror(-i->ts_rc), out);
		return;
	}
	list_bits(&t, i->ts.tx_types, map_tx_type_name);
	print_key("transmit", bits, out);
	t = text_in(bits, sizeof(bits));
	list_bits(&t, i->ts.rx_filters, map_rx_filter_name);
	print_key("receive", bits, out);
	if (i->provider) {
		snprintf(bits, sizeof(bits), i->providers > 1 ? "%s, one of %d clocks" : "%s",
			 i->provider, i->providers);
		print_key("stamped by", bits, out);
	}
	if (i->hwtstamp_rc == 0) {
		snprintf(bits, sizeof(bits), "transmit %s, receive %s",
			 map_tx_type_name((unsigned)i->hwtstamp_tx) ?: "?",
			 map_rx_filter_name((unsigned)i->hwtstamp_rx) ?: "?");
		print_key("now set to", bits, out);
	}
}

static const char *ip_text(const struct link_info *l)
{
	if (l->ipv4 == ANSWER_UNKNOWN || l->ipv6 == ANSWER_UNKNOWN)
		return "";
	if (l->ipv4 == ANSWER_YES)
		return l->ipv6 == ANSWER_YES ? "v4 v6" : "v4";
	return l->ipv6 == ANSWER_YES ? "v6" : "none";
}

static void print_details(const struct map_iface *i, FILE *out)
{
	char mac[32];

	mac_text(&i->link, mac, sizeof(mac));
	print_key("address", mac, out);
	print_key("IP", ip_text(&i->link), out);
	print_key("above", i->lower, out);
	print_key("part of", i->master, out);
	if (i->driver_rc == 0) {
		print_key("version", i->driver.version, out);
		print_key("firmware", i->driver.firmware, out);
		print_key("bus", i->driver.bus, out);
	}
	print_key("PHY", i->phy, out);
	print_stamping(i, out);
}

static const char *error_text(int rc)
{
	switch (-rc) {
	case ENOENT:
		return "no device node";
	case EACCES:
	case EPERM:
		return "not permitted";
	case ETIMEDOUT:
		return "does not answer";
	default:
		return strerror(-rc);
	}
}

static void print_clock(const struct map_clock *c, FILE *out)
{
	char rate[16] = "?", minus[24] = "?";

	fprintf(out, "ptp%-5d", c->index);
	put_escaped(out, c->name[0] ? c->name : "-", 20);
	if (c->rc < 0) {
		fprintf(out, "%s\n", error_text(c->rc));
		return;
	}
	if (c->info.rate_known) {
		snprintf(rate, sizeof(rate), "%.4f", c->info.rate);
		snprintf(minus, sizeof(minus), "%+lld s",
			 (long long)(c->info.phc_s - c->info.system_s));
	}
	fprintf(out, "%-14d%-9s%-16s", c->info.max_adj_ppb, rate, minus);
	put_escaped(out, c->holders > 0 ? c->held_by : c->holders == 0 ? "-" : "unknown", 0);
	fputc('\n', out);
}

void map_print_text(const struct map *m, bool single, FILE *out)
{
	if (m->links_rc < 0)
		fprintf(out, "The interfaces could not be listed: %s\n", strerror(-m->links_rc));
	if (m->ifaces)
		fprintf(out, "%-16s%-10s%-12s%-19s%-7s%s\n", "INTERFACE", "KIND", "LINK",
			"STAMPING", "CLOCK", "DRIVER");
	for (unsigned i = 0; i < m->ifaces; i++) {
		print_row(&m->iface[i], out);
		if (single)
			print_details(&m->iface[i], out);
	}
	if (m->ifaces_dropped)
		fprintf(out, "... and %u more\n", m->ifaces_dropped);
	if (m->clocks)
		fprintf(out, "%s%-8s%-20s%-14s%-9s%-16s%s\n", m->ifaces ? "\n" : "", "CLOCK",
			"NAME", "MAX ADJ ppb", "RATE", "MINUS SYSTEM", "HELD BY");
	else if (!single)
		fprintf(out, "\nNo PTP clock was found: only software time stamping works here.\n");
	for (unsigned i = 0; i < m->clocks; i++)
		print_clock(&m->clock[i], out);
}

static void json_bits(FILE *out, const char *key, unsigned bits, bit_name_fn *name)
{
	const char *comma = "";

	fprintf(out, "\"%s\":[", key);
	for (unsigned bit = 0; bit < 32; bit++)
		if (bits >> bit & 1) {
			if (name(bit))
				fprintf(out, "%s\"%s\"", comma, name(bit));
			else
				fprintf(out, "%s\"bit%u\"", comma, bit);
			comma = ",";
		}
	fputc(']', out);
}

static void json_number(FILE *out, const char *key, bool known, long long value)
{
	if (known)
		fprintf(out, ",\"%s\":%lld", key, value);
	else
		fprintf(out, ",\"%s\":null", key);
}

static void json_truth(FILE *out, const char *key, enum answer a)
{
	fprintf(out, ",\"%s\":%s", key,
		a == ANSWER_UNKNOWN ? "null" : a == ANSWER_YES ? "true" : "false");
}

static enum answer offers(const struct map_iface *i, unsigned bits)
{
	if (i->ts_rc == -EOPNOTSUPP)
		return ANSWER_NO;
	if (i->ts_rc < 0)
		return ANSWER_UNKNOWN;
	return (i->ts.so & bits) == bits ? ANSWER_YES : ANSWER_NO;
}

static void json_driver(const struct map_iface *i, FILE *out)
{
	bool known = i->driver_rc == 0;

	fputc(',', out);
	put_json(out, "driver", known ? i->driver.driver : NULL);
	fputc(',', out);
	put_json(out, "version", known ? i->driver.version : NULL);
	fputc(',', out);
	put_json(out, "firmware", known ? i->driver.firmware : NULL);
	fputc(',', out);
	put_json(out, "bus", known ? i->driver.bus : NULL);
}

static void json_iface(const struct map_iface *i, FILE *out)
{
	char mac[32];

	mac_text(&i->link, mac, sizeof(mac));
	fputc('{', out);
	put_json(out, "name", i->link.name);
	fputc(',', out);
	put_json(out, "kind", i->kind);
	fputc(',', out);
	put_json(out, "address", mac);
	json_truth(out, "up", i->link.flags & IFF_UP ? ANSWER_YES : ANSWER_NO);
	json_truth(out, "carrier", i->link.carrier);
	json_number(out, "speed_mbps", i->speed_mbps > 0, i->speed_mbps);
	json_truth(out, "ipv4", i->link.ipv4);
	json_truth(out, "ipv6", i->link.ipv6);
	fputc(',', out);
	put_json(out, "lower", i->lower[0] ? i->lower : NULL);
	fputc(',', out);
	put_json(out, "master", i->master[0] ? i->master : NULL);
	json_driver(i, out);
	json_truth(out, "hardware", offers(i, HARDWARE_BITS));
	json_truth(out, "software", offers(i, SOFTWARE_BITS));
	json_number(out, "clock", i->ts_rc == 0 && i->ts.phc_index >= 0, i->ts.phc_index);
	fputc(',', out);
	put_json(out, "phy", i->phy[0] ? i->phy : NULL);
	fputc(',', out);
	put_json(out, "provider", i->provider);
	json_number(out, "providers", i->ts_rc == 0 && i->providers >= 0, i->providers);
	fputc(',', out);
	json_bits(out, "tx_types", i->ts_rc == 0 ? i->ts.tx_types : 0, map_tx_type_name);
	fputc(',', out);
	json_bits(out, "rx_filters", i->ts_rc == 0 ? i->ts.rx_filters : 0, map_rx_filter_name);
	fputs(",\"hwtstamp\":", out);
	if (i->hwtstamp_rc == 0)
		fprintf(out, "{\"tx_type\":%d,\"rx_filter\":%d}}", i->hwtstamp_tx, i->hwtstamp_rx);
	else
		fputs("null}", out);
}

static void json_clock(const struct map_clock *c, FILE *out)
{
	const struct phc_info *p = &c->info;

	fputc('{', out);
	put_json(out, "device", c->node);
	fputc(',', out);
	put_json(out, "name", c->name[0] ? c->name : NULL);
	fputc(',', out);
	put_json(out, "error", c->rc < 0 ? error_text(c->rc) : NULL);
	json_number(out, "max_adj_ppb", c->rc == 0, p->max_adj_ppb);
	if (c->rc == 0 && p->rate_known)
		fprintf(out, ",\"rate\":%.9g,\"rate_error\":%.3g", p->rate, p->rate_error);
	else
		fprintf(out, ",\"rate\":null,\"rate_error\":null");
	json_number(out, "minus_system_s", c->rc == 0 && p->rate_known, p->phc_s - p->system_s);
	json_number(out, "extts", c->rc == 0, p->extts);
	json_number(out, "pins", c->rc == 0, p->pins);
	fputc(',', out);
	put_json(out, "held_by", c->holders > 0 ? c->held_by : NULL);
	fputc('}', out);
}

void map_print_json(const struct map *m, FILE *out)
{
	fprintf(out, "{\"schema\":\"ptpwarden.probe/1\",\"interfaces\":[");
	for (unsigned i = 0; i < m->ifaces; i++) {
		fprintf(out, "%s", i ? "," : "");
		json_iface(&m->iface[i], out);
	}
	fprintf(out, "],\"clocks\":[");
	for (unsigned i = 0; i < m->clocks; i++) {
		fprintf(out, "%s", i ? "," : "");
		json_clock(&m->clock[i], out);
	}
	fprintf(out, "]}\n");
}
