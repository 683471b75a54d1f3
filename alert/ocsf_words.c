/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/ocsf_words.h"

#include <assert.h>
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
#define OCSF_PROVIDER(cloud, name, account_number, account_caption, machine) \
	[cloud] = { name, { account_number, account_caption }, machine },
static const struct ocsf_provider providers[CLOUD_COUNT] = {
#include "alert/ocsf.def"
};
#define OCSF_DOOR(path, number, caption, protocol, is_remote) \
	[path] = { { number, caption }, protocol, is_remote },
static const struct ocsf_door doors[PATH_COUNT] = {
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

struct ocsf_word ocsf_severity(enum severity severity)
{
	static const enum ocsf_severity words[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = OCSF_LOW,
		[SEVERITY_MEDIUM] = OCSF_MEDIUM,
		[SEVERITY_HIGH] = OCSF_HIGH,
		[SEVERITY_CRITICAL] = OCSF_CRITICAL,
	};

	if (severity == SEVERITY_INFORMATIONAL)
		return severities[OCSF_INFORMATIONAL];
	assert(severity >= 0 && severity < SEVERITY_COUNT);
	return severities[words[severity]];
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

const struct ocsf_provider *ocsf_provider(enum cloud cloud)
{
	assert(cloud < CLOUD_COUNT);
	return providers[cloud].name ? &providers[cloud] : NULL;
}

const struct ocsf_door *ocsf_door(enum path path)
{
	assert(path < PATH_COUNT && doors[path].protocol);
	return &doors[path];
}
