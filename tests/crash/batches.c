/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tests/crash/batches.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define EXIT_WRONG 2

void wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("WRONG: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	_exit(EXIT_WRONG);
}

struct expected {
	uint64_t batch, index;
};

static bool take_event(void *ctx, us_time fed_at, struct slice code)
{
	struct expected *expected = ctx;
	uint64_t batch, index;

	(void)fed_at;
	if (!slice_take_number(&code, UINT64_MAX, &batch) ||
	    !slice_take_prefix(&code, SLICE("/")) ||
	    !slice_number(code, UINT64_MAX, &index))
		wrong("an event that nobody put");
	if (batch != expected->batch || index != expected->index)
		wrong("event %" PRIu64 "/%" PRIu64 " where %" PRIu64 "/%" PRIu64
		      " should be",
		      batch, index, expected->batch, expected->index);
	if (++expected->index > batch % 4)
		*expected = (struct expected){ batch + 1, 0 };
	return true;
}

uint64_t batches_check(struct store *store)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	AUTO_BUF struct buf got = BUF_LIMIT(64);
	struct expected expected = { 1, 0 };
	struct store_counts counts;
	uint64_t last;
	struct err err;

	if (store_each_event(store, take_event, &expected, &err) < 0)
		wrong("%s", err.text);
	if (expected.index != 0)
		wrong("half of batch %" PRIu64, expected.batch);
	last = expected.batch - 1;
	if (store_count(store, &counts, &err) < 0)
		wrong("%s", err.text);
	if (counts.logins != last || counts.texts != last)
		wrong("%" PRIu64 " logins and %" PRIu64 " texts of %" PRIu64 " batches",
		      counts.logins, counts.texts, last);
	buf_append_format(&value, "%" PRIu64, last);
	if (store_get_value(store, "batch", &got) != (last > 0) ||
	    (last > 0 && !slice_equal(buf_slice(&got), buf_slice(&value))))
		wrong("the value is %s after batch %s", buf_text(&got), buf_text(&value));
	return last;
}

void batches_put(struct store *store, uint64_t number)
{
	AUTO_BUF struct buf text = BUF_LIMIT(65536);
	struct store_login login = { .happened_at = (us_time)number,
				     .changed_at = (us_time)number,
				     .json = SLICE("{}") };
	struct store_text line = { .line = SLICE("a line") };

	memcpy(login.id.bytes, &number, sizeof(number));
	store_put_login(store, &login);
	line.reference = store_next_reference(store);
	store_put_text(store, &line);
	for (uint64_t i = 0; i <= number % 4; i++) {
		buf_clear(&text);
		buf_append_format(&text, "%" PRIu64 "/%" PRIu64, number, i);
		store_put_event(store, (us_time)number, buf_slice(&text),
				number % 2 ? buf_slice(&text) : slice_of("", 0));
	}
	buf_clear(&text);
	buf_append_format(&text, "%" PRIu64, number);
	store_put_value(store, "batch", buf_slice(&text));
	buf_clear(&text);
	buf_append_format(&text, "{\"number\":%" PRIu64 ",\"pad\":\"%0*d\"}", number,
			  (int)(number * 37 % 3000), 0);
	store_put_delivery(
		store, "alerts",
		&(struct store_delivery){ .number = number, .bytes = buf_slice(&text) });
}
