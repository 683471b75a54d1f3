/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <assert.h>

#define SECONDS_PER_DAY 86400
#define SPAN_LIMIT (US_PER_DAY / 100 * 36525 * 1000)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define DAYS_TO_1970 719468 /* since 0000-03-01 */
#define DAYS_PER_400_YEARS 146097

static bool is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static bool clock_valid(const struct civil *civil)
{
	return civil->hour >= 0 && civil->hour <= 23 && civil->minute >= 0 &&
	       civil->minute <= 59 && civil->second >= 0 && civil->second <= 60 &&
	       civil->microsecond >= 0 && civil->microsecond < US_PER_SECOND;
}

bool civil_valid(const struct civil *civil)
{
	return civil->year >= 1970 && civil->year <= 9999 && civil->month >= 1 &&
	       civil->month <= 12 && civil->day >= 1 &&
	       civil->day <= days_in_month(civil->year, civil->month) &&
	       clock_valid(civil);
}

/* Both ways after Howard Hinnant, "chrono-compatible low-level date algorithms": years
 * that begin in March have the odd day at their end, and months of lengths that 153 / 5
 * gives. */
static int64_t days_from_civil(int year, int month, int day)
{
	int march_year = year - (month <= 2);
	int march_month = (month + 9) % 12;
	int64_t days = (int64_t)march_year * 365 + march_year / 4 - march_year / 100 +
		       march_year / 400;

	return days + (153 * march_month + 2) / 5 + day - 1 - DAYS_TO_1970;
}

static void civil_from_days(int64_t days_since_1970, struct civil *civil)
{
	int64_t days = days_since_1970 + DAYS_TO_1970;
	int era = (int)(days / DAYS_PER_400_YEARS);
	int day_of_era = (int)(days % DAYS_PER_400_YEARS);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			   day_of_era / (DAYS_PER_400_YEARS - 1)) /
			  365;
	int day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int march_month = (5 * day_of_year + 2) / 153;

	civil->day = day_of_year - (153 * march_month + 2) / 5 + 1;
	civil->month = march_month < 10 ? march_month + 3 : march_month - 9;
	civil->year = era * 400 + year_of_era + (civil->month <= 2);
}

us_time civil_to_utc(const struct civil *civil)
{
	int64_t seconds;

	assert(civil_valid(civil));
	seconds =
		days_from_civil(civil->year, civil->month, civil->day) * SECONDS_PER_DAY +
		civil->hour * INT64_C(3600) + civil->minute * INT64_C(60) + civil->second;
	return seconds * US_PER_SECOND + civil->microsecond;
}

struct civil civil_from_utc(us_time time)
{
	struct civil civil;
	int second_of_day;

	assert(time >= US_TIME_MIN && time <= US_TIME_MAX);
	civil_from_days(time / US_PER_DAY, &civil);
	second_of_day = (int)(time % US_PER_DAY / US_PER_SECOND);
	civil.hour = second_of_day / 3600;
	civil.minute = second_of_day / 60 % 60;
	civil.second = second_of_day % 60;
	civil.microsecond = (int)(time % US_PER_SECOND);
	return civil;
}

int month_from_name(struct slice name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (name.len != 3)
		return 0;
	for (int i = 0; i < 12; i++) {
		if (memcmp(names + (size_t)i * 3, name.ptr, 3) == 0)
			return i + 1;
	}
	return 0;
}

static bool take_byte(struct slice *text, char byte)
{
	if (text->len == 0 || text->ptr[0] != byte)
		return false;
	*text = slice_skip(*text, 1);
	return true;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Exactly `count` digits. */
static bool take_digits(struct slice *text, size_t count, int *ret_number)
{
	int number = 0;

	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_digit(text->ptr[i]))
			return false;
		number = number * 10 + (text->ptr[i] - '0');
	}
	*text = slice_skip(*text, count);
	*ret_number = number;
	return true;
}

