/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/option_texts.h"

#include "base/json.h"

/* Values are texts, "true" and "false" too. What is a secret, or somebody's name, is told
 * as being there alone. */
static const struct {
	const char *name; /* its path in the document, too */
	bool is_told;
} rows[] = {
	{ "compute.osProfile.disablePasswordAuthentication", true },
	{ "compute.publicKeys", false },
	{ "compute.userData", false },
	{ "compute.securityProfile.secureBootEnabled", true },
	{ "compute.securityProfile.virtualTpmEnabled", true },
	{ "compute.securityProfile.securityType", true },
};

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static struct slice text_of(const json_t *value)
{
	if (json_is_boolean(value))
		return json_is_true(value) ? SLICE("true") : SLICE("false");
	return json_slice(value);
}

int azure_option_texts_read(struct slice document, struct option_list *options,
			    struct err *err)
{
	AUTO_JSON json_t *root = NULL;

	if (json_read(document, &root, err) < 0)
		return err_add(err, "the instance's metadata");
	if (!json_is_object(json_at(root, "compute")))
		return err_set(err, ERR_FORMAT, "the instance's metadata has no compute");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *value = json_at(root, rows[i].name);

		if (is_empty(value))
			continue;
		if (rows[i].is_told)
			option_list_add_value(options, rows[i].name, text_of(value));
		else
			option_list_add(options, rows[i].name);
	}
	return 0;
}
