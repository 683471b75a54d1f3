/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/sink_http.h"

void sink_http_options(const struct config *config, const struct config_sink *sink,
		       struct http_options *ret_options)
{
	*ret_options = (struct http_options){
		.ca_file = sink->ca_file,
		.https_proxy = config->courier.https_proxy,
		.no_proxy = config->courier.no_proxy,
		.client_certificate = sink->client_certificate_file,
		.client_key = sink->client_key_file,
	};
}
