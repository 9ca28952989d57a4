/**
 * @file value.h
 * @brief Kinds of values: how each is written, checked and written back.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base.h"
#include "err.h"

enum value_kind {
	/* numbers: parsed into n[0] and, for pairs, n[1] */
	VALUE_BOOL,
	VALUE_NUMBER,		/**< n[1] is 1: given */
	VALUE_TIME,		/**< "250ms", "5s", "2m", "1h": milliseconds */
	VALUE_SIZE,		/**< "4096", "64K", "1M": bytes */
	VALUE_CHOICE,		/**< index of the word in `choices` */
	VALUE_SET,		/**< names from `choices`, a bit each; the first name stands for no bit */
	VALUE_SIGNAL,		/**< "TERM", "SIGTERM", "15" */
	VALUE_MODE,		/**< octal */
	VALUE_RATE,		/**< "5 in 60s": how many, milliseconds; "off": 0, 0 */
	VALUE_OFFSET,		/**< "10us for 10": nanoseconds, samples; "off": 0, 0 */
	VALUE_LOSS,		/**< "holdover 4h": milliseconds; "stop": 0 */
	VALUE_FILES,		/**< "256K x 4": bytes, how many */
	VALUE_SCHEDULER,	/**< "rr 10", "fifo 10", "other": enum sched_policy, priority */
	VALUE_CPUS,		/**< "0,2-3": mask; n[1] is 1: given */
	VALUE_LIMIT,		/**< a size or count, "unlimited": -1 */
	/* texts: only checked */
	VALUE_COMMAND,		/**< words, at least one */
	VALUE_WORDS,
	VALUE_ENV,		/**< NAME=VALUE words */
	VALUE_ENV_NAMES,	/**< NAME words, never LD_* */
	VALUE_NAME,		/**< of a unit or an alternate */
	VALUE_INTERFACE,
	VALUE_USER,		/**< name or number of a user or group */
	VALUE_PATH,		/**< absolute; at most `max` bytes */
	VALUE_KINDS
};

/** A kind with its bounds: what one option accepts. */
struct value_rule {
	enum value_kind kind;
	int64_t min, max;	/**< of n[0]; both 0: only what the kind itself demands */
	const char *const *choices;	/**< VALUE_CHOICE, VALUE_SET: words, NULL-terminated */
};

struct value {
	int64_t n[2];
};

/** What is wrong with a text. Zeroed by value_parse(). */
struct value_fault {
	unsigned offset;	/**< byte of the text, from 0 */
	struct err err;
	char nearest[64];	/**< the word that was probably meant, or empty */
};

/** @return 0, or -EINVAL with `fault` filled; `out` untouched then, and for texts always */
int value_parse(const struct value_rule *rule, const char *text, struct value *out,
		struct value_fault *fault);

/** Is it kept as text? */
int value_is_text(const struct value_rule *rule);

/** Write a parsed value the way a user would; value_parse() reads it back. Not for texts. */
void value_format(const struct value_rule *rule, const struct value *v, char *out, size_t size);

/** One clause for messages and the reference: "a time such as 250ms, 5s or 1h, from 1s to 1h". */
void value_accepted(const struct value_rule *rule, char *out, size_t size);

/** Syntax of names of units and alternates, which are also file names. */
int value_name_ok(const char *name);

/** Syntax of interface names as the kernel has it. */
int value_interface_ok(const char *name);

#endif
