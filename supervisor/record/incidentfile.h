/**
 * @file incidentfile.h
 * @brief NUMBER.incident: all that is kept of one incident, readable without the supervisor.
 *
 * In the form of blob.h: the entry of the list, then four texts, each
 * terminated: the cause in one sentence, the explanation for people, the
 * course as a JSON array, the diagnosis as `why --json` printed it.
 */
#ifndef PTPWARDEN_INCIDENTFILE_H
#define PTPWARDEN_INCIDENTFILE_H

#include "blob.h"
#include "incidents.h"

enum { INCIDENT_TEXTS_MAX = 30 * 1024,
       INCIDENT_FILE_MAX = BLOB_HEAD + INCIDENT_ENTRY_BYTES + INCIDENT_TEXTS_MAX };

struct incident_texts {
	const char *title, *text, *course, *diagnosis;
};

/** "17.incident" */
void incident_file_name(char out[DISK_NAME_MAX], uint32_t number);
/** The number in such a name, 0: it is none. */
uint32_t incident_file_number(const char *name);

/** The file's bytes; `out` holds INCIDENT_FILE_MAX. 0: the texts are too long. */
size_t incident_file_encode(const struct kept_incident *i, const struct incident_texts *t,
			    uint8_t *out);

/** The texts lie in `bytes`. False: not sound. */
bool incident_file_decode(const uint8_t *bytes, size_t len, uint32_t number,
			  struct kept_incident *i, struct incident_texts *t);

/** The list that was saved, or one made from the files, or an empty one. Reads the disk. */
void incidents_load(struct incidents *s, struct disk *d, const void *list, size_t len);

#endif
