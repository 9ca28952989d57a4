#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/load.h"
#include "places.h"

enum { FILES_MAX = 32, LINE_SIZE = 1024 };

static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	for (len = strlen(s); len && isspace((unsigned char)s[len - 1]); len--)
		;
	s[len] = '\0';
	return s;
}

static void take_setting(const char *name, const char *value, struct places *out)
{
	char *field = !strcmp(name, "run_dir") ? out->run_dir :
		      !strcmp(name, "log_dir") ? out->log_dir : NULL;

	if (field && *value == '/' && strlen(value) < sizeof(out->run_dir))
		strcpy(field, value);
}

/* `NAME = VALUE` of section [ptpwarden]; everything else is somebody else's business. */
static void take_line(char *line, bool *ours, struct places *out)
{
	char *s = trim(line), *equals = strchr(s, '=');

	if (*s == '[') {
		*ours = !strncmp(s, "[ptpwarden]", 11);
		return;
	}
	if (!*ours || !equals || *s == ';' || *s == '#')
		return;
	*equals = '\0';
	take_setting(trim(s), trim(equals + 1), out);
}

static void read_file(const char *path, struct places *out)
{
	FILE *in = fopen(path, "re");
	char line[LINE_SIZE];
	bool ours = false;

	if (!in)
		return;
	while (fgets(line, sizeof(line), in))
		take_line(line, &ours, out);
	fclose(in);
}

void places_find(const char *file, struct places *out)
{
	char files[FILES_MAX][256];
	unsigned n = plan_files(file, files, FILES_MAX);

	*out = (struct places){ .run_dir = "/run/ptpwarden" };
	for (unsigned i = 0; i < n; i++)
		read_file(files[i], out);
	if (!out->log_dir[0])
		snprintf(out->log_dir, sizeof(out->log_dir), "%.*s/log",
			 (int)sizeof(out->log_dir) - 5, out->run_dir);
	snprintf(out->socket, sizeof(out->socket), "%s/control.sock", out->run_dir);
}
