/* SPDX-License-Identifier: Apache-2.0 */
#include "config/setting.h"

#include "config/config.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OF_CORRELATION "as in [correlation], for this cloud alone"
#define NEAR_ENOUGH 3
#define LONGEST_NAME 32

static const struct setting_section sections[] = {
#define SECTION(name, help) { name, help },
#include "config/config.def"
};

#define OVERRIDE(section, key, least, most)                   \
	{ #section,                                           \
	  #key,                                               \
	  TYPE_SPAN,                                          \
	  PLACE_OVERRIDE,                                     \
	  offsetof(struct config, section##_correlation.key), \
	  least,                                              \
	  most,                                               \
	  "",                                                 \
	  "",                                                 \
	  OF_CORRELATION },

static const struct setting settings[] = {
#define SETTING(section, key, type, field, least, most, fallback, words, help)   \
	{ section, key,	 type,	   PLACE_CONFIG, offsetof(struct config, field), \
	  least,   most, fallback, words,	 help },
#define SETTING_APART(section, key, type, least, most, fallback, words, help) \
	{ section, key, type, PLACE_NONE, 0, least, most, fallback, words, help },
#define SINK_SETTING(key, type, field, least, most, fallback, words, help)         \
	{ "sink", key,	type,	  PLACE_SINK, offsetof(struct config_sink, field), \
	  least,  most, fallback, words,      help },
#define CORRELATION_SETTING(key, least, most, fallback, help)                     \
	{ "correlation",                                                          \
	  #key,                                                                   \
	  TYPE_SPAN,                                                              \
	  PLACE_CONFIG,                                                           \
	  offsetof(struct config, correlation.key),                               \
	  least,                                                                  \
	  most,                                                                   \
	  fallback,                                                               \
	  "",                                                                     \
	  help },                                                                 \
		OVERRIDE(aws, key, least, most) OVERRIDE(azure, key, least, most) \
			OVERRIDE(gcp, key, least, most)
#include "config/config.def"
};

size_t setting_count(void)
{
	return COUNT_OF(settings);
}

const struct setting *setting_at(size_t index)
{
	return &settings[index];
}

ptrdiff_t setting_find(struct slice section, struct slice key)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (slice_equal(key, slice_text(settings[i].key)) &&
		    slice_equal(section, slice_text(settings[i].section)))
			return (ptrdiff_t)i;
	}
	return -1;
}

size_t setting_section_count(void)
{
	return COUNT_OF(sections);
}

const struct setting_section *setting_section_at(size_t index)
{
	return &sections[index];
}

const struct setting_section *setting_section_find(struct slice name)
{
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		if (slice_equal(name, slice_text(sections[i].name)))
			return &sections[i];
	}
	return NULL;
}

bool setting_has_word(const char *words, struct slice word, size_t *ret_index)
{
	struct slice left = slice_text(words), one;

	for (size_t index = 0; left.len; index++) {
		one = left;
		if (!slice_take_until(&left, ' ', &one))
			left.len = 0;
		if (slice_equal(one, word)) {
			*ret_index = index;
			return true;
		}
	}
	return false;
}

/* ---- what may have been meant
 * ------------------------------------------------------------ */

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned setting_distance(struct slice a, struct slice b, unsigned limit)
{
	/* Three rows of the table of optimal string alignment. */
	unsigned rows[3][LONGEST_NAME + 1];

	if (a.len > LONGEST_NAME || b.len > LONGEST_NAME)
		return limit;
	for (unsigned k = 0; k <= b.len; k++)
		rows[0][k] = k;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3],
			 *second = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned k = 1; k <= b.len; k++) {
			unsigned change = a.ptr[i - 1] != b.ptr[k - 1];

			row[k] = smaller(above[k - 1] + change,
					 smaller(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] &&
			    a.ptr[i - 2] == b.ptr[k - 1])
				row[k] = smaller(row[k], second[k - 2] + 1);
		}
	}
	return smaller(rows[a.len % 3][b.len], limit);
}

/* The nearest of the names seen so far. */
struct nearest {
	struct slice wanted;
	const char *name; /* NULL = none is near */
	unsigned distance;
};

static void nearest_see(struct nearest *nearest, const char *name)
{
	unsigned distance =
		setting_distance(nearest->wanted, slice_text(name), nearest->distance);

	/* Of a short name nothing would be left that tells it from others. */
	if (distance < nearest->distance && distance < strlen(name) - 1) {
		nearest->distance = distance;
		nearest->name = name;
	}
}

static void append_name(struct buf *buf, const char *name, size_t *count)
{
	buf_append_text(buf, (*count)++ ? ", " : "");
	buf_append_text(buf, name);
}

void setting_suggest_section(struct slice name, struct buf *buf)
{
	struct nearest nearest = { name, NULL, NEAR_ENOUGH };
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(sections); i++)
		nearest_see(&nearest, sections[i].name);
	if (nearest.name)
		buf_append_format(buf, "did you mean [%s]? ", nearest.name);
	buf_append_text(buf, "allowed are ");
	for (size_t i = 0; i < COUNT_OF(sections); i++)
		append_name(buf, sections[i].name, &count);
	buf_append_text(buf, " NAME");
}

void setting_suggest_key(const char *section, struct slice key, struct buf *buf)
{
	struct nearest nearest = { key, NULL, NEAR_ENOUGH };
	const char *elsewhere = NULL;
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (strcmp(settings[i].section, section) == 0)
			nearest_see(&nearest, settings[i].key);
		else if (!elsewhere && slice_equal(key, slice_text(settings[i].key)))
			elsewhere = settings[i].section;
	}
	if (elsewhere)
		buf_append_format(buf, "it is one of [%s]; ", elsewhere);
	else if (nearest.name)
		buf_append_format(buf, "did you mean '%s'? ", nearest.name);
	buf_append_text(buf, "allowed are ");
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (strcmp(settings[i].section, section) == 0)
			append_name(buf, settings[i].key, &count);
	}
}
