/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/origin.h"

#include <stdio.h>

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

static bool is_host_byte(char byte)
{
	return is_letter_or_digit(byte) || byte == '.' || byte == '-' || byte == '_' ||
	       byte == ':' || byte == '[' || byte == ']';
}

static const char *own_port(bool is_https)
{
	return is_https ? ":443" : ":80";
}

int origin_read(const char *url, struct origin *ret_origin, struct err *err)
{
	struct slice host = slice_text(url);
	bool is_https = slice_take_prefix(&host, SLICE("https://"));
	struct origin origin;

	if (!is_https && !slice_take_prefix(&host, SLICE("http://")))
		return err_set(err, ERR_USAGE, "endpoint '%.200s' is no http(s) URL",
			       url);
	slice_take_suffix(&host, SLICE("/"));
	for (size_t i = 0; i < host.len; i++) {
		if (!is_host_byte(host.ptr[i]))
			return err_set(err, ERR_USAGE,
				       "endpoint '%.200s' is more than a host and a port",
				       url);
	}
	slice_take_suffix(&host, slice_text(own_port(is_https)));
	if (host.len == 0 || host.len >= ORIGIN_HOST_BYTES)
		return err_set(err, ERR_USAGE,
			       "endpoint '%.200s' has no host or one that is too long",
			       url);
	snprintf(origin.host, sizeof(origin.host), "%.*s", SLICE_ARG(host));
	snprintf(origin.url, sizeof(origin.url), "%s://%s", is_https ? "https" : "http",
		 origin.host);
	*ret_origin = origin;
	return 0;
}

bool origin_holds(const struct origin *origin, struct slice link, struct slice *ret_rest)
{
	struct slice url = slice_text(origin->url);
	bool is_https = slice_starts_with(url, SLICE("https://"));

	/* only then is what follows the whole host no longer a part of it */
	if (!slice_equal_ignoring_case(slice_first(link, url.len), url))
		return false;
	link = slice_skip(link, url.len);
	slice_take_prefix(&link, slice_text(own_port(is_https)));
	if (!slice_starts_with(link, SLICE("/")))
		return false;
	*ret_rest = link;
	return true;
}

bool origin_append_encoded(struct buf *url, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		if (is_letter_or_digit((char)byte) || byte == '-' || byte == '.' ||
		    byte == '_' || byte == '~') {
			buf_append_byte(url, (char)byte);
			continue;
		}
		buf_append_byte(url, '%');
		buf_append_byte(url, digits[byte >> 4]);
		buf_append_byte(url, digits[byte & 15]);
	}
	return !buf_overflowed(url);
}
