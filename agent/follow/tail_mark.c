/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: statx() is Linux's */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_mark.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "base/digest.h"
#include "base/limits.h"

/* tail1 f:DEVICE:INODE:GENERATION:BORN:OFFSET:SEEN:MTIME:HEAD_LEN:HEAD:PROOF_LEN:PROOF
 * and a blank and the same for each file before it; or "tail1 start". Numbers are
 * decimal, hashes hexadecimal, '-' for a hash of nothing and for no time; 'f' is a file
 * followed, 'd' one done with, 'l' one lost. */
#define CURSOR_VERSION SLICE("tail1 ")
#define START SLICE("start")

int tail_identify(int fd, const struct stat *status, struct tail_identity *ret_identity)
{
	struct tail_identity identity = {
		.device = (uint64_t)status->st_dev,
		.inode = (uint64_t)status->st_ino,
	};
	struct statx more;
	/* The kernel writes an int, though the request's number says long. */
	union {
		long as_long;
		int as_int;
	} generation = { 0 };

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &more) < 0)
		return -1;
	if ((more.stx_mask & STATX_BTIME) && more.stx_btime.tv_sec > 0)
		identity.born_ns = (uint64_t)more.stx_btime.tv_sec * 1000000000U +
				   more.stx_btime.tv_nsec;
	if (ioctl(fd, FS_IOC_GETVERSION, &generation) == 0)
		identity.generation = (uint32_t)generation.as_int;
	*ret_identity = identity;
	return 0;
}

bool tail_identity_same(const struct tail_identity *a, const struct tail_identity *b)
{
	bool born_known = a->born_ns != 0 && b->born_ns != 0;

	if (a->inode != b->inode)
		return false;
	if (a->generation != 0 && b->generation != 0 && a->generation != b->generation)
		return false;
	if (born_known && a->born_ns != b->born_ns)
		return false;
	return a->device == b->device || born_known;
}

void tail_hash(struct slice bytes, uint8_t ret_hash[TAIL_HASH_BYTES])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	sha256_init(&sha256);
	sha256_add(&sha256, bytes);
	sha256_finish(&sha256, digest);
	memcpy(ret_hash, digest, TAIL_HASH_BYTES);
}

us_time tail_time(struct timespec stamp)
{
	us_time time;

	if (__builtin_mul_overflow((us_time)stamp.tv_sec, US_PER_SECOND, &time) ||
	    time < US_TIME_MIN || time > US_TIME_MAX - US_PER_SECOND)
		return US_TIME_NONE;
	return time + stamp.tv_nsec / 1000;
}

static void append_hash(size_t len, const uint8_t *hash, struct buf *buf)
{
	char text[2 * TAIL_HASH_BYTES + 1] = "-";

	if (len > 0)
		hex_from_bytes(hash, TAIL_HASH_BYTES, text);
	buf_append_format(buf, ":%zu:%s", len, text);
}

static void append_mark(const struct tail_mark *mark, struct buf *buf)
{
	const struct tail_identity *identity = &mark->identity;

	buf_append_format(buf,
			  "%c:%" PRIu64 ":%" PRIu64 ":%" PRIu32 ":%" PRIu64 ":%" PRIu64
			  ":%" PRIu64 ":",
			  mark->is_lost	      ? 'l'
			  : mark->is_finished ? 'd'
					      : 'f',
			  identity->device, identity->inode, identity->generation,
			  identity->born_ns, mark->offset, mark->seen_bytes);
	if (mark->changed_at == US_TIME_NONE)
		buf_append_byte(buf, '-');
	else
		buf_append_format(buf, "%" PRId64, mark->changed_at);
	append_hash(mark->head_len, mark->head, buf);
	append_hash(mark->proof_len, mark->proof, buf);
}

void tail_position_append(const struct tail_position *position, struct buf *buf)
{
	buf_append(buf, CURSOR_VERSION);
	if (position->is_start) {
		buf_append(buf, START);
		return;
	}
	append_mark(&position->current, buf);
	for (size_t i = 0; i < position->before_count; i++) {
		buf_append_byte(buf, ' ');
		append_mark(&position->before[i], buf);
	}
}

