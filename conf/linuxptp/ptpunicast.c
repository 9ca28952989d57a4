#include "conf/linuxptp/ptpjudge.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <strings.h>

static void complain(struct ptp_judge *j, const struct ptpfile_item *item, const char *what)
{
	lint_add(j->lint, "config.unicast_entry", (struct lint_place){ j->file, item->line }, NULL,
		 "line %u: %s", item->daemon_line, what);
}

static void begin_table(struct ptp_judge *j, const struct ptpfile_item *item, int id)
{
	char what[80];

	if (id < 1) {
		snprintf(what, sizeof(what),
			 "table_id %d is out of range. Must be in the range 1 to %d", id, INT_MAX);
		complain(j, item, what);
		return;
	}
	for (unsigned i = 0; i < j->tables; i++) {
		if (j->table_id[i] != id)
			continue;
		snprintf(what, sizeof(what), "table_id %d already taken", id);
		complain(j, item, what);
		return;
	}
	j->table = id;
	if (j->tables < UNICAST_TABLES_MAX)
		j->table_id[j->tables++] = id;
}

static bool is_mac(const char *text)
{
	unsigned char mac[6];

	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3],
		      &mac[4], &mac[5]) == 6;
}

static bool is_address(const char *transport, const char *address)
{
	struct in6_addr room;
	struct in_addr room4;

	if (!strcasecmp(transport, "L2"))
		return is_mac(address);
	if (!strcasecmp(transport, "UDPv4"))
		return inet_aton(address, &room4);	/* takes 10.1 and 012.0.0.1 too */
	return !strcasecmp(transport, "UDPv6") && inet_pton(AF_INET6, address, &room) == 1;
}

/* The daemon's own sscanf patterns: what they take for an entry is what an entry is. */
void ptp_judge_unicast(struct ptp_judge *j, const struct ptpfile_item *item)
{
	char transport[17] = "", address[65] = "";
	int number;

	if (sscanf(item->name, " table_id %d", &number) == 1)
		begin_table(j, item, number);
	else if (sscanf(item->name, " logQueryInterval %d", &number) == 1) {
		if (!j->table)
			complain(j, item, "missing table_id");
		else if (number < INT8_MIN || number > INT8_MAX)
			complain(j, item, "logQueryInterval out of range");
	} else if (sscanf(item->name, " peer_address %64s", address) == 1) {
		if (!j->table)
			complain(j, item, "missing table_id");
	} else if (sscanf(item->name, " %16s %64s", transport, address) != 2)
		complain(j, item, "bad master table");
	else if (!j->table)
		complain(j, item, "missing table_id");
	else if (!is_address(transport, address))
		complain(j, item, "bad address");
}
