/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tests/alert/made_record.h"

/* The second is too small for many records, so that they are cut or not written. */
static const size_t ceilings[] = { LIMIT_OUTPUT_LINE_BYTES, 6000 };

static void check_json(struct slice line)
{
	AUTO_JSON json_t *json = NULL;
	struct err err;

	if (json_read(line, &json, &err) < 0)
		abort();
}

/* One line of printable text, and where it is JSON, one value; or nothing at all. */
static void check(const struct buf *buf, size_t ceiling,
		  const struct alert_format *format, enum alert_stream stream)
{
	if (buf->len > ceiling || (buf_overflowed(buf) && buf->len))
		abort();
	if (!(format->streams & 1u << stream) && buf->len)
		abort();
	for (size_t i = 0; i < buf->len; i++) {
		unsigned char byte = (unsigned char)buf->ptr[i];

		if (byte < ' ' || byte == 0x7f)
			abort();
	}
	if (buf->len && strcmp(format->content_type, "application/json") == 0)
		check_json(buf_slice(buf));
}

/* Whatever a record says, every format writes one sound line of it or nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct made_record made;

	made_record_init(&made, slice_of((const char *)data, size));
	for (size_t i = 0; alert_formats[i]; i++) {
		for (size_t k = 0; k < 2; k++) {
			struct buf buf = BUF_LIMIT(ceilings[k]);

			alert_format_append(alert_formats[i], &buf, &made.record);
			check(&buf, ceilings[k], alert_formats[i], made.record.stream);
			buf_release(&buf);
		}
	}
	made_record_release(&made);
	return 0;
}