/* A number as it is written: no zeros in front. */
static bool take_number(struct slice *text, uint64_t max, uint64_t *ret_number)
{
	bool is_zero = text->len > 0 && text->ptr[0] == '0';
	size_t before = text->len;

	return slice_take_number(text, max, ret_number) &&
	       (!is_zero || before - text->len == 1);
}

static bool take_field(struct slice *text, uint64_t max, uint64_t *ret_number)
{
	return take_number(text, max, ret_number) && slice_take_prefix(text, SLICE(":"));
}

static bool take_time(struct slice *text, us_time *ret_time)
{
	uint64_t number;

	if (slice_take_prefix(text, SLICE("-:"))) {
		*ret_time = US_TIME_NONE;
		return true;
	}
	if (!take_field(text, (uint64_t)US_TIME_MAX, &number))
		return false;
	*ret_time = (us_time)number;
	return true;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool take_hash(struct slice *text, uint64_t max_len, size_t *ret_len,
		      uint8_t ret_hash[TAIL_HASH_BYTES])
{
	uint64_t len;

	if (!take_field(text, max_len, &len))
		return false;
	*ret_len = (size_t)len;
	memset(ret_hash, 0, TAIL_HASH_BYTES);
	if (len == 0)
		return slice_take_prefix(text, SLICE("-"));
	if (text->len < (size_t)2 * TAIL_HASH_BYTES)
		return false;
	for (size_t i = 0; i < TAIL_HASH_BYTES; i++) {
		int high = hex_digit(text->ptr[2 * i]);
		int low = hex_digit(text->ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret_hash[i] = (uint8_t)(high * 16 + low);
	}
	*text = slice_skip(*text, (size_t)2 * TAIL_HASH_BYTES);
	return true;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool take_mark(struct slice *text, struct tail_mark *ret_mark)
{
	struct tail_mark mark = { .is_lost = slice_take_prefix(text, SLICE("l:")) };
	struct tail_identity *identity = &mark.identity;
	uint64_t generation;

	mark.is_finished = mark.is_lost || slice_take_prefix(text, SLICE("d:"));
	if (!mark.is_finished && !slice_take_prefix(text, SLICE("f:")))
		return false;
	if (!take_field(text, UINT64_MAX, &identity->device) ||
	    !take_field(text, UINT64_MAX, &identity->inode) ||
	    !take_field(text, UINT32_MAX, &generation) ||
	    !take_field(text, UINT64_MAX, &identity->born_ns) ||
	    !take_field(text, INT64_MAX, &mark.offset) ||
	    !take_field(text, INT64_MAX, &mark.seen_bytes) ||
	    !take_time(text, &mark.changed_at))
		return false;
	identity->generation = (uint32_t)generation;
	if (!take_hash(text, TAIL_HEAD_BYTES, &mark.head_len, mark.head) ||
	    !slice_take_prefix(text, SLICE(":")) ||
	    !take_hash(text, smaller(mark.offset, TAIL_PROOF_BYTES), &mark.proof_len,
		       mark.proof))
		return false;
	*ret_mark = mark;
	return true;
}

bool tail_position_parse(struct slice text, struct tail_position *ret_position)
{
	struct tail_position position = { .is_start = false };

	if (text.len > LIMIT_TAIL_CURSOR_BYTES ||
	    !slice_take_prefix(&text, CURSOR_VERSION))
		return false;
	if (slice_equal(text, START)) {
		position.is_start = true;
		*ret_position = position;
		return true;
	}
	if (!take_mark(&text, &position.current))
		return false;
	while (text.len > 0) {
		if (position.before_count == TAIL_HELD_FILES ||
		    !slice_take_prefix(&text, SLICE(" ")) ||
		    !take_mark(&text, &position.before[position.before_count]))
			return false;
		position.before_count++;
	}
	*ret_position = position;
	return true;
}
