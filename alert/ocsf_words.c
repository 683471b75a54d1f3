/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/ocsf_words.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define WORD(constant, number, caption) [constant] = { number, caption },

#define OCSF_ACTIVITY WORD
static const struct ocsf_word activities[] = {
#include "alert/ocsf.def"
};
#define OCSF_STATUS WORD
static const struct ocsf_word statuses[] = {
#include "alert/ocsf.def"
};
#define OCSF_SEVERITY WORD
static const struct ocsf_word severities[] = {
#include "alert/ocsf.def"
};
#define OCSF_CONFIDENCE WORD
static const struct ocsf_word confidences[] = {
#include "alert/ocsf.def"
};
#define OCSF_OBSERVABLE WORD
static const struct ocsf_word observables[] = {
#include "alert/ocsf.def"
};
#define OCSF_TECHNIQUE(uid, name, parent, parent_name, tactic, tactic_name) \
	{ uid, name, parent, parent_name, tactic, tactic_name },
static const struct ocsf_technique techniques[] = {
#include "alert/ocsf.def"
};
#define OCSF_PROVIDER(word, name, account_number, account_caption, machine) \
	{ word, name, { account_number, account_caption }, machine },
static const struct ocsf_provider providers[] = {
#include "alert/ocsf.def"
};

struct ocsf_word ocsf_activity(enum alert_activity activity)
{
	return activities[activity];
}

struct ocsf_word ocsf_status(enum ocsf_status status)
{
	return statuses[status];
}

struct ocsf_word ocsf_severity(enum ocsf_severity severity)
{
	return severities[severity];
}

struct ocsf_word ocsf_confidence(enum ocsf_confidence confidence)
{
	return confidences[confidence];
}

struct ocsf_word ocsf_observable(enum ocsf_observable observable)
{
	return observables[observable];
}

const struct ocsf_technique *ocsf_technique(const char *uid)
{
	for (size_t i = 0; uid && i < COUNT_OF(techniques); i++) {
		if (strcmp(techniques[i].uid, uid) == 0)
			return &techniques[i];
	}
	return NULL;
}

/* The word of a path begins with its provider's and a '-'. */
static bool is_path_of(const struct ocsf_provider *provider, enum path path)
{
	struct slice word = slice_text(path_word(path));

	return slice_take_prefix(&word, slice_text(provider->word)) &&
	       slice_starts_with(word, SLICE("-"));
}

const struct ocsf_provider *ocsf_provider(struct slice word, enum path path)
{
	for (size_t i = 0; i < COUNT_OF(providers); i++) {
		if (slice_equal(word, slice_text(providers[i].word)) ||
		    (word.len == 0 && is_path_of(&providers[i], path)))
			return &providers[i];
	}
	return NULL;
}
