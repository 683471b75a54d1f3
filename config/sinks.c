/* SPDX-License-Identifier: Apache-2.0 */
#include "config/sinks.h"

#include <stdlib.h>

#include "base/memory.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Formats of finished records, and those whose records are one JSON object. */
#define JSON_FORMATS "ocsf ocsf-1.9 native ecs udm asff"
#define RECORD_FORMATS JSON_FORMATS " cef"
#define ALL_FORMATS RECORD_FORMATS " slack teams pagerduty"
#define TLS "ca_file client_certificate_file client_key_file"

/* Of each type of sink. Lists are of words with blanks between them; "" = none. */
static const struct type {
	const char *name;
	const char *takes;   /* settings, besides those that all take */
	const char *needs;   /* settings, or the first of several where one will do */
	const char *schemes; /* of its url */
	const char *formats; /* the first is the default */
	const char *records;
} types[] = {
	{ "file", "path", "", "", ALL_FORMATS, "findings" },
	{ "journal", "", "", "", "native", "both" },
	{ "syslog", "url " TLS, "url", "tcp:// tls:// unix:", RECORD_FORMATS, "both" },
	{ "https", "url url_file token_file hmac_key_file " TLS, "url",
	  "https:// http://", ALL_FORMATS, "both" },
	{ "splunk", "url url_file token_file index acknowledge " TLS, "url token_file",
	  "https:// http://", RECORD_FORMATS, "both" },
	{ "elasticsearch", "url url_file token_file index " TLS, "url",
	  "https:// http://", "ecs ocsf ocsf-1.9 native udm asff", "both" },
	{ "slack", "url url_file " TLS, "url", "https:// http://", "slack", "findings" },
	{ "teams", "url url_file " TLS, "url", "https:// http://", "teams", "findings" },
	{ "pagerduty", "url url_file token_file " TLS, "token_file", "https:// http://",
	  "pagerduty", "findings" },
};

/* The settings that some types only take. */
static const char *const particular[] = {
	"path",
	"url",
	"url_file",
	"token_file",
	"hmac_key_file",
	"ca_file",
	"index",
	"client_certificate_file",
	"client_key_file",
	"acknowledge",
};

static const struct type *type_of(const struct config_sink *sink)
{
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcmp(types[i].name, sink->type) == 0)
			return &types[i];
	}
	abort(); /* it is one of the words that the setting takes */
}

static void set_text(char **field, struct slice text)
{
	free(*field);
	*field = memory_copy_text(text);
}

void sinks_fill_in(struct config *config)
{
	for (size_t i = 0; i < config->sink_count; i++) {
		struct config_sink *sink = &config->sinks[i];
		const struct type *type = type_of(sink);
		struct slice formats = slice_text(type->formats), first;

		if (!slice_take_until(&formats, ' ', &first))
			first = formats;
		if (!*sink->format)
			set_text(&sink->format, first);
		if (!*sink->records)
			set_text(&sink->records, slice_text(type->records));
		if (!*sink->path) {
			free(sink->path);
			sink->path = NULL;
		}
	}
}

/* ---- checks ------------------------------------------------------------------------ */

/* One sink that is looked at. */
struct look {
	struct config_reading *reading;
	size_t index;
	const struct config_sink *sink;
	const struct type *type;
};

static const struct origin *origin_of(const struct look *look, const char *key)
{
	ptrdiff_t index = setting_find(SLICE("sink"), slice_text(key));

	return origins_at(look->reading->config->origins, (size_t)index, look->index);
}

/* Whether it has another value than none. */
static bool is_set(const struct look *look, const char *key)
{
	ptrdiff_t index = setting_find(SLICE("sink"), slice_text(key));
	const struct setting *setting = setting_at((size_t)index);
	const void *value = origins_value(look->reading->config, setting, look->index);
	const char *text;

	if (setting->type == TYPE_YES_NO)
		return *(const bool *)value;
	text = *(const char *const *)value;
	return text && *text;
}

/* Says it at the value that was set, else at the type, which asks for it. */
static void tell(const struct look *look, const char *key, struct err *problem)
{
	const struct origin *origin = origin_of(look, key);

	if (!origin->file)
		origin = origin_of(look, "type");
	if (origin->file)
		err_add(problem, "%s:%u", origin->file, origin->line);
	config_reading_tell(look->reading, problem);
}

static bool has_word(const char *words, const char *word)
{
	size_t index;

	return setting_has_word(words, slice_text(word), &index);
}

static void check_taken(const struct look *look)
{
	struct err err;

	for (size_t i = 0; i < COUNT_OF(particular); i++) {
		if (!is_set(look, particular[i]) ||
		    has_word(look->type->takes, particular[i]))
			continue;
		err_set(&err, ERR_FORMAT, "[sink %s] %s: type = %s does not take it%s%s",
			look->sink->name, particular[i], look->type->name,
			*look->type->takes ? ", but " : "", look->type->takes);
		tell(look, particular[i], &err);
	}
}

