/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The enums behind ocsf.def, their numbers and captions, and writing both at once.
 */
#include "alert/record.h"
#include "base/json.h"

#define OCSF_STATUS(constant, number, caption) constant,
enum ocsf_status {
#include "alert/ocsf.def"
};
#define OCSF_SEVERITY(constant, number, caption) constant,
enum ocsf_severity {
#include "alert/ocsf.def"
};
#define OCSF_CONFIDENCE(constant, number, caption) constant,
enum ocsf_confidence {
#include "alert/ocsf.def"
};
#define OCSF_OBSERVABLE(constant, number, caption) constant,
enum ocsf_observable {
#include "alert/ocsf.def"
};

struct ocsf_word {
	int number;
	const char *caption;
};

struct ocsf_word ocsf_activity(enum alert_activity activity);
struct ocsf_word ocsf_status(enum ocsf_status status);
struct ocsf_word ocsf_severity(enum severity severity);
struct ocsf_word ocsf_confidence(enum ocsf_confidence confidence);
struct ocsf_word ocsf_observable(enum ocsf_observable observable);

struct ocsf_technique {
	const char *uid, *name;
	const char *parent, *parent_name; /* "" = it is no part of another */
	const char *tactic, *tactic_name;
};
/* NULL when it is none that is known. */
const struct ocsf_technique *ocsf_technique(const char *uid);

struct ocsf_provider {
	const char *name;
	struct ocsf_word account;
	const char *machine; /* what kind of resource an instance is */
};
/* NULL when the cloud is unknown. */
const struct ocsf_provider *ocsf_provider(enum cloud cloud);

/* How a door lets in, in the words of the class Authentication. */
struct ocsf_door {
	struct ocsf_word logon;
	const char *protocol;
	bool is_remote;
};
const struct ocsf_door *ocsf_door(enum path path);
