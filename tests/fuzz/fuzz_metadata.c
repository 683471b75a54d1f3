/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "courier/aws/identity_texts.h"
#include "courier/aws/role_credentials.h"

/* What becomes part of a URL, a header or a host name has no byte that could end it. */
static void need_plain(const char *text)
{
	for (; *text; text++) {
		if (*text <= ' ' || *text > '~')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE struct role_credentials *credentials =
		memory_new(1, sizeof(*credentials));
	struct slice text = slice_of((const char *)data, size);
	struct aws_identity_texts texts;
	struct err err;

	identity_texts_init(&texts);
	if (identity_texts_read(&texts, text, &err) == 0) {
		need_plain(texts.instance);
		need_plain(texts.region);
	}
	identity_texts_set_domain(&texts, text);
	address_list_add(&texts.private_ips, text);
	need_plain(texts.domain);
	if (role_name_read(text, credentials->role))
		need_plain(credentials->role);
	if (role_credentials_read(credentials, text, &err) == 0)
		need_plain(credentials->session_token);
	return 0;
}
