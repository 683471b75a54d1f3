/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_place.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

#define FIRST_WORD SLICE("journal1 ")
#define ID_DIGITS ((size_t)32)
#define OWNER_DIGITS ((size_t)16)
#define NONE SLICE("-")

/* The longest texts there can be. */
#define HEAD_TEXT_BYTES ((size_t)128)
#define CHAIN_TEXT_BYTES ((size_t)156)

/* Flags of a chain and their letters. */
static const struct {
	char letter;
	size_t at;
} flags[] = {
	{ 'k', offsetof(struct journal_chain, is_done_known) },
	{ 'c', offsetof(struct journal_chain, is_complete) },
	{ 'v', offsetof(struct journal_chain, is_volatile) },
	{ 'u', offsetof(struct journal_chain, is_user) },
	{ 't', offsetof(struct journal_chain, begins_at_time) },
	{ 'm', offsetof(struct journal_chain, may_be_copy) },
};

#define FLAG_COUNT (sizeof(flags) / sizeof(flags[0]))

void journal_place_init(struct journal_place *place)
{
	*place = (struct journal_place){
		.last_at = US_TIME_NONE,
		.damage_at = US_TIME_NONE,
	};
}

void journal_place_release(struct journal_place *place)
{
	for (size_t i = 0; i < place->count; i++)
		free(place->chains[i]);
	free(place->chains);
	journal_place_init(place);
}

struct journal_chain *journal_place_find(const struct journal_place *place,
					 const struct journal_chain *like)
{
	for (size_t i = 0; i < place->count; i++) {
		struct journal_chain *chain = place->chains[i];

		if (sd_id128_equal(chain->seqnum_id, like->seqnum_id) &&
		    chain->owner == like->owner &&
		    chain->is_volatile == like->is_volatile)
			return chain;
	}
	return NULL;
}

struct journal_chain *journal_place_add(struct journal_place *place,
					const struct journal_chain *like)
{
	struct journal_chain *chain = memory_new(1, sizeof(*chain));

	*chain = *like;
	place->chains = memory_resize(place->chains, place->count + 1,
				      sizeof(struct journal_chain *));
	place->chains[place->count++] = chain;
	return chain;
}

void journal_place_remove(struct journal_place *place, size_t index)
{
	free(place->chains[index]);
	place->count--;
	memmove(place->chains + index, place->chains + index + 1,
		(place->count - index) * sizeof(struct journal_chain *));
}

static bool *flag_of(struct journal_chain *chain, size_t index)
{
	return (bool *)(void *)((char *)chain + flags[index].at);
}

static void write_time(us_time time, struct buf *buf)
{
	if (time == US_TIME_NONE)
		buf_append(buf, NONE);
	else
		buf_append_format(buf, "%" PRId64, time);
}

static void write_chain(struct journal_chain *chain, struct buf *buf)
{
	char id[SD_ID128_STRING_MAX];

	buf_append_format(buf, " %s:%" PRIu64 ":",
			  sd_id128_to_string(chain->seqnum_id, id), chain->seqnum);
	write_time(chain->at, buf);
	buf_append_format(buf, ":%s:%" PRIu64 ":", sd_id128_to_string(chain->file_id, id),
			  chain->done);
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (*flag_of(chain, i))
			buf_append_byte(buf, flags[i].letter);
	if (chain->owner)
		buf_append_format(buf, ":%016" PRIx64, chain->owner);
}

/* How many chains find room: a text that is cut anywhere else could not be read. */
static size_t count_fitting(const struct journal_place *place, const struct buf *buf)
{
	size_t room = buf->limit_bytes - buf->len;
	size_t fit =
		room > HEAD_TEXT_BYTES ? (room - HEAD_TEXT_BYTES) / CHAIN_TEXT_BYTES : 0;

	if (fit > LIMIT_JOURNAL_CHAINS)
		fit = LIMIT_JOURNAL_CHAINS;
	return place->count < fit ? place->count : fit;
}

void journal_place_write(const struct journal_place *place, struct buf *buf)
{
	size_t count = count_fitting(place, buf);
	char id[SD_ID128_STRING_MAX];

	if (!place->is_begun)
		return;
	buf_append(buf, FIRST_WORD);
	write_time(place->last_at, buf);
	buf_append_byte(buf, ' ');
	write_time(place->damage_at, buf);
	buf_append_format(buf, " %s:%" PRIu64, sd_id128_to_string(place->memory_boot, id),
			  place->memory_us);
	buf_append_text(buf, place->is_cut || count < place->count ? " x" : " -");
	for (size_t i = 0; i < count; i++)
		write_chain(place->chains[i], buf);
}

