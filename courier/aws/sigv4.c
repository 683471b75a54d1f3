/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/sigv4.h"

#include <assert.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/memory.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define HEX_BYTES (2 * SHA256_BYTES + 1)
#define DAY_BYTES 8 /* of the date: "20260128" */

static void add_text(struct sha256 *sha256, const char *text)
{
	sha256_add(sha256, slice_text(text));
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Without blanks at the ends, and a run of blanks inside as one space. */
static void add_value(struct sha256 *sha256, struct slice value)
{
	struct slice rest = slice_trim(value);

	while (rest.len) {
		size_t len = 0;

		while (len < rest.len && !is_blank(rest.ptr[len]))
			len++;
		sha256_add(sha256, slice_first(rest, len));
		rest = slice_skip(rest, len);
		if (rest.len)
			add_text(sha256, " ");
		while (rest.len && is_blank(rest.ptr[0]))
			rest = slice_skip(rest, 1);
	}
}

static void hex_digest(struct sha256 *sha256, char text[HEX_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	sha256_finish(sha256, digest);
	hex_from_bytes(digest, sizeof(digest), text);
	explicit_bzero(sha256, sizeof(*sha256));
}

/* The headers in order of their names. */
struct sorted {
	const struct sigv4_header *headers[SIGV4_HEADERS_MAX];
	size_t count;
};

static struct sorted sort_headers(const struct sigv4_request *request)
{
	struct sorted sorted = { .count = 0 };

	assert(request->header_count <= SIGV4_HEADERS_MAX);
	for (size_t i = 0; i < request->header_count; i++) {
		size_t at = sorted.count++;

		while (at > 0 && strcmp(sorted.headers[at - 1]->name,
					request->headers[i].name) > 0) {
			sorted.headers[at] = sorted.headers[at - 1];
			at--;
		}
		sorted.headers[at] = &request->headers[i];
	}
	return sorted;
}

/* The canonical request, which holds the session token, is hashed as it is made and never
 * stands in memory as a whole. */
static void hash_request(const struct sigv4_request *request, const struct sorted *sorted,
			 char text[HEX_BYTES])
{
	struct sha256 canonical, body;

	sha256_init(&body);
	sha256_add(&body, request->body);
	hex_digest(&body, text);

	sha256_init(&canonical);
	add_text(&canonical, request->method);
	add_text(&canonical, "\n/\n\n"); /* the path, and no query */
	for (size_t i = 0; i < sorted->count; i++) {
		add_text(&canonical, sorted->headers[i]->name);
		add_text(&canonical, ":");
		add_value(&canonical, sorted->headers[i]->value);
		add_text(&canonical, "\n");
	}
	add_text(&canonical, "\n");
	for (size_t i = 0; i < sorted->count; i++) {
		add_text(&canonical, i ? ";" : "");
		add_text(&canonical, sorted->headers[i]->name);
	}
	add_text(&canonical, "\n");
	add_text(&canonical, text);
	hex_digest(&canonical, text);
}

/* The key of the day, the region and the service. */
static void derive_key(const struct aws_credentials *credentials, struct slice day,
		       const struct sigv4_request *request, uint8_t key[SHA256_BYTES])
{
	const struct slice parts[] = {
		slice_text(request->region),
		slice_text(request->service),
		SLICE("aws4_request"),
	};
	struct slice so_far = slice_of((const char *)key, SHA256_BYTES);
	size_t len = strlen("AWS4") + strlen(credentials->secret_access_key);
	AUTO_FREE char *first = memory_new(len + 1, 1);

	snprintf(first, len + 1, "AWS4%s", credentials->secret_access_key);
	hmac_sha256(slice_of(first, len), day, key);
	explicit_bzero(first, len);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		hmac_sha256(so_far, parts[i], key);
}

const char *sigv4_date(us_time time, char text[SIGV4_DATE_BYTES])
{
	struct civil civil;
	char room[80];

	if (time < US_TIME_MIN || time > US_TIME_MAX)
		time = time < US_TIME_MIN ? US_TIME_MIN : US_TIME_MAX;
	civil = civil_from_utc(time);
	snprintf(room, sizeof(room), "%04d%02d%02dT%02d%02d%02dZ", civil.year,
		 civil.month, civil.day, civil.hour, civil.minute, civil.second);
	memcpy(text, room, SIGV4_DATE_BYTES - 1);
	text[SIGV4_DATE_BYTES - 1] = '\0';
	return text;
}

bool sigv4_authorization(const struct sigv4_request *request,
			 const struct aws_credentials *credentials, struct buf *buf)
{
	struct sorted sorted = sort_headers(request);
	AUTO_BUF struct buf to_sign = BUF_LIMIT(1024);
	char date[SIGV4_DATE_BYTES], hex[HEX_BYTES];
	struct slice day = slice_of(sigv4_date(request->time, date), DAY_BYTES);
	uint8_t key[SHA256_BYTES], signature[SHA256_BYTES];

	hash_request(request, &sorted, hex);
	if (!buf_append_format(&to_sign, ALGORITHM "\n%s\n%.*s/%s/%s/aws4_request\n%s",
			       date, SLICE_ARG(day), request->region, request->service,
			       hex))
		return false;
	derive_key(credentials, day, request, key);
	hmac_sha256(slice_of((const char *)key, sizeof(key)), buf_slice(&to_sign),
		    signature);
	explicit_bzero(key, sizeof(key));
	hex_from_bytes(signature, sizeof(signature), hex);

	buf_append_format(
		buf, ALGORITHM " Credential=%s/%.*s/%s/%s/aws4_request, SignedHeaders=",
		credentials->access_key_id, SLICE_ARG(day), request->region,
		request->service);
	for (size_t i = 0; i < sorted.count; i++) {
		buf_append_text(buf, i ? ";" : "");
		buf_append_text(buf, sorted.headers[i]->name);
	}
	buf_append_format(buf, ", Signature=%s", hex);
	return !buf_overflowed(buf);
}
