/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/key_texts.h"

#include <assert.h>

#include "base/json.h"
#include "base/limits.h"

/* Those of one object stand together. */
static const struct {
	const char *object, *name, *path;
} rows[GCP_KEY_TEXT_COUNT] = {
#define ROW(object, name)                                \
	{                                                \
		object, name, object "/attributes/" name \
	}
	ROW("instance", "ssh-keys"),
	ROW("instance", "sshKeys"),
	ROW("instance", "block-project-ssh-keys"),
	ROW("instance", "enable-oslogin"),
	ROW("project", "ssh-keys"),
	ROW("project", "sshKeys"),
	ROW("project", "enable-oslogin"),
#undef ROW
};

void gcp_key_texts_release(struct gcp_key_texts *texts)
{
	for (size_t i = 0; i < GCP_KEY_TEXT_COUNT; i++)
		buf_release(&texts->values[i].text);
}

const char *gcp_key_texts_path(size_t index)
{
	assert(index < GCP_KEY_TEXT_COUNT);
	return rows[index].path;
}

bool gcp_key_texts_set(struct gcp_key_texts *texts, size_t index, struct slice value)
{
	assert(index < GCP_KEY_TEXT_COUNT);
	buf_release(&texts->values[index].text);
	texts->values[index].text = (struct buf)BUF_LIMIT(LIMIT_METADATA_VALUE_BYTES);
	texts->values[index].is_set = buf_append(&texts->values[index].text, value);
	return texts->values[index].is_set;
}

static bool is_first_of_object(size_t index)
{
	return index == 0 || strcmp(rows[index].object, rows[index - 1].object) != 0;
}

void gcp_key_texts_write(const struct gcp_key_texts *texts, struct buf *body)
{
	struct json_writer writer;

	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	for (size_t i = 0; i < GCP_KEY_TEXT_COUNT; i++) {
		if (is_first_of_object(i))
			json_open_object(&writer, rows[i].object);
		if (texts->values[i].is_set)
			json_put_text(&writer, rows[i].name,
				      buf_slice(&texts->values[i].text));
		else
			json_put_null(&writer, rows[i].name);
		if (i + 1 == GCP_KEY_TEXT_COUNT || is_first_of_object(i + 1))
			json_close_object(&writer);
	}
	json_close_object(&writer);
}
