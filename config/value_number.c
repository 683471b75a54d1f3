/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that are numbers: durations, sizes, times.
 */
#include <inttypes.h>

#include "base/time.h"
#include "config/value.h"
#include "config/value_type.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOT_SET ((us_span)-1)

static const struct {
	const char *name;
	int64_t size;
} span_units[] = {
	{ "d", US_PER_DAY },
	{ "h", US_PER_HOUR },
	{ "min", US_PER_MINUTE },
	{ "s", US_PER_SECOND },
	{ "ms", 1000 },
	{ "us", 1 },
}, byte_units[] = {
	{ "GiB", INT64_C(1) << 30 },
	{ "MiB", INT64_C(1) << 20 },
	{ "KiB", INT64_C(1) << 10 },
};

/* In the largest unit of which it is so many: "90min", never "1h 30min" cut to "1h". */
static void append_span(int64_t span, struct buf *buf)
{
	size_t i = 0;

	while (span_units[i].size > 1 && (span % span_units[i].size || span == 0))
		i++;
	if (span == 0)
		buf_append_text(buf, "0s");
	else
		buf_append_format(buf, "%" PRId64 "%s", span / span_units[i].size,
				  span_units[i].name);
}

/* In the largest unit of which it is so many, else in the smallest. */
static void append_bytes(uint64_t bytes, struct buf *buf)
{
	size_t i = 0;

	while (i + 1 < COUNT_OF(byte_units) && bytes % (uint64_t)byte_units[i].size)
		i++;
	buf_append_format(buf, "%" PRIu64 "%s", bytes / (uint64_t)byte_units[i].size,
			  byte_units[i].name);
}

void value_write_number(const struct setting *setting, int64_t number, struct buf *buf)
{
	if (setting->type == TYPE_BYTES)
		append_bytes((uint64_t)number, buf);
	else if (setting->type == TYPE_COUNT)
		buf_append_format(buf, "%" PRId64, number);
	else
		append_span(number, buf);
}

static int check_range(const struct setting *setting, int64_t number, struct err *err)
{
	struct buf least = BUF_LIMIT(64), most = BUF_LIMIT(64);

	if (number >= setting->least && number <= setting->most)
		return 0;
	value_write_number(setting, setting->least, &least);
	value_write_number(setting, setting->most, &most);
	err_set(err, ERR_FORMAT, "allowed is %s to %s", buf_text(&least),
		buf_text(&most));
	buf_release(&least);
	buf_release(&most);
	return -1;
}

static int read_span(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	uint64_t number;
	us_span span;

	if (slice_number(text, UINT64_MAX, &number))
		return err_set(err, ERR_FORMAT,
			       "a duration needs its unit: us, ms, s, min, h, d or w");
	if (!span_from_text(text, &span))
		return err_set(err, ERR_FORMAT,
			       "not a duration as '20min' or '1h 30min': units are us, "
			       "ms, s, min, h, d and w");
	if (check_range(setting, span, err) < 0)
		return -1;
	*(us_span *)field = span;
	return 0;
}

static void write_span(const struct setting *setting, const void *field, struct buf *buf)
{
	us_span span = *(const us_span *)field;

	(void)setting;
	if (span != NOT_SET)
		append_span(span, buf);
}

static void unset_span(void *field)
{
	*(us_span *)field = NOT_SET;
}

static int read_span_or_no(const struct setting *setting, struct slice text, void *field,
			   struct err *err)
{
	size_t index;

	if (!setting_has_word(setting->words, text, &index))
		return read_span(setting, text, field, err);
	unset_span(field);
	return 0;
}

static void write_span_or_no(const struct setting *setting, const void *field,
			     struct buf *buf)
{
	if (*(const us_span *)field == NOT_SET)
		buf_append_text(buf, setting->words);
	else
		write_span(setting, field, buf);
}

static int read_bytes(const struct setting *setting, struct slice text, void *field,
		      struct err *err)
{
	struct slice rest = text;
	uint64_t number;

	if (!slice_take_number(&rest, UINT32_MAX, &number))
		return err_set(err, ERR_FORMAT, "not a size as '64MiB'");
	rest = slice_trim(rest);
	for (size_t i = 0; i < COUNT_OF(byte_units); i++) {
		if (!slice_equal(rest, slice_text(byte_units[i].name)))
			continue;
		if (check_range(setting, (int64_t)number * byte_units[i].size, err) < 0)
			return -1;
		*(uint64_t *)field = number * (uint64_t)byte_units[i].size;
		return 0;
	}
	return err_set(err, ERR_FORMAT, "a size needs its unit: KiB, MiB or GiB");
}

static void write_bytes(const struct setting *setting, const void *field, struct buf *buf)
{
	(void)setting;
	append_bytes(*(const uint64_t *)field, buf);
}

static int read_count(const struct setting *setting, struct slice text, void *field,
		      struct err *err)
{
	uint64_t number;

	if (!slice_number(text, INT64_MAX, &number))
		return err_set(err, ERR_FORMAT, "not a number");
	if (check_range(setting, (int64_t)number, err) < 0)
		return -1;
	*(uint64_t *)field = number;
	return 0;
}

static void write_count(const struct setting *setting, const void *field, struct buf *buf)
{
	(void)setting;
	buf_append_format(buf, "%" PRIu64, *(const uint64_t *)field);
}

static int read_time(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	(void)setting;
	if (!time_from_rfc3339(text, field))
		return err_set(err, ERR_FORMAT, "not a time as 2026-01-28T09:58:02Z");
	return 0;
}

static void write_time(const struct setting *setting, const void *field, struct buf *buf)
{
	us_time time = *(const us_time *)field;
	char text[TIME_TEXT_BYTES];

	(void)setting;
	if (time != US_TIME_NONE)
		buf_append_text(buf, time_to_rfc3339(time, text));
}

static void unset_time(void *field)
{
	*(us_time *)field = US_TIME_NONE;
}

const struct value_type value_type_span = {
	.takes = "duration",
	.read = read_span,
	.write = write_span,
	.unset = unset_span,
};
const struct value_type value_type_span_or_no = {
	.takes = "duration",
	.read = read_span_or_no,
	.write = write_span_or_no,
	.unset = unset_span,
};
const struct value_type value_type_bytes = {
	.takes = "size",
	.read = read_bytes,
	.write = write_bytes,
};
const struct value_type value_type_count = {
	.takes = "number",
	.read = read_count,
	.write = write_count,
};
const struct value_type value_type_time = {
	.takes = "time (RFC 3339)",
	.read = read_time,
	.write = write_time,
	.unset = unset_time,
};
