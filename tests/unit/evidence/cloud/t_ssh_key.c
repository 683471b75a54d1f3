/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprints as ssh-keygen -lf (OpenSSH 9.2) prints them for keys made for this test.
 */
#include "evidence/cloud.h"

#include "tests/support/check.h"

#define KEY_TYPE "ssh-ed25519"
#define KEY_BLOB "AAAAC3NzaC1lZDI1NTE5AAAAIFpo8m7mlt8nDnW7b3F0hhEra4pDelRML3K5h1BYjZLk"
#define KEY_FINGERPRINT "SHA256:kstCARW6JAMiDb574a1SpLXWB1IkKPYMzndAouLBn2o"

static const struct {
	const char *name, *line, *fingerprint; /* NULL = none */
} rows[] = {
	{ "ed25519",
	  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFpo8m7mlt8nDnW7b3F0hhEra4pDelRML3K5"
	  "h1BYjZLk deploy@build",
	  "SHA256:kstCARW6JAMiDb574a1SpLXWB1IkKPYMzndAouLBn2o" },
	{ "rsa",
	  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDE3UxlgT/+S++75UavfcIBrThY819iALTh"
	  "GWNHaCp8u0Qbj87TKv9AsKuL5wX6cnavo6+3pPtjaFKBfLbb+H0CziBlubLQOBPKfBg5JMw/"
	  "ILT0D96G/mrZhl3kbu3SJNdoU3//g+JqiH4YxDFcNVrwFWcfV/hGSFwwwmV1ZjMx995z8RfC"
	  "clr+hoIB5llGzqWR5t7G3qmBFvBa3Bi9M8f+aEpB6zo1QDKwKqjExMo152vqoh5UbR9GKgav"
	  "XWuCT9XsfSD7tYhMcVujfjjwhFmCvBkfI+ejzDXAApOIuTFpIFCY5kQbsKgtvUEbcu7rHYA3"
	  "9UimBKRJKYYpWV0/+6ah",
	  "SHA256:y7TQwcqHQUlSW0mlFA1/3hEgKUMcU7yUg1lL7dQoI9M" },
	{ "ecdsa, comment of two words",
	  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB"
	  "BBby2CFVNZc4+QauztS1RjXJoS25pUmyKCOi236oRsZ77dnxsVBJqp+s4nE8Ga8J7mh3Ryp8"
	  "EsXmNvu5dG7NBP8= two words",
	  "SHA256:/llVvUULd47BEgwFpNrt+rnY6Om4ZUBnaxlsOIlIPqM" },
	{ "ed25519 on a token",
	  "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI"
	  "Fpo8m7mlt8nDnW7b3F0hhEra4pDelRML3K5h1BYjZLkAAAABHNzaDo= token",
	  "SHA256:RPwiunpYIaz4SKKEZVmudMeo3VASU3oXoJ15jFfUiFA" },
	{ "ecdsa on a token",
	  "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb"
	  "3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBBby2CFVNZc4+QauztS1RjXJoS25pUmyKCOi2"
	  "36oRsZ77dnxsVBJqp+s4nE8Ga8J7mh3Ryp8EsXmNvu5dG7NBP8AAAAEc3NoOg== token",
	  "SHA256:E01wIKzGQ3vgpLxcWCLe4dEnT/5+JPub77oUNG0LYCo" },
	{ "no comment", KEY_TYPE " " KEY_BLOB, KEY_FINGERPRINT },
	{ "blanks around it", " \t" KEY_TYPE "  " KEY_BLOB " \r\n", KEY_FINGERPRINT },
	{ "empty", "", NULL },
	{ "blank", " \n", NULL },
	{ "type alone", KEY_TYPE, NULL },
	{ "no base64", KEY_TYPE " AAAA*AAA", NULL },
	{ "other type in the blob", "ssh-rsa " KEY_BLOB, NULL },
	{ "beginning of the type", "ssh-ed2551 " KEY_BLOB, NULL },
	{ "blob alone", KEY_BLOB, NULL },
	{ "options in front", "no-pty " KEY_TYPE " " KEY_BLOB, NULL },
	{ "blob too short", KEY_TYPE " AAAAC3NzaC1lZA==", NULL },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[FINGERPRINT_TEXT_BYTES] = "";
		bool is_key = ssh_key_fingerprint(slice_text(rows[i].line), text);

		check_row(rows[i].name);
		CHECK_TEXT(is_key ? text : NULL, rows[i].fingerprint);
	}
}

/* No beginning of a line is read past its end, nor is any of them a key of another
 * length. */
static void test_cut(void)
{
	const struct slice line = slice_text(KEY_TYPE " " KEY_BLOB);

	for (size_t len = 0; len < line.len; len++) {
		char text[FINGERPRINT_TEXT_BYTES] = "";

		if (ssh_key_fingerprint(slice_first(line, len), text))
			CHECK(strcmp(text, KEY_FINGERPRINT) != 0);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "cut", test_cut },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/ssh_key", tests);
}
