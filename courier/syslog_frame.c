/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/syslog_frame.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/time.h"

#define FACILITY 13
#define HOST_BYTES_MAX 255
#define MSGID_BYTES_MAX 32

/* The head of one message, without its text: all but the key is short. */
#define HEAD_BYTES_MAX ((size_t)16 * 1024)

/* A word of the head: visible ASCII, "-" for none (section 6). */
static void put_word(struct buf *buf, struct slice word, size_t most)
{
	word = slice_first(word, most);
	if (word.len == 0)
		buf_append_byte(buf, '-');
	for (size_t i = 0; i < word.len; i++) {
		char byte = word.ptr[i];

		buf_append_byte(buf, byte > ' ' && byte <= '~' ? byte : '?');
	}
}

/* A value of structured data (section 6.3.3). */
static void put_value(struct buf *buf, struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		char byte = value.ptr[i];

		if (byte == '"' || byte == '\\' || byte == ']')
			buf_append_byte(buf, '\\');
		buf_append_byte(buf, byte >= ' ' && byte <= '~' ? byte : '?');
	}
}

static bool is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static bool is_utf8(struct slice text)
{
	while (text.len) {
		uint32_t code_point;
		size_t taken = utf8_take(text, &code_point);

		if (taken == 0)
			return false;
		text = slice_skip(text, taken);
	}
	return true;
}

static void put_head(struct buf *buf, const struct deliver_record *record,
		     struct slice host)
{
	char time[TIME_TEXT_BYTES];

	buf_append_format(buf, "<%" PRIu64 ">1 %s ",
			  UINT64_C(8) * FACILITY + record->severity,
			  time_to_rfc3339(record->told_at, time));
	put_word(buf, host, HOST_BYTES_MAX);
	buf_append_text(buf, " countersign - ");
	put_word(buf, record->stream, MSGID_BYTES_MAX);
	buf_append_text(buf, " [countersign@32473 key=\"");
	put_value(buf, record->key);
	buf_append_format(buf, "\" number=\"%" PRIu64 "\"] ", record->number);
	if (!is_plain(record->bytes) && is_utf8(record->bytes))
		buf_append_text(buf, "\xef\xbb\xbf");
}

bool syslog_frame_append(struct buf *buf, const struct deliver_record *record,
			 struct slice host, enum syslog_framing framing)
{
	AUTO_BUF struct buf head = BUF_LIMIT(HEAD_BYTES_MAX);

	put_head(&head, record, host);
	if (buf_overflowed(&head))
		return false;
	if (framing == SYSLOG_COUNTED)
		buf_append_format(buf, "%zu ", head.len + record->bytes.len);
	buf_append(buf, buf_slice(&head));
	buf_append(buf, record->bytes);
	if (framing == SYSLOG_LINE)
		buf_append_byte(buf, '\n');
	return !buf_overflowed(buf);
}
