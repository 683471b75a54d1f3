/* SPDX-License-Identifier: Apache-2.0 */
/* What Google's guest agent, OS Login's helpers, authorized_keys and the metadata say. */
#include "tests/scenarios/say_private.h"

void say_os_login_user(struct telling *telling)
{
	struct event *event = telling->event;

	event->kind = EVENT_CLOUD_USER;
	event->cloud_user = (struct cloud_user){
		.cloud = CLOUD_GCP,
		.user = say_text(telling, "user"),
		.principal = say_text(telling, "principal"),
	};
}

/* The metadata server's word. */
void say_known_user(struct telling *telling)
{
	say_os_login_user(telling);
	telling->event->trust = TRUST_ROOT_FILE;
}

/* What is in the metadata, or (`file-key`) in authorized_keys as Google's. */
void say_metadata_key(struct telling *telling)
{
	struct event *event = telling->event;

	event->kind = EVENT_CLOUD_KEY;
	event->trust = TRUST_ROOT_FILE;
	event->cloud_key = (struct cloud_key){
		.user = say_text(telling, "user"),
		.fingerprint = say_fingerprint(telling, say_text(telling, "key")),
		.principal = say_text(telling, "principal"),
		.is_gone = say_yes(telling, "gone"),
	};
}

void say_file_key(struct telling *telling)
{
	say_metadata_key(telling);
	telling->event->source = HOST_SOURCE_KEYS;
}

void say_metadata_user(struct telling *telling)
{
	struct event *event = telling->event;

	event->kind = EVENT_CREDENTIAL_SET;
	event->credential_set = (struct credential_set){
		.means = CREDENTIAL_METADATA_KEY,
		.user = say_text(telling, "user"),
		.is_removed = say_yes(telling, "gone"),
	};
}
