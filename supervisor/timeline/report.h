/**
 * @file report.h
 * @brief One incident for somebody who was not there: verdict, what was new, course, pictures, log.
 *
 * Made of the incident's file and of the recording around it, without the
 * supervisor, also from the folder of a dead box.
 */
#ifndef PTPWARDEN_TIMELINE_REPORT_H
#define PTPWARDEN_TIMELINE_REPORT_H

#include <stdio.h>

#include "lanes.h"
#include "redact.h"
#include "supervisor/record/incidentfile.h"

enum report_form { REPORT_TEXT, REPORT_HTML, REPORT_JSON };

struct report {
	struct kept_incident incident;
	struct incident_texts texts;	/* in `bytes` */
	uint8_t *bytes;
	struct reel reel;		/**< n is 0 when there is no recording */
	struct stretch stretch;		/**< of the recording: a minute before to the end of the incident */
	struct redact redact;
	char host[65];
};

/**
 * @param folder the state_dir
 * @param ring the recording; one that cannot be read is no error, the report goes without
 * @param number of the incident, 0: the newest
 * @return 0; -ENOENT: there is no such incident; -errno, with a sentence in err
 */
int report_open(struct report *r, const char *folder, const char *ring, uint32_t number,
		struct err *err);
void report_close(struct report *r);

/** From here on replace what tells where it comes from. */
void report_redact(struct report *r);

/** 0, or -EIO when `out` took not all of it. */
int report_print(struct report *r, enum report_form form, FILE *out);

#endif