static void check_needed(const struct look *look)
{
	struct slice needs = slice_text(look->type->needs), key;
	bool has_url_file = look->sink->url_file[0] != '\0';
	struct err err;

	for (bool is_last = needs.len == 0; !is_last;) {
		char name[32] = "";

		is_last = !slice_take_until(&needs, ' ', &key);
		key = is_last ? needs : key;
		memcpy(name, key.ptr, key.len);
		if (is_set(look, name) || (has_url_file && strcmp(name, "url") == 0))
			continue;
		err_set(&err, ERR_MISSING, "[sink %s] type = %s needs %s%s",
			look->sink->name, look->type->name, name,
			has_word(look->type->takes, "url_file") &&
					strcmp(name, "url") == 0
				? " or url_file"
				: "");
		tell(look, name, &err);
	}
}

static void check_url(const struct look *look)
{
	struct slice schemes = slice_text(look->type->schemes), scheme;
	struct slice url = slice_text(look->sink->url);
	struct err err;

	if (url.len == 0 || !has_word(look->type->takes, "url"))
		return;
	if (look->sink->url_file[0]) {
		err_set(&err, ERR_FORMAT,
			"[sink %s] url: url_file is set, too, and one is enough",
			look->sink->name);
		tell(look, "url", &err);
	}
	for (bool is_last = false; !is_last;) {
		is_last = !slice_take_until(&schemes, ' ', &scheme);
		if (slice_starts_with(url, is_last ? schemes : scheme))
			return;
	}
	err_set(&err, ERR_FORMAT,
		"[sink %s] url = '%.64s': type = %s has one that begins with %s",
		look->sink->name, look->sink->url, look->type->name, look->type->schemes);
	tell(look, "url", &err);
}

static void check_format(const struct look *look)
{
	struct err err;

	if (has_word(look->type->formats, look->sink->format))
		return;
	err_set(&err, ERR_FORMAT, "[sink %s] format = '%.64s': type = %s takes %s",
		look->sink->name, look->sink->format, look->type->name,
		look->type->formats);
	tell(look, "format", &err);
}

/* Certificates of either side, where there is no TLS. */
static void check_certificates(const struct look *look)
{
	static const char *const keys[] = { "ca_file", "client_certificate_file",
					    "client_key_file" };
	const char *url = look->sink->url;
	bool is_plain = strncmp(url, "tcp:", 4) == 0 || strncmp(url, "unix:", 5) == 0 ||
			strncmp(url, "http:", 5) == 0;
	bool has_certificate = is_set(look, keys[1]), has_key = is_set(look, keys[2]);
	struct err err;

	for (size_t i = 0; is_plain && i < COUNT_OF(keys); i++) {
		if (!is_set(look, keys[i]) || !has_word(look->type->takes, keys[i]))
			continue;
		err_set(&err, ERR_FORMAT, "[sink %s] %s: its url is one without TLS",
			look->sink->name, keys[i]);
		tell(look, keys[i], &err);
	}
	if (has_certificate == has_key)
		return;
	err_set(&err, ERR_FORMAT, "[sink %s] %s: it goes with %s, which is not set",
		look->sink->name, has_key ? keys[2] : keys[1],
		has_key ? keys[1] : keys[2]);
	tell(look, has_key ? keys[2] : keys[1], &err);
}

static void check_retries(const struct look *look)
{
	char first[TIME_TEXT_BYTES], most[TIME_TEXT_BYTES];
	struct err err;

	if (look->sink->retry_first <= look->sink->retry_most)
		return;
	err_set(&err, ERR_FORMAT,
		"[sink %s] retry_first = %s: allowed is at most retry_most, which is %s",
		look->sink->name, span_to_text(look->sink->retry_first, first),
		span_to_text(look->sink->retry_most, most));
	tell(look, origin_of(look, "retry_first")->file ? "retry_first" : "retry_most",
	     &err);
}

static const char *path_of(const struct config_sink *sink)
{
	return sink->path ? sink->path : "";
}

/* Two sinks that write into one file would spoil it. */
static void check_path(const struct look *look)
{
	struct err err;

	for (size_t i = 0; i < look->index; i++) {
		const struct config_sink *other = &look->reading->config->sinks[i];

		if (strcmp(look->sink->type, "file") != 0 ||
		    strcmp(other->type, "file") != 0 ||
		    strcmp(path_of(look->sink), path_of(other)) != 0)
			continue;
		err_set(&err, ERR_FORMAT,
			"[sink %s] writes to the same file as [sink %s]: each needs a "
			"path of "
			"its own",
			look->sink->name, other->name);
		tell(look, "path", &err);
	}
}

void sinks_check(struct config_reading *reading)
{
	static void (*const checks[])(const struct look *look) = {
		check_taken,	    check_needed,  check_url,  check_format,
		check_certificates, check_retries, check_path,
	};

	for (size_t i = 0; i < reading->config->sink_count; i++) {
		const struct config_sink *sink = &reading->config->sinks[i];
		const struct look look = { reading, i, sink, type_of(sink) };

		for (size_t k = 0; k < COUNT_OF(checks); k++)
			checks[k](&look);
	}
}
