/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/words.h"

#include <assert.h>

/* One pair of tables, words and texts, for one enum. */
#define WORD_PATH(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} paths[] = {
#include "correlator/words.def"
};
#define WORD_VERDICT(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} verdicts[] = {
#include "correlator/words.def"
};
#define WORD_STAGE(constant, word, text) [constant] = (word),
static const char *const stages[] = {
#include "correlator/words.def"
};
#define WORD_REASON(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} reasons[] = {
#include "correlator/words.def"
};
#define WORD_MATCHED(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} matched_words[] = {
#include "correlator/words.def"
};
#define WORD_TRUST(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} trusts[] = {
#include "correlator/words.def"
};
#define WORD_OBSERVATION(constant, word, text) [constant] = { word, text },
static const struct {
	const char *word, *text;
} observations[] = {
#include "correlator/words.def"
};
#define WORD_CLOUD(constant, word, text) [constant] = (word),
static const char *const clouds[] = {
#include "correlator/words.def"
};
#define WORD_LOG_CLASS(constant, word, cloud) [constant] = { word, cloud },
static const struct {
	const char *word;
	enum cloud cloud;
} log_classes[] = {
#include "correlator/words.def"
};

const char *path_word(enum path path)
{
	assert(path < PATH_COUNT);
	return paths[path].word;
}

const char *path_text(enum path path)
{
	assert(path < PATH_COUNT);
	return paths[path].text;
}

const char *verdict_word(enum verdict_kind verdict)
{
	assert(verdict < VERDICT_COUNT);
	return verdicts[verdict].word;
}

const char *verdict_text(enum verdict_kind verdict)
{
	assert(verdict < VERDICT_COUNT);
	return verdicts[verdict].text;
}

const char *stage_word(enum stage stage)
{
	assert(stage < STAGE_COUNT);
	return stages[stage];
}

const char *reason_word(enum reason reason)
{
	assert(reason < REASON_COUNT);
	return reasons[reason].word;
}

const char *reason_text(enum reason reason)
{
	assert(reason < REASON_COUNT);
	return reasons[reason].text;
}

const char *matched_word(enum matched matched)
{
	assert(matched < MATCHED_COUNT);
	return matched_words[matched].word;
}

const char *matched_text(enum matched matched)
{
	assert(matched < MATCHED_COUNT);
	return matched_words[matched].text;
}

const char *trust_word(enum trust trust)
{
	assert(trust < TRUST_COUNT);
	return trusts[trust].word;
}

const char *trust_text(enum trust trust)
{
	assert(trust < TRUST_COUNT);
	return trusts[trust].text;
}

const char *observation_word(enum observation_kind kind)
{
	assert(kind < OBSERVATION_COUNT);
	return observations[kind].word;
}

const char *observation_text(enum observation_kind kind)
{
	assert(kind < OBSERVATION_COUNT);
	return observations[kind].text;
}

const char *log_class_word(enum log_class log_class)
{
	assert(log_class < LOG_CLASS_COUNT);
	return log_classes[log_class].word;
}

enum cloud log_class_cloud(enum log_class log_class)
{
	assert(log_class < LOG_CLASS_COUNT);
	return log_classes[log_class].cloud;
}

const char *cloud_word(enum cloud cloud)
{
	assert(cloud < CLOUD_COUNT);
	return clouds[cloud];
}

enum cloud cloud_find(struct slice word)
{
	for (int cloud = CLOUD_UNKNOWN + 1; cloud < CLOUD_COUNT; cloud++)
		if (slice_equal_ignoring_case(word, slice_text(clouds[cloud])))
			return (enum cloud)cloud;
	return CLOUD_UNKNOWN;
}
