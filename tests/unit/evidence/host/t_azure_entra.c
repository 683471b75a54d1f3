/* SPDX-License-Identifier: Apache-2.0 */
/* What Entra ID's helpers say of users, and the certificates they log in with. */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define FROM " - from=syslog trust=unverified "
#define ID "a7d1cff1-f463-4629-ae28-b9b1e14f6ad6"
#define PAM "pam_aad(sshd:account): "
#define ACCEPTED "Accepted publickey for amy@example.com from 192.0.2.7 port 1 ssh2: "
#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name, *tag, *message, *want;
} rows[] = {
	{ "asked about one of Entra's", "aad_certhandler[3915]",
	  "Version: 1.0.015570001; user: amy@example.com",
	  "cloud-user" FROM "cloud=azure state=seen user=amy@example.com" },
	{ "asked about another", "aad_certhandler[3915]",
	  "Version: 1.0.015570001; user: amy", "" },
	{ "one of Entra's is none", "aad_certhandler[3915]",
	  "User 'amy@example.com' is not an AAD user; returning empty result.",
	  "cloud-user" FROM "cloud=azure state=refused user=amy@example.com" },
	{ "the same of today", "aad_certhandler[3915]",
	  "User 'amy@example.com' is not a Microsoft Entra user; returning empty result.",
	  "cloud-user" FROM "cloud=azure state=refused user=amy@example.com" },
	{ "another is none", "aad_certhandler[3915]",
	  "User 'amy' is not an AAD user; returning empty result.", "" },
	{ "a sentence in a name", "aad_certhandler[3915]",
	  "User 'a@b' is not an AAD user; returning empty result.' is not an AAD user; "
	  "returning empty result.",
	  "" },
	{ "asked by another program", "logger[3915]",
	  "Version: 1.0.015570001; user: amy@example.com", "" },
	{ "another program's version", "aad_certhandler[3915]", "Version: 1.0", "" },
	{ "authorised", "sshd[5701]",
	  PAM "AadAuthorize, Version: 1.0.013390001; CorrelationId: " ID,
	  "cloud-user" FROM "cloud=azure state=seen correlation_id=" ID },
	{ "let in as an admin", "sshd[5701]",
	  PAM "Login granted for amy@example.com as an admin.",
	  "cloud-user" FROM "cloud=azure state=admitted user=amy@example.com "
	  "principal=amy@example.com is_admin" },
	{ "let in", "sshd-session[5701]", PAM "Login granted for amy@example.com.",
	  "cloud-user" FROM "cloud=azure state=admitted user=amy@example.com "
	  "principal=amy@example.com" },
	{ "let in as a user", "sshd[5701]",
	  PAM "Login granted for amy@example.com as a user.",
	  "cloud-user" FROM "cloud=azure state=admitted user=amy@example.com "
	  "principal=amy@example.com" },
	{ "a sentence in a name, again", "sshd[5701]",
	  PAM "Login granted for eve@example.com as an admin. x as an admin.", "" },
	{ "a token in debug mode", "sshd[5701]",
	  PAM "access_token: eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0", "" },
	{ "a token beside the sentence", "sshd[5701]",
	  PAM "AadAuthorize, Version: 1.0; CorrelationId: " ID " token", "" },
	{ "no id", "sshd[5701]", PAM "AadAuthorize, Version: 1.0; CorrelationId: 7", "" },
	{ "of another program", "su[5701]",
	  PAM "Login granted for amy@example.com as an admin.", "" },
	{ "of another service", "sshd[5701]",
	  "pam_aad(su:account): Login granted for amy@example.com as an admin.", "" },
	{ "certificate", "sshd[5701]",
	  ACCEPTED "RSA-CERT " KEY " ID amy@example.com " ID " (serial 0) CA RSA " KEY,
	  "login-accepted" FROM "user=amy@example.com method=publickey "
	  "source_ip=192.0.2.7 source_port=1 key_type=RSA-CERT fingerprint=" KEY
	  " certificate_id=\"amy@example.com " ID "\"" },
	{ "certificate whose id is JSON", "sshd[5701]",
	  ACCEPTED
	  "RSA-CERT " KEY
	  " ID {\"upn\":\"amy@example.com\",\"tid\":\"x\"} (serial 7) CA RSA " KEY,
	  "login-accepted" FROM "user=amy@example.com method=publickey "
	  "source_ip=192.0.2.7 source_port=1 key_type=RSA-CERT fingerprint=" KEY
	  " certificate_id=\"{\\\"upn\\\":\\\"amy@example.com\\\",\\\"tid\\\":\\\"x\\\"}"
	  "\"" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice message = slice_text(rows[i].message);
		struct event event;
		size_t count = host_test_message(rows[i].tag, message, &event);

		check_row(rows[i].name);
		CHECK_TEXT(host_test_text(count, &event), rows[i].want);
		if (count > 0)
			CHECK(host_message_wanted(message));
	}
}

/* A long id takes the certificate's authority away: sshd logs no more than 500 bytes. */
static void test_long_certificate(void)
{
	AUTO_BUF struct buf message = BUF_LIMIT(1024);
	struct event event;

	buf_append_text(&message, ACCEPTED "RSA-CERT " KEY " ID ");
	while (message.len < 500)
		buf_append_text(&message, A50);
	CHECK_UINT(host_test_message("sshd[5701]", slice_first(buf_slice(&message), 500),
				     &event),
		   1);
	CHECK(event.login.certificate_cut);
	CHECK(event.login.certificate_id.len > 300);
}

static void test_trust(void)
{
	static const struct {
		const char *name, *ident, *comm, *unit, *message;
		int64_t uid;
		enum trust want;
	} entries[] = {
		{ "key command", "aad_certhandler", "aad_certhandler", "ssh.service",
		  "Version: 1.0; user: amy@example.com", 0, TRUST_ATTESTED },
		{ "a user's", "aad_certhandler", "logger", "session-3.scope",
		  "Version: 1.0; user: amy@example.com", 1000, TRUST_CONTRADICTED },
		{ "PAM module", "sshd", "sshd", "ssh.service",
		  PAM "Login granted for amy@example.com as an admin.", 0,
		  TRUST_ATTESTED },
		{ "a user's, again", "sshd", "logger", "session-3.scope",
		  PAM "Login granted for amy@example.com as an admin.", 1000,
		  TRUST_CONTRADICTED },
	};

	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct journal_fields fields = host_test_sshd_fields();
		struct event event;

		check_row(entries[i].name);
		fields.ident = slice_text(entries[i].ident);
		fields.comm = slice_text(entries[i].comm);
		fields.unit = slice_text(entries[i].unit);
		fields.uid = entries[i].uid;
		CHECK_UINT(
			host_test_entry(&fields, slice_text(entries[i].message), &event),
			1);
		CHECK_INT(event.trust, entries[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "long certificate", test_long_certificate },
		{ "trust", test_trust },
		{ NULL, NULL },
	};

	return check_run("evidence/host/azure_entra", tests);
}
