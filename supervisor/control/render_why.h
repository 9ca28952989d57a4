/**
 * @file render_why.h
 * @brief The answer of `why`: an incident as text for 80 columns or as JSON.
 */
#ifndef PTPWARDEN_CONTROL_RENDER_WHY_H
#define PTPWARDEN_CONTROL_RENDER_WHY_H

#include "finding.h"
#include "incident.h"
#include "text.h"
#include "view.h"

/** What `why` is about. */
struct why {
	const struct unit_view *view;
	const struct incident *incident;	/**< newest one of that unit, NULL: none */
	const struct findings *standing;	/**< may be NULL */
	msec_t now;
	bool facts;		/**< everything that was known, not only what counted */
};

void why_text(const struct why *w, struct text *t);

/** The explanation of an incident that is kept: nothing of what is so now. */
void why_past(const struct why *w, struct text *t);

/** "ptpwarden.diagnosis/1", with a newline at the end. */
void why_json(const struct why *w, struct text *t);

/** A list of diagnose/factlist.h for people; the ages are left out where `now` is MSEC_NONE. */
void why_facts(const char *list, msec_t now, struct text *t);

/** 0 nothing wrong, 1 on an alternate that nobody chose, 2 a cause, 3 unknown. */
int why_rc(const struct why *w);

#endif
