/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/key_texts.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define NOTHING                                                                  \
	"{\"instance\":{\"ssh-keys\":null,\"sshKeys\":null,"                     \
	"\"block-project-ssh-keys\":null,\"enable-oslogin\":null},\"project\":{" \
	"\"ssh-keys\":null,\"sshKeys\":null,\"enable-oslogin\":null}}"

static void test_nothing(void)
{
	AUTO_BUF struct buf body = BUF_LIMIT(4096);
	struct gcp_key_texts texts = { 0 };

	gcp_key_texts_write(&texts, &body);
	CHECK_TEXT(buf_text(&body), NOTHING);
	gcp_key_texts_release(&texts);
}

static void test_values(void)
{
	AUTO_BUF struct buf body = BUF_LIMIT(4096);
	struct gcp_key_texts texts = { 0 };

	CHECK_TEXT(gcp_key_texts_path(0), "instance/attributes/ssh-keys");
	CHECK_TEXT(gcp_key_texts_path(4), "project/attributes/ssh-keys");
	CHECK(gcp_key_texts_set(&texts, 0, SLICE("alice:ssh-ed25519 AAAA a\"\nbob:x")));
	CHECK(gcp_key_texts_set(&texts, 2, SLICE("")));
	CHECK(gcp_key_texts_set(&texts, 4, SLICE("\xff\xfe")));
	CHECK(gcp_key_texts_set(&texts, 6, SLICE("FALSE")));
	CHECK(gcp_key_texts_set(&texts, 6, SLICE("TRUE")));
	gcp_key_texts_write(&texts, &body);
	CHECK_TEXT(buf_text(&body),
		   "{\"instance\":{\"ssh-keys\":\"alice:ssh-ed25519 AAAA a\\\"\\nbob:x\","
		   "\"sshKeys\":null,\"block-project-ssh-keys\":\"\",\"enable-oslogin\":"
		   "null},\"project\":{\"ssh-keys\":\"\\ufffd\\ufffd\",\"sshKeys\":null,"
		   "\"enable-oslogin\":\"TRUE\"}}");
	gcp_key_texts_release(&texts);
}

static void test_ceiling(void)
{
	struct gcp_key_texts texts = { 0 };
	char *value = memory_new(1, LIMIT_METADATA_VALUE_BYTES + 1);

	memset(value, 'a', LIMIT_METADATA_VALUE_BYTES + 1);
	CHECK(gcp_key_texts_set(&texts, 0, slice_of(value, LIMIT_METADATA_VALUE_BYTES)));
	CHECK(!gcp_key_texts_set(&texts, 0,
				 slice_of(value, LIMIT_METADATA_VALUE_BYTES + 1)));
	gcp_key_texts_release(&texts);
	free(value);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "nothing", test_nothing },
		{ "values", test_values },
		{ "ceiling", test_ceiling },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/key_texts", tests);
}
