#include "conf/linuxptp/ptpsettings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ptp_settings_init(struct ptp_settings *s, lp_version version)
{
	*s = (struct ptp_settings){ .version = version };
}

void ptp_settings_fini(struct ptp_settings *s)
{
	for (unsigned i = 0; i < s->n; i++)
		free(s->at[i].text);
	free(s->at);
	ptp_settings_init(s, s->version);
}

/* The program tells names apart by as many bytes as an interface has. */
int ptp_settings_port(struct ptp_settings *s, const char *name)
{
	for (unsigned i = 0; i < s->ports; i++)
		if (!strncmp(s->port[i].name, name, IFACE_NAME_MAX - 1))
			return (int)i;
	if (s->ports == PORTS_MAX) {
		s->ports_beyond++;
		return PTP_PORT_BEYOND;
	}
	snprintf(s->port[s->ports].name, IFACE_NAME_MAX, "%s", name);
	return (int)s->ports++;
}

static struct ptp_setting *lookup(const struct ptp_settings *s, int port,
				  const struct ptp_option *opt)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->at[i].opt == opt && s->at[i].port == port)
			return &s->at[i];
	return NULL;
}

static struct ptp_setting *append(struct ptp_settings *s)
{
	if (s->n == s->size) {
		unsigned size = s->size ? 2 * s->size : 32;
		struct ptp_setting *at = realloc(s->at, size * sizeof(*at));

		if (!at)
			return NULL;
		s->at = at;
		s->size = size;
	}
	s->at[s->n] = (struct ptp_setting){ 0 };
	return &s->at[s->n++];
}

static void assign(struct ptp_settings *s, struct ptp_setting *to, const struct ptp_setting *new)
{
	char *text = strdup(new->text);

	if (!text)
		s->out_of_memory = true;
	free(to->text);
	*to = *new;
	to->text = text;
}

void ptp_settings_put(struct ptp_settings *s, const struct ptp_setting *new)
{
	struct ptp_setting *to = lookup(s, new->port, new->opt);

	if (new->port == PTP_PORT_BEYOND || (to && to->locked && !new->locked))
		return;
	if (!to)
		to = append(s);
	if (to)
		assign(s, to, new);
	else
		s->out_of_memory = true;
}

/* The row for a name in its newest spelling: version 3.1.1 calls clientOnly slaveOnly. */
static const struct ptp_option *row_of(const struct ptp_settings *s, const char *name)
{
	const struct ptp_option *opt = ptp_option_find(name, s->version);

	return opt ? opt : ptp_option_older(name, s->version);
}

const struct ptp_setting *ptp_settings_given(const struct ptp_settings *s, int port,
					     const char *name)
{
	const struct ptp_option *opt = row_of(s, name);

	return opt ? lookup(s, port, opt) : NULL;
}

const struct ptp_setting *ptp_settings_find(const struct ptp_settings *s, int port,
					    const char *name)
{
	const struct ptp_setting *own = ptp_settings_given(s, port, name);

	return own ? own : ptp_settings_given(s, PTP_ALL_PORTS, name);
}

double ptp_number(const struct ptp_settings *s, int port, const char *name)
{
	const struct ptp_setting *set = ptp_settings_find(s, port, name);
	const struct ptp_option *opt = row_of(s, name);
	struct ptp_value value = { 0 };

	if (set)
		return set->number;
	/* defaults are read like values, but some lie outside their range */
	if (opt && ptp_value_parse(opt, opt->fallback, &value) == PTP_OUT_OF_RANGE)
		return strtod(opt->fallback, NULL);
	return value.number;
}

const char *ptp_text(const struct ptp_settings *s, int port, const char *name)
{
	const struct ptp_setting *set = ptp_settings_find(s, port, name);
	const struct ptp_option *opt = row_of(s, name);

	if (set && set->text)
		return set->text;
	return opt ? opt->fallback : "";
}
