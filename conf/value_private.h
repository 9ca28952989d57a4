/**
 * @file value_private.h
 * @brief Between value.c, valuetext.c and valueprint.c.
 */
#ifndef CONF_VALUE_PRIVATE_H
#define CONF_VALUE_PRIVATE_H

#include "value.h"

/** A text that is being read. */
struct scan {
	const char *text, *at;
	const struct value_rule *rule;
	struct value_fault *fault;
};

struct suffix {
	const char *name;
	int64_t factor;
};

enum { VALUE_TIMES = 4, VALUE_SIZES = 4, VALUE_OFFSETS = 4, VALUE_SCHEDULERS = 4 };

/* Largest first: the first that divides a value is used to print it. */
extern const struct suffix value_times[VALUE_TIMES];
extern const struct suffix value_sizes[VALUE_SIZES];
extern const struct suffix value_offsets[VALUE_OFFSETS];
/* By enum sched_policy. */
extern const char *const value_schedulers[VALUE_SCHEDULERS];

/** The fault is at `s->at`. @return -EINVAL */
int value_fail(struct scan *s, const char *text);

/* Checks of what is kept as text; on success `s->at` is at the end. */
int value_check_command(struct scan *s, struct value *unused);
int value_check_words(struct scan *s, struct value *unused);
int value_check_env(struct scan *s, struct value *unused);
int value_check_env_names(struct scan *s, struct value *unused);
int value_check_name(struct scan *s, struct value *unused);
int value_check_interface(struct scan *s, struct value *unused);
int value_check_user(struct scan *s, struct value *unused);
int value_check_path(struct scan *s, struct value *unused);

#endif
