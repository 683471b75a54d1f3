/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/option.h"

#include <assert.h>
#include <inttypes.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LONGEST_SPAN (3660 * US_PER_DAY)

struct option {
	const char *section, *key;
	const struct option_type *type;
	size_t offset;	      /* in struct policy */
	uint64_t least, most; /* of numbers */
};

struct option_type {
	int (*read)(const struct option *option, struct slice text, struct policy *policy,
		    struct err *err);
	void (*write)(const struct option *option, const struct policy *policy,
		      struct buf *buf);
};

static void *field_of(const struct option *option, struct policy *policy)
{
	return (char *)policy + option->offset;
}

static const void *value_of(const struct option *option, const struct policy *policy)
{
	return (const char *)policy + option->offset;
}

/* ---- words
 * ------------------------------------------------------------------------------- */

static const char *const direct_ssh_words[] = {
	[DIRECT_SSH_IGNORE] = "ignore",
	[DIRECT_SSH_LIST] = "list",
	[DIRECT_SSH_FLAG] = "flag",
};
static const char *const otherwise_words[] = { "allow", "refuse" };
static const char *const yes_no_words[] = { "no", "yes" };

static int find_word(const char *const *words, size_t count, struct slice text,
		     size_t *ret_index, struct err *err)
{
	AUTO_BUF struct buf allowed = BUF_LIMIT(sizeof(err->text));

	for (size_t i = 0; i < count; i++) {
		if (slice_equal(text, slice_text(words[i]))) {
			*ret_index = i;
			return 0;
		}
		buf_append_format(&allowed, "%s%s", i ? ", " : "", words[i]);
	}
	return err_set(err, ERR_FORMAT, "allowed are %s", buf_text(&allowed));
}

static int read_direct_ssh(const struct option *option, struct slice text,
			   struct policy *policy, struct err *err)
{
	size_t index;

	if (find_word(direct_ssh_words, COUNT_OF(direct_ssh_words), text, &index, err) <
	    0)
		return -1;
	*(enum policy_direct_ssh *)field_of(option, policy) =
		(enum policy_direct_ssh)index;
	return 0;
}

static void write_direct_ssh(const struct option *option, const struct policy *policy,
			     struct buf *buf)
{
	const enum policy_direct_ssh *word = value_of(option, policy);

	buf_append_text(buf, direct_ssh_words[*word]);
}

static int read_two_words(const char *const words[2], const struct option *option,
			  struct slice text, struct policy *policy, struct err *err)
{
	size_t index;

	if (find_word(words, 2, text, &index, err) < 0)
		return -1;
	*(bool *)field_of(option, policy) = index == 1;
	return 0;
}

static int read_otherwise(const struct option *option, struct slice text,
			  struct policy *policy, struct err *err)
{
	return read_two_words(otherwise_words, option, text, policy, err);
}

static void write_otherwise(const struct option *option, const struct policy *policy,
			    struct buf *buf)
{
	buf_append_text(buf, otherwise_words[*(const bool *)value_of(option, policy)]);
}

static int read_yes_no(const struct option *option, struct slice text,
		       struct policy *policy, struct err *err)
{
	return read_two_words(yes_no_words, option, text, policy, err);
}

static void write_yes_no(const struct option *option, const struct policy *policy,
			 struct buf *buf)
{
	buf_append_text(buf, yes_no_words[*(const bool *)value_of(option, policy)]);
}

static const struct option_type type_direct_ssh = { read_direct_ssh, write_direct_ssh };
static const struct option_type type_otherwise = { read_otherwise, write_otherwise };
static const struct option_type type_yes_no = { read_yes_no, write_yes_no };

/* ---- numbers
 * ----------------------------------------------------------------------------- */

static int read_number(const struct option *option, struct slice text,
		       uint64_t *ret_number, struct err *err)
{
	uint64_t number;

	if (!slice_number(text, option->most, &number) || number < option->least)
		return err_set(err, ERR_FORMAT,
			       "allowed is a number from %" PRIu64 " to %" PRIu64,
			       option->least, option->most);
	*ret_number = number;
	return 0;
}

static int read_count(const struct option *option, struct slice text,
		      struct policy *policy, struct err *err)
{
	return read_number(option, text, field_of(option, policy), err);
}

static void write_count(const struct option *option, const struct policy *policy,
			struct buf *buf)
{
	buf_append_format(buf, "%" PRIu64, *(const uint64_t *)value_of(option, policy));
}

static int read_bits(const struct option *option, struct slice text,
		     struct policy *policy, struct err *err)
{
	uint64_t bits = 0;

	slice_take_prefix(&text, SLICE("/"));
	if (read_number(option, text, &bits, err) < 0)
		return -1;
	*(unsigned *)field_of(option, policy) = (unsigned)bits;
	return 0;
}

static void write_bits(const struct option *option, const struct policy *policy,
		       struct buf *buf)
{
	buf_append_format(buf, "%u", *(const unsigned *)value_of(option, policy));
}

static int read_duration(struct slice text, us_span *ret_span, struct err *err)
{
	us_span span;

	if (!span_from_text(text, &span) || span < US_PER_SECOND || span > LONGEST_SPAN)
		return err_set(err, ERR_FORMAT,
			       "allowed is a duration with its unit, from 1s to 3660d, "
			       "as 14d or 1h");
	*ret_span = span;
	return 0;
}

