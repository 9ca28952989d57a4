#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "kernelline.h"
#include "logmatch.h"

/* A message of the kernel that is not listed is about nobody whom we know. */
enum about { ABOUT_IFACE, ABOUT_PROCESS, ABOUT_HOST };

static const struct {
	const char *id;
	enum about about;
} abouts[] = {
	{ "kernel.oom", ABOUT_PROCESS },	  { "kernel.segfault", ABOUT_PROCESS },
	{ "kernel.denied", ABOUT_PROCESS },	  { "kernel.tx_hang", ABOUT_IFACE },
	{ "kernel.rx_hang", ABOUT_IFACE },	  { "kernel.gate", ABOUT_IFACE },
	{ "kernel.queue_timeout", ABOUT_IFACE },  { "kernel.link_up", ABOUT_IFACE },
	{ "kernel.link_down", ABOUT_IFACE },	  { "kernel.phc_registered", ABOUT_IFACE },
	{ "kernel.phc_failed", ABOUT_IFACE },	  { "kernel.safe_mode", ABOUT_IFACE },
	{ "kernel.firmware", ABOUT_IFACE },	  { "kernel.pci", ABOUT_IFACE },
	{ "kernel.usb", ABOUT_IFACE },		  { "kernel.eee", ABOUT_IFACE },
	{ "kernel.rename", ABOUT_IFACE },	  { "kernel.suspend", ABOUT_HOST },
	{ "kernel.clocksource", ABOUT_HOST },	  { "kernel.lockup", ABOUT_HOST },
	{ "kernel.readonly", ABOUT_HOST },
};

static int about_of(const char *id)
{
	for (unsigned i = 0; i < ARRAY_LEN(abouts); i++)
		if (!strcmp(abouts[i].id, id))
			return (int)abouts[i].about;
	return -1;
}

const char *kernel_line_id(const struct catalogue *c, const char *text)
{
	struct logmatch match;

	if (!logmatch(c, text, strlen(text), &match) || about_of(match.id) < 0)
		return NULL;
	return match.id;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* As a whole word: eth1 is not in eth10. */
static bool names(const char *text, const char *word)
{
	size_t n = word ? strlen(word) : 0;

	for (const char *at = n ? strstr(text, word) : NULL; at; at = strstr(at + 1, word))
		if ((at == text || !is_word(at[-1])) && !is_word(at[n]))
			return true;
	return false;
}

bool kernel_line_concerns(const char *id, const char *text, const struct kernel_subject *who)
{
	char pid[16], comm[16];

	switch (about_of(id)) {
	case ABOUT_HOST:
		return true;
	case ABOUT_IFACE:
		return names(text, who->iface) || names(text, who->bus);
	case ABOUT_PROCESS:
		snprintf(pid, sizeof(pid), "%d", who->pid);
		snprintf(comm, sizeof(comm), "%.15s", who->program ? who->program : "");
		return names(text, comm) && (!who->pid || names(text, pid));
	default:
		return false;
	}
}
