/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_policy.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "config/config.h"
#include "input/input.h"

static int read_configured(const char *path, struct policy **ret_policy, struct err *err)
{
	AUTO_CONFIG struct config config = { 0 };
	AUTO_FREE char *file = NULL;
	struct policy_request request = { 0 };

	if (config_read(path, CONFIG_FOR_AGENT, &config, err) < 0)
		return -1;
	file = config_policy_path(&config, path, &request.may_be_missing);
	request.path = file;
	return policy_read(&request, ret_policy, err);
}

/* Whoever replays chose the file, wherever a copy of it may lie: that others might write
 * it is for the agent to mind, which goes by its policy for good. */
static int read_given(const char *path, struct policy **ret_policy, struct err *err)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);

	if (input_read_whole(path, &text, err) < 0)
		return -1;
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
