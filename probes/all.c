/* Everything at once, for a command that may wait: slow questions still get a deadline. */
#include <stdlib.h>

#include "inchild.h"
#include "probe.h"

struct slow {
	const struct probe_in *in;
	const struct probe_sys *sys;
	struct probe_out *out;
};

static void ask_slowly(void *arg, int fd)
{
	struct slow *s = arg;

	probe_slow(s->in, s->sys, s->out);
	(void)probe_send(s->out, fd);
}

static bool slow_in_child(struct slow *s)
{
	char *buf = malloc(PROBE_WIRE_MAX);
	ssize_t n = buf ? inchild_ask(ask_slowly, s, buf, PROBE_WIRE_MAX, probe_slow_ms(s->out)) : -1;
	bool good = n >= 0 && probe_receive(s->out, buf, (size_t)n);

	free(buf);
	return good;
}

void probe_all(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out)
{
	struct slow slow = { .in = in, .sys = sys, .out = out };

	probe_out_init(out);
	probe_quick(in, sys, out);
	if (probe_slow_needed(in, out) && !slow_in_child(&slow))
		probe_timed_out(in, out);
	probe_learn(in->cache, sys, in, out);
}
