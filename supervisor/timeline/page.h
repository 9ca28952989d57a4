/**
 * @file page.h
 * @brief What the full-screen timeline shows, drawn into a text: no terminal is touched.
 *
 * Plain ANSI that any VT100 or serial console knows: cursor home, erase to
 * the end of the line, reverse. Columns are counted in characters.
 */
#ifndef PTPWARDEN_TIMELINE_PAGE_H
#define PTPWARDEN_TIMELINE_PAGE_H

#include "cursor.h"
#include "panel.h"

enum { PAGE_ROWS_MIN = 16, PAGE_COLUMNS_MIN = 60, PAGE_COLUMNS_MAX = 240, PAGE_BYTES = 96 * 1024 };

enum page_view { PAGE_EVENTS, PAGE_FACTS, PAGE_HELP };

struct page {
	struct cursor cursor;
	struct panel panel;
	const char *title;		/**< what is read, borrowed */
	unsigned rows, columns;
	enum page_view view;
	bool diff;			/**< right: what differs from the last good moment */
	unsigned chosen;		/**< line of the panel */
	unsigned scroll;		/**< first line of the facts */
	bool typing;			/**< the search text is being typed */
	char search[64];
	char message[160];		/**< answer to the last key */
	bool quit, reread;
};

void page_start(struct page *p, const struct reel *reel, const char *title);

/** Draw all of it into a text of PAGE_BYTES. */
void page_draw(struct page *p, struct text *out);

/** Keys that are more than one byte. */
enum page_key { KEY_UP = 0x100, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END, KEY_BACKTAB };

/** Do what a key asks for: an ASCII byte or an enum page_key. */
void page_key(struct page *p, int key);

#endif
