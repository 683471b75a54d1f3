/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a journal's place: one that is accepted must come back as the same place.
 * And the head of a journal file. Seeds: tests/fuzz/corpus/fuzz_journal_place/.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <stdlib.h>

#include "agent/follow/journal_place.h"
#include "agent/follow/journal_source.h"
#include "base/limits.h"
#include "input/journal_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether the text is read as a place; appends what is written of that. */
static bool rewrite(struct slice text, struct buf *written)
{
	struct journal_place place;
	struct err err;
	bool ok;

	journal_place_init(&place);
	ok = journal_place_read(&place, text, &err) == 0;
	if (ok)
		journal_place_write(&place, written);
	journal_place_release(&place);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf first = BUF_LIMIT(2 * LIMIT_JOURNAL_CURSOR_BYTES);
	AUTO_BUF struct buf second = BUF_LIMIT(2 * LIMIT_JOURNAL_CURSOR_BYTES);
	struct slice text = slice_of((const char *)data, size);
	struct journal_head head;
	struct err err;

	(void)journal_cursor_seqnum(text);
	if (journal_head_parse(text, size, "file", &head, &err) == 0 &&
	    head.claimed_bytes > size)
		abort();
	if (!rewrite(text, &first))
		return 0;
	if (!rewrite(buf_slice(&first), &second) ||
	    !slice_equal(buf_slice(&first), buf_slice(&second)))
		abort();
	return 0;
}
