/**
 * @file finding.h
 * @brief What a probe found before a start.
 */
#ifndef PTPWARDEN_FINDING_H
#define PTPWARDEN_FINDING_H

#include "base.h"
#include "waitfor.h"

enum finding_state {
	FINDING_PASS,
	FINDING_WARN,	 /**< will start, but something is odd */
	FINDING_UNKNOWN, /**< could not look; never blocks a start */
	FINDING_BLOCK,	 /**< this alternate cannot work now */
	FINDING_STATES
};

/**
 * One answer of one probe. A plain value without pointers into the heap: it
 * is sent through pipes between processes of the same program image.
 */
struct finding {
	const char *id;	/**< dotted, stable, static storage: "binary.library" */
	enum finding_state state;
	char subject[96];	/**< what was looked at: interface, path, node */
	char detail[200];	/**< what was seen, one clause */
	char advice[200];	/**< one imperative sentence; empty when passed */
	struct waitfor clears;	/**< for BLOCK: the change that could clear it */
};

enum { FINDINGS_MAX = 64 };

struct findings {
	unsigned n;
	unsigned dropped;	/**< did not fit; counted, never silent */
	struct finding at[FINDINGS_MAX];
	struct finding spare;	/**< what a full table hands out */
};

/**
 * Append a finding and return it, so that advice and the clearing event can be
 * set on it. Never NULL: when full, `dropped` grows and a scratch entry comes
 * back, but a BLOCK takes the place of a PASS.
 */
struct finding *findings_add(struct findings *f, const char *id, enum finding_state state,
			     const char *subject, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** The worst state among the findings; PASS when there are none. */
enum finding_state findings_worst(const struct findings *f);

/** The first BLOCK, or NULL. */
const struct finding *findings_block(const struct findings *f);

/** "pass", "warn", "unknown", "block" */
const char *finding_state_name(enum finding_state state);

#endif