/* "YYYY-MM-DD" */
static bool take_date(struct slice *text, struct civil *civil)
{
	return take_digits(text, 4, &civil->year) && take_byte(text, '-') &&
	       take_digits(text, 2, &civil->month) && take_byte(text, '-') &&
	       take_digits(text, 2, &civil->day);
}

/* "hh:mm:ss" */
static bool take_clock(struct slice *text, struct civil *civil)
{
	return take_digits(text, 2, &civil->hour) && take_byte(text, ':') &&
	       take_digits(text, 2, &civil->minute) && take_byte(text, ':') &&
	       take_digits(text, 2, &civil->second);
}

/* Nothing, or '.' and 1 to 9 digits, of which the seventh and later are dropped. */
static bool take_fraction(struct slice *text, int *microsecond)
{
	int scale = 100000;
	size_t count = 0;

	*microsecond = 0;
	if (!take_byte(text, '.'))
		return true;
	for (; count < text->len && is_digit(text->ptr[count]); count++) {
		*microsecond += (text->ptr[count] - '0') * scale;
		scale /= 10;
	}
	*text = slice_skip(*text, count);
	return count >= 1 && count <= 9;
}

static bool take_offset(struct slice *text, us_span *ret_offset)
{
	int hours, minutes;
	bool west;

	*ret_offset = 0;
	if (take_byte(text, 'Z') || take_byte(text, 'z'))
		return true;

	west = take_byte(text, '-');
	if (!west && !take_byte(text, '+'))
		return false;
	if (!take_digits(text, 2, &hours))
		return false;
	take_byte(text, ':');
	if (!take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_offset = hours * US_PER_HOUR + minutes * US_PER_MINUTE;
	if (west)
		*ret_offset = -*ret_offset;
	return true;
}

bool time_take_rfc3339(struct slice *text, us_time *ret_time)
{
	struct slice rest = *text;
	struct civil civil;
	us_span offset;
	us_time time;

	if (!take_date(&rest, &civil))
		return false;
	if (!take_byte(&rest, 'T') && !take_byte(&rest, 't') && !take_byte(&rest, ' '))
		return false;
	if (!take_clock(&rest, &civil) || !take_fraction(&rest, &civil.microsecond) ||
	    !take_offset(&rest, &offset) || !civil_valid(&civil))
		return false;

	time = civil_to_utc(&civil) - offset;
	if (time < US_TIME_MIN || time > US_TIME_MAX)
		return false;
	*text = rest;
	*ret_time = time;
	return true;
}

bool time_from_rfc3339(struct slice text, us_time *ret_time)
{
	us_time time;

	if (!time_take_rfc3339(&text, &time) || text.len)
		return false;
	*ret_time = time;
	return true;
}

bool time_take_civil(struct slice *text, struct civil *ret_civil)
{
	struct slice rest = *text;
	struct civil civil;

	if (!take_date(&rest, &civil) || !take_byte(&rest, ' ') ||
	    !take_clock(&rest, &civil) || !take_fraction(&rest, &civil.microsecond) ||
	    !civil_valid(&civil))
		return false;
	*text = rest;
	*ret_civil = civil;
	return true;
}

/* "2", " 2" or "02" */
static bool take_padded_day(struct slice *text, int *ret_day)
{
	if (take_byte(text, ' '))
		return take_digits(text, 1, ret_day);
	return take_digits(text, 2, ret_day) || take_digits(text, 1, ret_day);
}

bool time_take_rfc3164(struct slice *text, struct civil *ret_civil)
{
	const int some_leap_year = 2000;
	struct civil civil = { .month = month_from_name(slice_first(*text, 3)) };
	struct slice rest;

	if (civil.month == 0)
		return false;
	rest = slice_skip(*text, 3);
	if (!take_byte(&rest, ' ') || !take_padded_day(&rest, &civil.day) ||
	    !take_byte(&rest, ' ') || !take_clock(&rest, &civil))
		return false;
	if (civil.day < 1 || civil.day > days_in_month(some_leap_year, civil.month) ||
	    !clock_valid(&civil))
		return false;
	*text = rest;
	*ret_civil = civil;
	return true;
}

/* Writes `count` digits and returns what follows them. */
static char *put_digits(char *text, int number, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		text[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return text + count;
}

static char *put_part(char *text, char before, int number, int count)
{
	*text = before;
	return put_digits(text + 1, number, count);
}

const char *time_to_rfc3339(us_time time, char text[TIME_TEXT_BYTES])
{
	us_time in_range = time < US_TIME_MIN	? US_TIME_MIN
			   : time > US_TIME_MAX ? US_TIME_MAX
						: time;
	struct civil civil = civil_from_utc(in_range);
	char *end = put_digits(text, civil.year, 4);

	end = put_part(end, '-', civil.month, 2);
	end = put_part(end, '-', civil.day, 2);
	end = put_part(end, 'T', civil.hour, 2);
	end = put_part(end, ':', civil.minute, 2);
	end = put_part(end, ':', civil.second, 2);
	if (civil.microsecond)
		end = put_part(end, '.', civil.microsecond, 6);
	*end++ = 'Z';
	*end = '\0';
	return text;
}

/* Largest first. Weeks are read but not written: nobody says "1w 3d". */
static const struct unit {
	const char *name;
	us_span length;
	bool written;
} units[] = {
	{ "w", 7 * US_PER_DAY, false },
	{ "d", US_PER_DAY, true },
	{ "h", US_PER_HOUR, true },
	{ "min", US_PER_MINUTE, true },
	{ "s", US_PER_SECOND, true },
	{ "ms", 1000, true },
	{ "us", 1, true },
};

static char *put_count(char *text, uint64_t count, const char *unit)
{
	uint64_t above = 10;
	int digits = 1;

	for (; digits < 19 && count >= above; digits++)
		above *= 10;
	for (int i = digits - 1; i >= 0; i--) {
		text[i] = (char)('0' + count % 10);
		count /= 10;
	}
	text += digits;
	while (*unit)
		*text++ = *unit++;
	return text;
}

const char *span_to_text(us_span span, char text[TIME_TEXT_BYTES])
{
	uint64_t left = span < 0 ? -(uint64_t)span : (uint64_t)span;
	size_t i = 0;
	char *end = text;

	if (span < 0)
		*end++ = '-';
	while (i < COUNT_OF(units) &&
	       (!units[i].written || left < (uint64_t)units[i].length))
		i++;
	if (i == COUNT_OF(units)) {
		end = put_count(end, 0, "s");
	} else {
		end = put_count(end, left / (uint64_t)units[i].length, units[i].name);
		left %= (uint64_t)units[i].length;
		/* Only the next smaller unit: "1h", not "1h 5s". */
		i++;
		if (i < COUNT_OF(units) && left >= (uint64_t)units[i].length) {
			*end++ = ' ';
			end = put_count(end, left / (uint64_t)units[i].length,
					units[i].name);
		}
	}
	*end = '\0';
	return text;
}

static bool take_unit(struct slice *text, us_span *ret_length)
{
	size_t len = 0;

	while (len < text->len && text->ptr[len] >= 'a' && text->ptr[len] <= 'z')
		len++;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (slice_equal(slice_first(*text, len), slice_text(units[i].name))) {
			*text = slice_skip(*text, len);
			*ret_length = units[i].length;
			return true;
		}
	}
	return false;
}

bool span_from_text(struct slice text, us_span *ret_span)
{
	us_span sum = 0;

	do {
		uint64_t count;
		us_span length;

		if (!slice_take_number(&text, SPAN_LIMIT, &count) ||
		    !take_unit(&text, &length))
			return false;
		if ((us_span)count > (SPAN_LIMIT - sum) / length)
			return false;
		sum += (us_span)count * length;
		while (text.len > 1 && text.ptr[0] == ' ')
			text = slice_skip(text, 1);
	} while (text.len);

	*ret_span = sum;
	return true;
}
