/*
 * How long do the questions before a start take in process? Prints one line:
 * the first full preflight of a unit, then the median and the 99th percentile
 * of a full one and of that on the restart path, all in microseconds.
 * usage: preflight PTPWARDEN.CONF [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "conf/load.h"
#include "conf/planmake.h"
#include "probes/probe.h"

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median and 99th percentile. */
static void measure(struct probe_in *in, struct probe_out *out, double *took, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		double begun = now_us();

		probe_out_init(out);
		probe_quick(in, &probe_sys_real, out);
		took[i] = now_us() - begun;
	}
	qsort(took, (size_t)rounds, sizeof(*took), ascending);
	printf(" %.0f %.0f", took[rounds / 2], took[rounds * 99 / 100]);
}

int main(int argc, char **argv)
{
	static struct conf_errors errors;
	static struct probe_out out;
	int rounds = argc > 2 ? atoi(argv[2]) : 500;
	double *took = calloc((size_t)rounds, sizeof(*took)), begun;
	struct plan *plan = NULL;
	struct probe_in in;

	if (argc < 2 || !took || conf_load(argv[1], &plan, &errors) < 0) {
		conf_errors_print(&errors, stderr);
		return 1;
	}
	in = (struct probe_in){ .plan = plan, .unit = &plan->unit[0], .full = true,
				.run = &plan->unit[0].runs[0], .cache = probe_cache_new(),
				.child_caps = probe_child_caps() };
	begun = now_us();
	probe_all(&in, &probe_sys_real, &out);	/* learns the version */
	printf("%.0f", now_us() - begun);
	in.version = out.learned.version;
	measure(&in, &out, took, rounds);
	in.full = false;
	measure(&in, &out, took, rounds);
	printf("\n");
	probe_cache_free(in.cache);
	plan_free(plan);
	free(took);
	return 0;
}
