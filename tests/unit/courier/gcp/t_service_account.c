/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/service_account.h"

#include <stdio.h>

#include "tests/support/check.h"

#define AUTH "https://www.googleapis.com/auth/"
#define DEFAULT_SCOPES                                                      \
	AUTH "devstorage.read_only\n" AUTH "logging.write\n" AUTH           \
	     "monitoring.write\n" AUTH "service.management.readonly\n" AUTH \
	     "servicecontrol\n" AUTH "trace.append\n"

static void test_scopes(void)
{
	static const struct {
		const char *name, *text;
		bool want;
	} rows[] = {
		{ "none", "", false },
		{ "the default ones", DEFAULT_SCOPES, false },
		{ "read", AUTH "logging.read", true },
		{ "read, a line", AUTH "logging.read\n", true },
		{ "read, last", DEFAULT_SCOPES AUTH "logging.read", true },
		{ "admin", AUTH "logging.admin\n" DEFAULT_SCOPES, true },
		{ "everything", AUTH "cloud-platform\r\n", true },
		{ "everything, to be read", AUTH "cloud-platform.read-only", true },
		{ "write", AUTH "logging.write", false },
		{ "more behind it", AUTH "logging.reader", false },
		{ "less", AUTH "logging.rea", false },
		{ "elsewhere", "https://example.com/auth/logging.read", false },
		{ "inside a line", "x" AUTH "logging.read", false },
		{ "lines without anything", "\n\n\n", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(gcp_scopes_allow_logging(slice_text(rows[i].text)),
			  rows[i].want);
	}
}

static void test_emails(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "123456789012-compute@developer.gserviceaccount.com",
		  "123456789012-compute@developer.gserviceaccount.com" },
		{ "agent@example-project.iam.gserviceaccount.com\n",
		  "agent@example-project.iam.gserviceaccount.com" },
		{ "", NULL },
		{ "a b@example.com", NULL },
		{ "a@example.com\nb", NULL },
		{ "'a@example.com", NULL },
		{ "\033[31m@example.com", NULL },
	};
	char email[GCP_EMAIL_BYTES], text[GCP_EMAIL_BYTES + 1];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool is_one = gcp_email_read(slice_text(rows[i].text), email);

		check_row(rows[i].text);
		CHECK_INT(is_one, rows[i].want != NULL);
		if (is_one && rows[i].want)
			CHECK_TEXT(email, rows[i].want);
	}
	memset(text, 'a', sizeof(text));
	CHECK(gcp_email_read(slice_of(text, GCP_EMAIL_BYTES - 1), email));
	CHECK(!gcp_email_read(slice_of(text, GCP_EMAIL_BYTES), email));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "scopes", test_scopes },
		{ "e-mails", test_emails },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/service_account", tests);
}