/* In the largest unit of which it is so many. */
static void write_duration(us_span span, struct buf *buf)
{
	static const struct {
		const char *name;
		us_span size;
	} units[] = {
		{ "d", US_PER_DAY },	{ "h", US_PER_HOUR }, { "min", US_PER_MINUTE },
		{ "s", US_PER_SECOND }, { "ms", 1000 },	      { "us", 1 },
	};
	size_t i = 0;

	while (i + 1 < COUNT_OF(units) && span % units[i].size)
		i++;
	buf_append_format(buf, "%" PRId64 "%s", span / units[i].size, units[i].name);
}

static int read_span(const struct option *option, struct slice text,
		     struct policy *policy, struct err *err)
{
	return read_duration(text, field_of(option, policy), err);
}

static void write_span(const struct option *option, const struct policy *policy,
		       struct buf *buf)
{
	write_duration(*(const us_span *)value_of(option, policy), buf);
}

static int refuse_rate(const struct option *option, struct err *err)
{
	return err_set(err, ERR_FORMAT,
		       "allowed is off, or a number from 1 to %" PRIu64
		       " and a time, as '20 per 1h'",
		       option->most);
}

/* "20 per 1h" */
static int read_rate(const struct option *option, struct slice text,
		     struct policy *policy, struct err *err)
{
	struct baseline_rate rate = { .most = 0 };
	struct slice number;

	if (!slice_equal(text, SLICE("off"))) {
		if (!slice_take_until_text(&text, SLICE(" per "), &number) ||
		    !slice_number(slice_trim(number), option->most, &rate.most) ||
		    rate.most == 0)
			return refuse_rate(option, err);
		if (read_duration(slice_trim(text), &rate.window, err) < 0)
			return -1;
	}
	*(struct baseline_rate *)field_of(option, policy) = rate;
	return 0;
}

static void write_rate(const struct option *option, const struct policy *policy,
		       struct buf *buf)
{
	const struct baseline_rate *rate = value_of(option, policy);

	if (rate->most == 0) {
		buf_append_text(buf, "off");
		return;
	}
	buf_append_format(buf, "%" PRIu64 " per ", rate->most);
	write_duration(rate->window, buf);
}

static int read_zone(const struct option *option, struct slice text,
		     struct policy *policy, struct err *err)
{
	return zones_find(&policy->zones, text, field_of(option, policy), err);
}

static void write_zone(const struct option *option, const struct policy *policy,
		       struct buf *buf)
{
	const struct zone *const *zone = value_of(option, policy);

	buf_append_text(buf, *zone ? zone_name(*zone) : "UTC");
}

static const struct option_type type_count = { read_count, write_count };
static const struct option_type type_bits = { read_bits, write_bits };
static const struct option_type type_span = { read_span, write_span };
static const struct option_type type_rate = { read_rate, write_rate };
static const struct option_type type_zone = { read_zone, write_zone };

/* ---- the table
 * --------------------------------------------------------------------------- */

#define BASELINE(key, type, field, least, most)                                    \
	{                                                                          \
		"baseline", key, &(type), offsetof(struct policy, baseline.field), \
			least, most                                                \
	}

static const struct option options[] = {
	{ "policy", "direct_ssh", &type_direct_ssh, offsetof(struct policy, direct_ssh),
	  0, 0 },
	{ "policy", "otherwise", &type_otherwise, offsetof(struct policy, refuses_others),
	  0, 0 },
	BASELINE("learning", type_span, learning, 0, 0),
	BASELINE("new_principal", type_yes_no, new_principal, 0, 0),
	BASELINE("new_source_network", type_yes_no, new_source_network, 0, 0),
	BASELINE("new_path", type_yes_no, new_path, 0, 0),
	BASELINE("unusual_hour", type_yes_no, unusual_hour, 0, 0),
	BASELINE("unusual_hour_after", type_count, unusual_hour_after, 1, 1000000),
	BASELINE("zone", type_zone, zone, 0, 0),
	BASELINE("ipv4_prefix", type_bits, ipv4_prefix, 0, 32),
	BASELINE("ipv6_prefix", type_bits, ipv6_prefix, 0, 128),
	BASELINE("too_many_per_principal", type_rate, per_principal, 1, 100000),
	BASELINE("too_many_per_source", type_rate, per_source, 1, 100000),
	BASELINE("too_many_per_os_user", type_rate, per_os_user, 1, 100000),
};

static_assert(COUNT_OF(options) <= POLICY_OPTIONS_MAX, "readers count them");

ptrdiff_t policy_option_find(struct slice section, struct slice key)
{
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (slice_equal(section, slice_text(options[i].section)) &&
		    slice_equal(key, slice_text(options[i].key)))
			return (ptrdiff_t)i;
	}
	return -1;
}

int policy_option_read(struct policy *policy, size_t index, struct slice text,
		       struct err *err)
{
	return options[index].type->read(&options[index], text, policy, err);
}

void policy_option_names(const char *section, struct buf *buf)
{
	const char *comma = "";

	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (strcmp(options[i].section, section) == 0) {
			buf_append_format(buf, "%s%s", comma, options[i].key);
			comma = ", ";
		}
	}
}

void policy_option_print(const struct policy *policy, const char *section,
			 struct buf *buf)
{
	buf_append_format(buf, "[%s]\n", section);
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (strcmp(options[i].section, section) != 0)
			continue;
		buf_append_format(buf, "%s = ", options[i].key);
		options[i].type->write(&options[i], policy, buf);
		buf_append_byte(buf, '\n');
	}
}
