/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/gzip.h"

#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define OUT_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

static const struct inflate_engine *const engines[] = {
	&inflate_zlib,
#ifdef HAVE_ISAL
	&inflate_isal,
#endif
};

/* How the compressed bytes come and how much room there is: a time each. */
struct pace {
	size_t input_bytes, room_bytes;
};

static const struct pace at_once = { SIZE_MAX, 1 << 20 };

/* Runs to the end or to the failure; what came out is in `out` either way. */
static int inflate_all(struct gunzip *gunzip, struct slice input, struct pace pace,
		       struct buf *out, struct err *err)
{
	struct gunzip_step step = { .ended = false };

	while (!step.ended) {
		struct slice part = slice_first(input, pace.input_bytes);

		if (!buf_reserve(out, pace.room_bytes))
			return err_set(err, ERR_LIMIT, "too much came out");
		step = (struct gunzip_step){
			.input = part,
			.input_ends = part.len == input.len,
			.out = out->ptr + out->len,
			.room_bytes = pace.room_bytes,
		};
		if (gunzip_run(gunzip, &step, err) < 0)
			return -1;
		out->len += step.written;
		input = slice_skip(input, part.len - step.input.len);
	}
	return 0;
}

static int gunzip_all(const struct inflate_engine *engine, struct slice input,
		      struct pace pace, struct buf *out, struct err *err)
{
	struct gunzip *gunzip = gunzip_new(engine, OUT_LIMIT_BYTES);
	int rc;

	buf_clear(out);
	rc = inflate_all(gunzip, input, pace, out, err);
	gunzip_free(gunzip);
	return rc;
}

static void test_members(void)
{
	static const struct pace paces[] = {
		{ SIZE_MAX, 1 << 20 }, { 1, 1 << 20 }, { 1, 1 },
		{ SIZE_MAX, 1 },       { 3, 7 },
	};
	AUTO_BUF struct buf gzip = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	struct err err;

	fill_repeated(&text, SLICE("first member "), 300);
	gzip_append(&gzip, buf_slice(&text));
	gzip_append(&gzip, SLICE(""));
	gzip_append(&gzip, SLICE("third"));
	gzip_append(&gzip, SLICE(""));
	buf_append_text(&text, "third");
	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		check_row(engines[i]->name);
		for (size_t j = 0; j < COUNT_OF(paces); j++) {
			CHECK_OK(gunzip_all(engines[i], buf_slice(&gzip), paces[j], &out,
					    &err),
				 &err);
			CHECK_SLICE(buf_slice(&out), buf_slice(&text));
		}
	}
}

/* RFC 1952 with every optional part: FEXTRA, FNAME, FCOMMENT; a stored block. */
static void test_full_head(void)
{
	static const char bytes[] = "\x1f\x8b\x08\x1c\0\0\0\0\0\x03"
				    "\x02\0ab"
				    "name\0"
				    "comment\0"
				    "\x01\x02\0\xfd\xffhi"
				    "\xac\x2a\x93\xd8"
				    "\x02\0\0\0";
	struct slice input = slice_of(bytes, sizeof(bytes) - 1);
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	struct err err;

	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		check_row(engines[i]->name);
		CHECK_OK(gunzip_all(engines[i], input, at_once, &out, &err), &err);
		CHECK_SLICE(buf_slice(&out), SLICE("hi"));
		CHECK_OK(gunzip_all(engines[i], input, (struct pace){ 1, 1 }, &out, &err),
			 &err);
		CHECK_SLICE(buf_slice(&out), SLICE("hi"));
	}
}

/* Cut anywhere but between its members, and told where; what came before is right. */
static void test_truncated_at_every_byte(void)
{
	AUTO_BUF struct buf gzip = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf want = BUF_LIMIT(1000);
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	size_t border;
	struct err err;

	for (int i = 0; i < 60; i++)
		buf_append_format(&text, "line %d\n", i * 7919);
	gzip_append(&gzip, buf_slice(&text));
	border = gzip.len;
	gzip_append(&gzip, SLICE("tail"));
	buf_append_text(&text, "tail");
	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		check_row(engines[i]->name);
		for (size_t cut = 1; cut < gzip.len; cut++) {
			struct slice input = slice_first(buf_slice(&gzip), cut);
			int rc = gunzip_all(engines[i], input, at_once, &out, &err);

			CHECK_INT(rc, cut == border ? 0 : -1);
			CHECK(slice_starts_with(buf_slice(&text), buf_slice(&out)));
			buf_clear(&want);
			buf_append_format(&want,
					  "the gzip is truncated: it ends at byte %zu, "
					  "inside a member",
					  cut);
			if (rc < 0)
				CHECK_TEXT(err.text, buf_text(&want));
		}
	}
}

