/**
 * @file verdict.h
 * @brief The outcome of a diagnosis: healthy, a ranked list of causes, or unknown.
 *
 * A plain value. Pointers lead into the rule base, which outlives every
 * verdict; texts that depend on the case are inside.
 */
#ifndef PTPWARDEN_VERDICT_H
#define PTPWARDEN_VERDICT_H

#include <stdbool.h>
#include "base.h"
#include "policy.h"
#include "remedies.h"
#include "waitfor.h"

enum verdict_kind { VERDICT_HEALTHY, VERDICT_CAUSE, VERDICT_UNKNOWN };

enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_STRONG, CONFIDENCE_CERTAIN };

enum {
	VERDICT_CAUSES_MAX = 4,
	VERDICT_EVIDENCE_MAX = 6,
	VERDICT_ADVICE_MAX = 3,
	VERDICT_CHANGES_MAX = 6,
	VERDICT_REJECTED_MAX = 4,
};

/** A piece of evidence as it is shown. */
struct evidence {
	char name[48];
	char value[128];
	const char *source;	/**< static: "log", "exit", "probe", ... */
	msec_t age_ms;		/**< MSEC_NONE: not known */
};

struct verdict_cause {
	const char *id;		/**< dotted: "config.option_unknown" */
	const char *class;	/**< snake_case class of the taxonomy: "config_invalid" */
	char title[224];	/**< one sentence, filled with the real names */
	enum confidence confidence;
	const char *with;	/**< id of the cause that is needed together with this one, or NULL */
	unsigned explains, against, missing, advices;
	struct evidence explain[VERDICT_EVIDENCE_MAX];
	struct evidence contra[VERDICT_EVIDENCE_MAX];
	const char *miss[VERDICT_EVIDENCE_MAX];	/**< names of facts that would be expected but are unknown */
	char advice[VERDICT_ADVICE_MAX][200];	/**< most helpful first, filled with the real names */
	enum disposition action;
	struct waitfor wait;	/**< for DO_WAIT, also as `otherwise` */
	enum remedy remedy;	/**< for DO_REMEDY */
	enum disposition otherwise;	/**< DO_REMEDY: when it is forbidden or does not help */
};

/** Something that is not as it was in the last good run. */
struct change {
	char name[32];		/**< "config", "kernel", ... */
	char from[80], to[80];	/**< empty: was not there, is not there any more */
	msec_t age_ms;		/**< MSEC_NONE: not known */
};

/** A cause that looked likely and was ruled out. */
struct rejected {
	const char *id;
	char because[120];	/**< one clause */
};

/** Is there a good run to compare with? */
enum baseline { BASELINE_UNKNOWN, BASELINE_NONE, BASELINE_THERE };

struct verdict {
	enum verdict_kind kind;
	enum baseline baseline;
	msec_t good_age_ms;	/**< how long ago the last good run was confirmed, MSEC_NONE: not known */
	unsigned causes;
	struct verdict_cause cause[VERDICT_CAUSES_MAX];	/**< best explanation first */
	unsigned unexplained_n;
	struct evidence unexplained[VERDICT_EVIDENCE_MAX];
	unsigned rejected_n;
	struct rejected rejected[VERDICT_REJECTED_MAX];
	unsigned changed_n;
	struct change changed[VERDICT_CHANGES_MAX];	/**< most suspicious first */
	uint32_t signature[2];	/**< coarse and fine, see diagnose/signature.h; 0 when healthy */
	char next[200];		/**< the one next thing to measure; empty when none */
};

/** "retry", "wait", "alternate", "remedy", "restart_group", "escalate", "leave", "operator": the JSON action */
const char *disposition_name(enum disposition d);
/** "certain", "strong", "possible" */
const char *confidence_name(enum confidence c);
/** "healthy", "cause", "unknown" */
const char *verdict_kind_name(enum verdict_kind k);

#endif
