/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/s3_name.h"

#define ACCOUNT_DIGITS 12
#define UNIQUE_LETTERS 16

static struct slice last_part(const char *path)
{
	struct slice name = slice_text(path);

	return slice_skip(name, (size_t)(slice_find_last(name, '/') + 1));
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_lower(char byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool is_letter_or_digit(char byte)
{
	return is_digit(byte) || is_lower(byte) || (byte >= 'A' && byte <= 'Z');
}

static bool take_account(struct slice *name, struct slice *ret_account)
{
	if (!slice_take_until(name, '_', ret_account) ||
	    ret_account->len != ACCOUNT_DIGITS)
		return false;
	for (size_t i = 0; i < ret_account->len; i++) {
		if (!is_digit(ret_account->ptr[i]))
			return false;
	}
	return true;
}

static bool take_region(struct slice *name, struct slice *ret_region)
{
	if (!slice_take_until(name, '_', ret_region) || ret_region->len == 0 ||
	    ret_region->len > 32)
		return false;
	for (size_t i = 0; i < ret_region->len; i++) {
		char byte = ret_region->ptr[i];

		if (!is_lower(byte) && !is_digit(byte) && byte != '-')
			return false;
	}
	return true;
}

static bool take_digits(struct slice *text, size_t count, int *ret_number)
{
	struct slice digits = slice_first(*text, count);
	uint64_t number;

	if (digits.len != count || !slice_number(digits, 9999, &number))
		return false;
	*text = slice_skip(*text, count);
	*ret_number = (int)number;
	return true;
}

/* "20260128T1005Z" */
static bool take_delivery_time(struct slice *name, us_time *ret_time)
{
	struct civil civil = { .second = 0 };

	if (!take_digits(name, 4, &civil.year) || !take_digits(name, 2, &civil.month) ||
	    !take_digits(name, 2, &civil.day) || !slice_take_prefix(name, SLICE("T")) ||
	    !take_digits(name, 2, &civil.hour) || !take_digits(name, 2, &civil.minute) ||
	    !slice_take_prefix(name, SLICE("Z")) || !civil_valid(&civil))
		return false;
	*ret_time = civil_to_utc(&civil);
	return true;
}

/* Sixteen letters and digits that make the name unique, then the ending. */
static bool is_unique_ending(struct slice rest)
{
	struct slice ending;

	if (rest.len < UNIQUE_LETTERS)
		return false;
	for (size_t i = 0; i < UNIQUE_LETTERS; i++) {
		if (!is_letter_or_digit(rest.ptr[i]))
			return false;
	}
	ending = slice_skip(rest, UNIQUE_LETTERS);
	return slice_equal(ending, SLICE(".json")) ||
	       slice_equal(ending, SLICE(".json.gz"));
}

bool s3_name_read(const char *path, struct s3_name *ret_name)
{
	struct slice name = last_part(path);
	struct s3_name found;

	if (!take_account(&name, &found.account) ||
	    !slice_take_prefix(&name, SLICE("CloudTrail_")) ||
	    !take_region(&name, &found.region) ||
	    !take_delivery_time(&name, &found.delivered_at) ||
	    !slice_take_prefix(&name, SLICE("_")) || !is_unique_ending(name))
		return false;
	*ret_name = found;
	return true;
}

bool s3_name_is_of(const struct s3_name *name, struct slice account, struct slice region)
{
	return (account.len == 0 || slice_equal(account, name->account)) &&
	       (region.len == 0 || slice_equal(region, name->region));
}

bool s3_name_is_no_log(const char *path)
{
	struct slice name = last_part(path);
	struct slice account;

	return take_account(&name, &account) &&
	       (slice_starts_with(name, SLICE("CloudTrail-Digest_")) ||
		slice_starts_with(name, SLICE("CloudTrail-Insight_")));
}