static void test_garbage_after_member(void)
{
	static const struct {
		const char *name;
		struct slice tail;
		const char *want;
	} rows[] = {
		{ "text",
		  { "tail", 4 },
		  "garbage follows the gzip member that ends at byte " },
		{ "zeros",
		  { "\0\0\0\0", 4 },
		  "garbage follows the gzip member that ends at byte " },
		{ "no gzip after 1f",
		  { "\x1ftail of no gzip", 16 },
		  "the gzip is damaged near byte " },
		{ "half a magic",
		  { "\x1f", 1 },
		  "the gzip is truncated: it ends at byte " },
	};
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	struct err err;

	for (size_t i = 0; i < COUNT_OF(rows) * COUNT_OF(engines); i++) {
		AUTO_BUF struct buf gzip = BUF_LIMIT(1000);
		size_t row = i % COUNT_OF(rows);

		check_row(rows[row].name);
		gzip_append(&gzip, SLICE("whole"));
		buf_append(&gzip, rows[row].tail);
		CHECK_INT(gunzip_all(engines[i / COUNT_OF(rows)], buf_slice(&gzip),
				     at_once, &out, &err),
			  -1);
		CHECK_SLICE(buf_slice(&out), SLICE("whole"));
		CHECK_SLICE(slice_first(slice_text(err.text), strlen(rows[row].want)),
			    slice_text(rows[row].want));
	}
}

/* A bit changed in each byte in turn: never a crash, and where no damage is told (in what
 * the head says, in the unused bits of the last byte) the text is right. */
static void test_every_byte_damaged(void)
{
	AUTO_BUF struct buf gzip = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	struct err err;

	for (int i = 0; i < 100; i++)
		buf_append_format(&text, "%d ", i * i);
	gzip_append(&gzip, buf_slice(&text));
	for (size_t i = 0; i < COUNT_OF(engines) * gzip.len; i++) {
		size_t at = i % gzip.len;

		check_row(engines[i / gzip.len]->name);
		gzip.ptr[at] ^= 0x40;
		if (gunzip_all(engines[i / gzip.len], buf_slice(&gzip), at_once, &out,
			       &err) == 0)
			CHECK_SLICE(buf_slice(&out), buf_slice(&text));
		gzip.ptr[at] ^= 0x40;
	}
}

static void test_bomb(void)
{
	AUTO_BUF struct buf gzip = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf zeros = BUF_LIMIT(OUT_LIMIT_BYTES);
	AUTO_BUF struct buf out = BUF_LIMIT(OUT_LIMIT_BYTES);
	static char nothing[1 << 20];
	struct err err;

	fill_repeated(&zeros, slice_of(nothing, sizeof(nothing)), 32);
	gzip_append(&gzip, buf_slice(&zeros));
	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		struct gunzip *gunzip = gunzip_new(engines[i], 1000000);

		check_row(engines[i]->name);
		buf_clear(&out);
		CHECK_INT(inflate_all(gunzip, buf_slice(&gzip),
				      (struct pace){ 4096, 65536 }, &out, &err),
			  -1);
		CHECK_TEXT(err.text, "the gzip inflates to more than 1000000 bytes");
		CHECK(out.len <= 1000000 + 65536);
		gunzip_free(gunzip);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "members", test_members },
		{ "full head", test_full_head },
		{ "truncated at every byte", test_truncated_at_every_byte },
		{ "garbage after a member", test_garbage_after_member },
		{ "every byte damaged", test_every_byte_damaged },
		{ "bomb", test_bomb },
		{ NULL, NULL },
	};

	return check_run("input/gzip", tests);
}
