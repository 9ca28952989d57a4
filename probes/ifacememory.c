/* The addresses of interfaces as text, to know a renamed one again after a reboot, too. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "text.h"

size_t probe_cache_ifaces(const struct probe_cache *cache, char *room, size_t size)
{
	struct text t = text_in(room, size);

	for (unsigned i = 0; i < CACHE_IFACES; i++) {
		const struct seen_iface *s = &cache->iface[i];

		if (!s->name[0])
			continue;
		text_add(&t, "%s ", s->name);
		for (unsigned k = 0; k < s->mac_len; k++)
			text_add(&t, "%02x", s->mac[k]);
		text_add(&t, "\n");
	}
	return t.len;
}

/* "525400000001"; anything else gives no bytes. */
static unsigned read_mac(const char *hex, size_t len, unsigned char *mac)
{
	unsigned n = 0;

	if (len % 2 || len > 16)
		return 0;
	for (; n < len / 2; n++) {
		unsigned byte;

		if (!isxdigit((unsigned char)hex[2 * n]) ||
		    sscanf(hex + 2 * (size_t)n, "%2x", &byte) != 1)
			return 0;
		mac[n] = (unsigned char)byte;
	}
	return n;
}

void probe_cache_take_ifaces(struct probe_cache *cache, const char *text)
{
	while (*text) {
		size_t line = strcspn(text, "\n"), name = strcspn(text, " \n");
		struct link_info link = { .index = 0 };

		if (name && name < sizeof(link.name) && text[name] == ' ') {
			memcpy(link.name, text, name);
			link.mac_len = read_mac(text + name + 1, line - name - 1, link.mac);
			cache_keep_iface(cache, &link);
		}
		text += line + (text[line] == '\n');
	}
}
