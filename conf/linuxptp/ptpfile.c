#include "conf/linuxptp/ptpfile.h"

#include <string.h>
#include <strings.h>

/* isspace() of the C locale, which is what the daemon runs in. */
static bool space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void ptpfile_init(struct ptpfile *f, const char *bytes, size_t len, lp_version version)
{
	*f = (struct ptpfile){ .at = bytes, .end = bytes + len };
	f->port_max = !version || version >= 0x040300 ? PTPFILE_PORT - 1 : 16;
}

/* fgets(): up to and including a newline, or as much as the buffer holds. */
static bool chunk(struct ptpfile *f, struct ptpfile_item *item)
{
	size_t left = (size_t)(f->end - f->at), len;
	const char *newline;

	if (!left)
		return false;
	newline = memchr(f->at, '\n', left);
	len = newline ? (size_t)(newline - f->at) + 1 : left;
	if (len > PTPFILE_LINE - 1)
		len = PTPFILE_LINE - 1;
	memcpy(f->buf, f->at, len);
	f->buf[len] = '\0';
	f->at += len;

	item->rest = f->inside;
	if (!f->inside)
		f->line++;
	f->daemon_line++;
	f->inside = f->buf[len - 1] != '\n' && f->at < f->end;
	item->cut = f->inside;
	item->line = f->line;
	item->daemon_line = f->daemon_line;
	return true;
}

/* The text of a line without white space at its ends; NULL for blank lines and comments. */
static char *trim(char *line)
{
	char *last;

	while (space(*line))
		line++;
	if (*line == '#' || !*line)
		return NULL;
	last = line + strlen(line) - 1;
	while (last > line && space(*last))
		*last-- = '\0';
	return line;
}

/* All brackets count as blanks; the first word is the name. */
static enum ptpfile_kind begin_port(struct ptpfile *f, char *line)
{
	size_t len;

	for (char *c = line; *c; c++)
		if (*c == '[' || *c == ']')
			*c = ' ';
	while (space(*line))
		line++;
	for (len = 0; line[len] && !space(line[len]) && len < f->port_max; len++)
		continue;
	if (!len)
		return PTPFILE_NAMELESS;
	memcpy(f->port, line, len);
	f->port[len] = '\0';
	return PTPFILE_BEGIN;
}

static enum ptpfile_kind begin_section(struct ptpfile *f, char *line)
{
	if (!strcasecmp(line, "[global]")) {
		f->section = PTPFILE_GLOBAL;
		return PTPFILE_BEGIN;
	}
	if (!strcasecmp(line, "[unicast_master_table]")) {
		f->section = PTPFILE_TABLE;
		return PTPFILE_BEGIN;
	}
	f->section = PTPFILE_PORTS;
	return begin_port(f, line);
}

static enum ptpfile_kind split_setting(char *line, struct ptpfile_item *item)
{
	char *at = line;

	while (*at && !space(*at))
		at++;
	if (!*at)
		return PTPFILE_VALUELESS;
	while (space(*at))
		*at++ = '\0';
	item->value = at;
	return PTPFILE_SETTING;
}

static enum ptpfile_kind classify(struct ptpfile *f, char *line, struct ptpfile_item *item)
{
	if (line[0] == '[')
		return begin_section(f, line);
	if (f->section == PTPFILE_TABLE)
		return PTPFILE_ENTRY;
	if (f->section == PTPFILE_NOWHERE)
		return PTPFILE_OUTSIDE;
	return split_setting(line, item);
}

bool ptpfile_next(struct ptpfile *f, struct ptpfile_item *item)
{
	*item = (struct ptpfile_item){ 0 };
	while (chunk(f, item)) {
		char *line = trim(f->buf);

		if (!line)
			continue;
		item->name = line;
		item->value = NULL;
		item->kind = classify(f, line, item);
		return true;
	}
	return false;
}

const char *ptpfile_section_name(const struct ptpfile *f)
{
	return f->section == PTPFILE_GLOBAL ? "global" : f->port;
}