static bool take_time(struct slice *text, us_time *ret_time)
{
	uint64_t number;

	if (slice_take_prefix(text, NONE)) {
		*ret_time = US_TIME_NONE;
		return true;
	}
	if (!slice_take_number(text, (uint64_t)US_TIME_MAX, &number))
		return false;
	*ret_time = (us_time)number;
	return true;
}

static bool take_id(struct slice *text, sd_id128_t *ret_id)
{
	char digits[SD_ID128_STRING_MAX];

	if (text->len < ID_DIGITS || memchr(text->ptr, '-', ID_DIGITS))
		return false;
	memcpy(digits, text->ptr, ID_DIGITS);
	digits[ID_DIGITS] = '\0';
	if (sd_id128_from_string(digits, ret_id) < 0)
		return false;
	*text = slice_skip(*text, ID_DIGITS);
	return true;
}

static bool take_colon(struct slice *text)
{
	return slice_take_prefix(text, SLICE(":"));
}

static bool take_flag(struct slice *text, struct journal_chain *chain)
{
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (slice_take_prefix(text, slice_of(&flags[i].letter, 1))) {
			*flag_of(chain, i) = true;
			return true;
		}
	return false;
}

/* 16 digits, or nothing in an older text. */
static bool read_owner(struct slice text, uint64_t *ret_owner)
{
	const struct slice digits = SLICE("0123456789abcdef");

	if (text.len == 0)
		return true;
	if (!take_colon(&text) || text.len != OWNER_DIGITS)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *digit = memchr(digits.ptr, text.ptr[i], digits.len);

		if (!digit)
			return false;
		*ret_owner = *ret_owner << 4 | (uint64_t)(digit - digits.ptr);
	}
	return *ret_owner != 0;
}

static bool read_chain(struct slice text, struct journal_place *place)
{
	struct journal_chain chain = { .at = US_TIME_NONE };

	if (!take_id(&text, &chain.seqnum_id) || !take_colon(&text) ||
	    !slice_take_number(&text, UINT64_MAX, &chain.seqnum) || !take_colon(&text) ||
	    !take_time(&text, &chain.at) || !take_colon(&text) ||
	    !take_id(&text, &chain.file_id) || !take_colon(&text) ||
	    !slice_take_number(&text, UINT64_MAX, &chain.done) || !take_colon(&text))
		return false;
	while (take_flag(&text, &chain))
		;
	if (!read_owner(text, &chain.owner) || journal_place_find(place, &chain))
		return false;
	(void)journal_place_add(place, &chain);
	return !chain.begins_at_time || chain.at != US_TIME_NONE;
}

static bool take_blank(struct slice *text)
{
	return slice_take_prefix(text, SLICE(" "));
}

static bool read_head(struct journal_place *place, struct slice *text)
{
	if (!slice_take_prefix(text, FIRST_WORD) || !take_time(text, &place->last_at) ||
	    !take_blank(text) || !take_time(text, &place->damage_at) ||
	    !take_blank(text) || !take_id(text, &place->memory_boot) ||
	    !take_colon(text) ||
	    !slice_take_number(text, UINT64_MAX, &place->memory_us) || !take_blank(text))
		return false;
	place->is_cut = slice_take_prefix(text, SLICE("x"));
	return place->is_cut || slice_take_prefix(text, NONE);
}

static bool read_all(struct journal_place *place, struct slice text)
{
	struct slice part;

	if (!read_head(place, &text))
		return false;
	place->is_begun = true;
	if (text.len == 0)
		return true;
	if (!take_blank(&text))
		return false;
	while (slice_take_until(&text, ' ', &part))
		if (place->count == LIMIT_JOURNAL_CHAINS || !read_chain(part, place))
			return false;
	return place->count < LIMIT_JOURNAL_CHAINS && read_chain(text, place);
}

int journal_place_read(struct journal_place *place, struct slice text, struct err *err)
{
	if (read_all(place, text))
		return 0;
	journal_place_release(place);
	return err_set(err, ERR_FORMAT, "the cursor of the journal cannot be understood");
}
