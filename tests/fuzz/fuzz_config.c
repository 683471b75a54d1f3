/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration: what is sound prints as something that is sound, and whose print is
 * the same again, but for the comments. Seeds: tests/fuzz/corpus/fuzz_config/.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void without_comments(struct slice text, struct buf *buf)
{
	struct slice line;

	while (slice_take_until(&text, '\n', &line)) {
		if (line.len && line.ptr[0] == '#')
			continue;
		buf_append(buf, line);
		buf_append_byte(buf, '\n');
	}
}

/* False when the text is no sound configuration. */
static bool print(struct slice text, struct buf *printed)
{
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err;

	if (config_read_text(text, "f", &config, &err) < 0)
		return false;
	config_print(&config, printed);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf first = BUF_LIMIT(1 << 26), second = BUF_LIMIT(1 << 26);
	AUTO_BUF struct buf plain = BUF_LIMIT(1 << 26), again = BUF_LIMIT(1 << 26);

	if (!print(slice_of((const char *)data, size), &first))
		return 0;
	if (!print(buf_slice(&first), &second))
		abort();
	without_comments(buf_slice(&first), &plain);
	without_comments(buf_slice(&second), &again);
	if (!slice_equal(buf_slice(&plain), buf_slice(&again)))
		abort();
	return 0;
}
