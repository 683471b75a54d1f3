/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files that write OCSF hand to one another: the record being written, and the
 * class of each stream. Each `put` puts the members that its class alone has.
 */
#include "alert/ocsf_words.h"
#include "alert/view.h"

/* What differs between the versions of the schema, for what is written here. */
struct ocsf_version {
	const char *version; /* "1.6.0" */
	/* An application is an object of its own; before, it is a product or a name. */
	bool has_application;
};

struct ocsf {
	struct json_writer *writer;
	const struct alert_view *view;
	const struct ocsf_version *version;
};

struct ocsf_class {
	int category;
	const char *category_name;
	int uid;
	const char *name;
	struct ocsf_word (*activity)(const struct alert_view *view);
	void (*put)(const struct ocsf *ocsf);
};

extern const struct ocsf_class ocsf_class_finding;   /* Detection Finding, 2004 */
extern const struct ocsf_class ocsf_class_login;     /* Authentication, 3002 */
extern const struct ocsf_class ocsf_class_heartbeat; /* Application Lifecycle, 6002 */
