/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_policy.h"

#include <limits.h>

#include "base/limits.h"
#include "config/config.h"
#include "input/input.h"

/* What stands beside the configuration where it names no policy. */
#define USUAL_NAME "policy.conf"

static int read_usual(const char *config, struct policy **ret_policy, struct err *err)
{
	AUTO_BUF struct buf path = BUF_LIMIT(PATH_MAX);
	ptrdiff_t slash = slice_find_last(slice_text(config), '/');

	buf_append(&path, slice_first(slice_text(config), (size_t)(slash + 1)));
	buf_append_text(&path, USUAL_NAME);
	if (buf_overflowed(&path))
		return err_set(err, ERR_LIMIT, "a path of more than %d bytes", PATH_MAX);
	return policy_read(&(struct policy_request){ .path = buf_text(&path),
						     .may_be_missing = true },
			   ret_policy, err);
}

static int read_configured(const char *path, struct policy **ret_policy, struct err *err)
{
	AUTO_CONFIG struct config config = { 0 };

	if (config_read(path, CONFIG_FOR_AGENT, &config, err) < 0)
		return -1;
	if (!config.policy.file[0])
		return read_usual(path, ret_policy, err);
	return policy_read(&(struct policy_request){ .path = config.policy.file },
			   ret_policy, err);
}

/* Whoever replays chose the file, wherever a copy of it may lie: that others might write
 * it is for the agent to mind, which goes by its policy for good. */
static int read_given(const char *path, struct policy **ret_policy, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	struct slice bytes;

	if (input_open(path, &file, err) < 0)
		return -1;
	do {
		if (input_read(file, &bytes, err) < 0)
			return -1;
		if (!buf_append(&text, bytes))
			return err_set(err, ERR_LIMIT, "'%s': longer than %zu bytes",
				       path, LIMIT_CONFIG_BYTES);
	} while (bytes.len);
	return policy_read_text(buf_slice(&text), path, ret_policy, err);
}

int replay_policy_open(const char *file, const char *config, struct policy **ret_policy,
		       struct err *err)
{
	if (file)
		return read_given(file, ret_policy, err);
	if (config)
		return read_configured(config, ret_policy, err);
	*ret_policy = NULL;
	return 0;
}
