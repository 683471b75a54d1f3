/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/sink_http.h"

#include "courier/secret.h"

void sink_http_options(const struct config *config, const struct config_sink *sink,
		       struct buf *key_path, struct http_options *ret_options)
{
	struct err ignored;

	*ret_options = (struct http_options){
		.ca_file = sink->ca_file,
		.https_proxy = config->courier.https_proxy,
		.no_proxy = config->courier.no_proxy,
	};
	if (!sink->client_certificate_file[0])
		return;
	/* Where it cannot be found, that is told at each sending. */
	(void)!secret_path(sink->client_key_file, key_path, &ignored);
	ret_options->client_certificate = sink->client_certificate_file;
	ret_options->client_key = buf_text(key_path);
}
