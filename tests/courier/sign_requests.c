/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs what tests/courier/signature.py asks for: a JSON object a line on stdin, the
 * Authorization header a line on stdout.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "courier/aws/sigv4.h"

#define LINE_BYTES ((size_t)1024 * 1024)

static const char *text_at(const json_t *request, const char *name)
{
	const char *text = json_string_value(json_at(request, name));

	return text ? text : "";
}

static void read_headers(const json_t *json, struct sigv4_request *request)
{
	const json_t *headers = json_at(json, "headers");

	for (size_t i = 0; i < json_array_size(headers) && i < SIGV4_HEADERS_MAX; i++) {
		const json_t *header = json_array_get(headers, i);

		request->headers[i].name = json_string_value(json_array_get(header, 0));
		request->headers[i].value = json_slice(json_array_get(header, 1));
		request->header_count = i + 1;
	}
}

static int sign(struct slice line)
{
	AUTO_BUF struct buf authorization = BUF_LIMIT(LINE_BYTES);
	AUTO_JSON json_t *json = NULL;
	struct sigv4_request request = { .header_count = 0 };
	struct aws_credentials credentials = { .role = "" };
	struct err err;

	if (json_read(line, &json, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	request.method = text_at(json, "method");
	request.body = json_text_at(json, "body");
	request.region = text_at(json, "region");
	request.service = text_at(json, "service");
	if (!time_from_rfc3339(json_text_at(json, "time"), &request.time))
		return -1;
	read_headers(json, &request);
	credentials.access_key_id = text_at(json, "key_id");
	credentials.secret_access_key = text_at(json, "secret");
	credentials.session_token = text_at(json, "token");
	if (!sigv4_authorization(&request, &credentials, &authorization))
		return -1;
	puts(buf_text(&authorization));
	return 0;
}

int main(void)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		if (sign(slice_of(line, (size_t)len)) < 0)
			return 1;
	}
	return 0;
}
