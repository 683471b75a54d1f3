/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "config/file.h"
#include "config/read.h"
#include "config/value.h"

#define DROP_INS "conf.d"
#define POLICY_NAME "policy.conf"

void config_release(struct config *config)
{
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		if (setting->place == PLACE_CONFIG)
			value_release(setting, origins_field(config, setting, 0));
		for (size_t k = 0; setting->place == PLACE_SINK && k < config->sink_count;
		     k++)
			value_release(setting, origins_field(config, setting, k));
	}
	for (size_t i = 0; i < config->sink_count; i++)
		free(config->sinks[i].name);
	origins_free(config->origins);
	memset(config, 0, sizeof(*config));
}

/* Reads one file of an open folder and takes what is in it. */
static int take_file(struct config_reading *reading, int folder, const char *path,
		     bool must_exist, struct err *err)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	const char *slash = strrchr(path, '/');
	bool found;

	if (config_file_read(folder, slash ? slash + 1 : path, &text, &found, err) < 0)
		return err_add(err, "%s", path);
	if (!found && must_exist)
		return err_set(err, ERR_MISSING, "%s: there is no such file", path);
	if (found)
		config_reading_take(reading, path, buf_slice(&text));
	return 0;
}

static int take_drop_ins(struct config_reading *reading, int folder, struct slice beside,
			 struct err *err)
{
	__attribute__((cleanup(config_names_release))) struct config_names names = { 0 };
	AUTO_BUF struct buf path = BUF_LIMIT(2 * LIMIT_FIELD_BYTES);
	AUTO_CLOSE int drop_ins = -1;

	if (config_folder_open_at(folder, DROP_INS, &drop_ins, err) < 0)
		return err_add(err, "%.*s", SLICE_ARG(slice_first(beside, 512)));
	if (drop_ins < 0)
		return 0;
	if (config_folder_list(drop_ins, &names, err) < 0)
		return err_add(err, "%.*s" DROP_INS, SLICE_ARG(slice_first(beside, 512)));
	for (size_t i = 0; i < names.count; i++) {
		buf_clear(&path);
		buf_append(&path, beside);
		if (!buf_append_format(&path, DROP_INS "/%s", names.names[i]))
			return err_set(err, ERR_LIMIT, "a path that is too long");
		if (take_file(reading, drop_ins, buf_text(&path), true, err) < 0)
			config_reading_tell(reading, err);
	}
	return 0;
}

/* The file and its drop-ins; what cannot be read at all is told like what is wrong in it.
 */
static void take_files(struct config_reading *reading, const char *path, bool must_exist)
{
	AUTO_CLOSE int folder = -1;
	const char *name = path;
	struct err err;

	if (config_folder_open(path, &folder, &name, &err) < 0) {
		config_reading_tell(reading, &err);
		return;
	}
	if (folder < 0) {
		err_set(&err, ERR_MISSING, "%s: there is no such file", path);
		if (must_exist)
			config_reading_tell(reading, &err);
		return;
	}
	if (take_file(reading, folder, path, must_exist, &err) < 0)
		config_reading_tell(reading, &err);
	if (take_drop_ins(reading, folder, slice_of(path, (size_t)(name - path)), &err) <
	    0)
		config_reading_tell(reading, &err);
}

static int finish(struct config_reading *reading, struct config *config,
		  struct config *ret_config, struct err *err)
{
	int result = config_reading_finish(reading, err);

	config_reading_release(reading);
	if (result < 0) {
		config_release(config);
		return -1;
	}
	*ret_config = *config;
	return 0;
}

int config_read_request(const struct config_request *request, struct config *ret_config,
			struct err *err)
{
	struct config config = { .sink_count = 0 };
	struct config_reading reading;

	config_reading_begin(&reading, request, &config);
	take_files(&reading, request->path ? request->path : CONFIG_PATH,
		   request->path != NULL);
	return finish(&reading, &config, ret_config, err);
}

int config_read(const char *path, enum config_reader reader, struct config *ret_config,
		struct err *err)
{
	const struct config_request request = { .path = path, .reader = reader };

	return config_read_request(&request, ret_config, err);
}

int config_read_text(struct slice text, const char *name, struct config *ret_config,
		     struct err *err)
{
	const struct config_request request = { .reader = CONFIG_FOR_AGENT };
	struct config config = { .sink_count = 0 };
	struct config_reading reading;

	config_reading_begin(&reading, &request, &config);
	config_reading_take(&reading, name, text);
	return finish(&reading, &config, ret_config, err);
}

char *config_policy_path(const struct config *config, const char *path,
			 bool *ret_may_be_missing)
{
	AUTO_BUF struct buf beside = BUF_LIMIT(2 * LIMIT_FIELD_BYTES);
	const char *slash;

	*ret_may_be_missing = !config->policy.file[0];
	if (config->policy.file[0])
		return memory_copy_text(slice_text(config->policy.file));
	path = path ? path : CONFIG_PATH;
	slash = strrchr(path, '/');
	if (slash)
		buf_append(&beside, slice_of(path, (size_t)(slash - path) + 1));
	buf_append_text(&beside, POLICY_NAME);
	return memory_copy_text(buf_slice(&beside));
}
