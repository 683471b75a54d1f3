/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture_use.h"

/* The door or the tunnel that the row names under this key. */
static void count(struct posture_use *use, const struct ask_row *row, const char *key)
{
	struct slice word = json_text_at(row->json, key);
	us_time at = US_TIME_NONE;

	for (int i = PATH_NONE + 1; i < PATH_COUNT; i++) {
		if (!slice_equal(word, slice_text(path_word((enum path)i))))
			continue;
		use->doors[i].logins++;
		if (time_from_rfc3339(json_text_at(row->json, "time"), &at) &&
		    (use->doors[i].last_at == US_TIME_NONE || use->doors[i].last_at < at))
			use->doors[i].last_at = at;
	}
}

int posture_use_ask(const char *socket, us_time since, struct posture_use *ret_use,
		    struct err *err)
{
	struct posture_use use = { .since = since };
	struct control_request request;
	const struct ask_row *row;
	struct ask *ask;
	int rc;

	for (int i = 0; i < PATH_COUNT; i++)
		use.doors[i].last_at = US_TIME_NONE;
	control_request_init(&request, CONTROL_LOGINS);
	request.since = since;
	if (ask_new(socket, &request, &ask, err) < 0)
		return -1;
	while ((rc = ask_next(ask, &row, err)) == 0 && row) {
		if (!slice_equal(row->type, SLICE("login")))
			continue;
		count(&use, row, "path");
		count(&use, row, "through");
	}
	ask_free(ask);
	if (rc < 0)
		return -1;
	use.is_known = true;
	*ret_use = use;
	return 0;
}
