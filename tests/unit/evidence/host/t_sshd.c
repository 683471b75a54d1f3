/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define CA_KEY "SHA256:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU"
#define SAID "login-accepted - from=syslog trust=unverified user="
#define PARTIAL "key-partial - from=syslog trust=unverified user="

/* What is said of each message; "" = no evidence. */
static const struct {
	const char *name, *message, *want;
} rows[] = {
	/* every way to come in */
	{ "public key",
	  "Accepted publickey for amy from 192.0.2.7 port 50022 ssh2: ED25519 " KEY,
	  SAID
	  "amy method=publickey source_ip=192.0.2.7 source_port=50022 key_type=ED25519 "
	  "fingerprint=" KEY },
	{ "password", "Accepted password for amy from 192.0.2.7 port 1 ssh2",
	  SAID "amy method=password source_ip=192.0.2.7 source_port=1" },
	{ "keyboard",
	  "Accepted keyboard-interactive/pam for amy from 192.0.2.7 port 1 ssh2",
	  SAID "amy method=keyboard-interactive/pam source_ip=192.0.2.7 source_port=1" },
	{ "keyboard without pam",
	  "Accepted keyboard-interactive for amy from ::1 port 1 ssh2",
	  SAID "amy method=keyboard-interactive source_ip=::1 source_port=1" },
	{ "none", "Accepted none for amy from 127.0.0.1 port 65535 ssh2",
	  SAID "amy method=none source_ip=127.0.0.1 source_port=65535" },
	{ "gssapi",
	  "Accepted gssapi-with-mic for amy from 192.0.2.7 port 1 ssh2: amy@EXAMPLE.ORG",
	  SAID "amy method=gssapi-with-mic source_ip=192.0.2.7 source_port=1" },
	{ "hostbased",
	  "Accepted hostbased for amy from 192.0.2.7 port 1 ssh2: RSA " KEY
	  ", client user \"amy\", client host \"h.example\"",
	  SAID "amy method=hostbased source_ip=192.0.2.7 source_port=1 key_type=RSA "
	       "fingerprint=" KEY },
	{ "security key",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: ED25519-SK " KEY
	  ", signature count = 12",
	  SAID "amy method=publickey source_ip=192.0.2.7 source_port=1 "
	       "key_type=ED25519-SK fingerprint=" KEY },
	{ "certificate",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: ECDSA-CERT " KEY
	  " ID amy@example (serial 7) CA RSA " CA_KEY,
	  SAID
	  "amy method=publickey source_ip=192.0.2.7 source_port=1 key_type=ECDSA-CERT "
	  "fingerprint=" KEY " certificate_id=amy@example" },
	{ "certificate of older ones",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: RSA-CERT ID the key "
	  "(serial 18446744073709551615) CA ED25519 " CA_KEY,
	  SAID "amy method=publickey source_ip=192.0.2.7 source_port=1 key_type=RSA-CERT "
	       "certificate_id=\"the key\"" },
	{ "certificate of a security key",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: ED25519-SK-CERT " KEY
	  " ID x (serial 0) CA RSA " CA_KEY ", signature count = 3",
	  SAID "amy method=publickey source_ip=192.0.2.7 source_port=1 "
	       "key_type=ED25519-SK-CERT "
	       "fingerprint=" KEY " certificate_id=x" },
	{ "md5",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: RSA "
	  "MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
	  SAID "amy method=publickey source_ip=192.0.2.7 source_port=1 key_type=RSA" },
	{ "no fingerprint to be had",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: RSA (null)",
	  SAID "amy method=publickey source_ip=192.0.2.7 source_port=1 key_type=RSA" },

	/* peers */
	{ "ipv6", "Accepted password for amy from 2001:db8::7 port 22 ssh2",
	  SAID "amy method=password source_ip=2001:db8::7 source_port=22" },
	{ "scope", "Accepted password for amy from fe80::1%ens5 port 22 ssh2",
	  SAID "amy method=password source_ip=fe80::1 source_port=22" },
	{ "mapped", "Accepted password for amy from ::ffff:192.0.2.7 port 22 ssh2",
	  SAID "amy method=password source_ip=192.0.2.7 source_port=22" },
	{ "no socket",
	  "Accepted publickey for amy from UNKNOWN port 65535 ssh2: ED25519 " KEY,
	  SAID
	  "amy method=publickey source_port=65535 key_type=ED25519 fingerprint=" KEY },

	/* names */
	{ "blanks", "Accepted password for domain users from 192.0.2.7 port 1 ssh2",
	  SAID "\"domain users\" method=password source_ip=192.0.2.7 source_port=1" },
	{ "from in a name", "Accepted password for a from b from 192.0.2.7 port 1 ssh2",
	  SAID "\"a from b\" method=password source_ip=192.0.2.7 source_port=1" },
	{ "backslash, doubled",
	  "Accepted password for CORP\\\\amy from 192.0.2.7 port 1 ssh2",
	  SAID "\"CORP\\\\amy\" method=password source_ip=192.0.2.7 source_port=1" },
	{ "octal", "Accepted password for j\\303\\266rg from 192.0.2.7 port 1 ssh2",
	  SAID "\"j\xc3\xb6rg\" method=password source_ip=192.0.2.7 source_port=1" },
	{ "other escapes stay", "Accepted password for a\\nb from 192.0.2.7 port 1 ssh2",
	  SAID "\"a\\\\nb\" method=password source_ip=192.0.2.7 source_port=1" },

	/* the second factor */
	{ "partial", "Partial publickey for amy from 192.0.2.7 port 1 ssh2: ED25519 " KEY,
	  PARTIAL
	  "amy method=publickey source_ip=192.0.2.7 source_port=1 key_type=ED25519 "
	  "fingerprint=" KEY },
	{ "partial password", "Partial password for amy from 192.0.2.7 port 1 ssh2", "" },
	{ "partial without a key", "Partial publickey for amy from 192.0.2.7 port 1 ssh2",
	  "" },
	{ "postponed",
	  "Postponed publickey for amy from 192.0.2.7 port 1 ssh2: ED25519 " KEY
	  " [preauth]",
	  "" },

	/* never a login */
	{ "invalid user",
	  "Accepted password for invalid user amy from 192.0.2.7 port 1 ssh2", "" },
	{ "two peers",
	  "Accepted password for amy from 192.0.2.7 port 1 ssh2: x from 192.0.2.9 port 2 "
	  "ssh2",
	  "" },
	{ "two whole peers",
	  "Accepted gssapi-with-mic for a from 192.0.2.7 port 1 ssh2: b from 192.0.2.9 "
	  "port 2 ssh2",
	  "" },
	{ "a peer in the name",
	  "Accepted password for a from 192.0.2.7 port 1 ssh2 from 192.0.2.9 port 2 ssh2",
	  "" },
	{ "preauth", "Accepted password for amy from 192.0.2.7 port 1 ssh2 [preauth]",
	  "" },
	{ "host name", "Accepted password for amy from host.example port 1 ssh2", "" },
	{ "address of five parts",
	  "Accepted password for amy from 192.0.2.7.1 port 1 ssh2", "" },
	{ "address cut short", "Accepted password for amy from 192.0.2 port 1 ssh2", "" },
	{ "leading zero", "Accepted password for amy from 192.0.02.7 port 1 ssh2", "" },
	{ "scope on ipv4", "Accepted password for amy from 192.0.2.7%ens5 port 1 ssh2",
	  "" },
	{ "port 0", "Accepted password for amy from 192.0.2.7 port 0 ssh2", "" },
	{ "port too large", "Accepted password for amy from 192.0.2.7 port 65536 ssh2",
	  "" },
	{ "ssh1", "Accepted password for amy from 192.0.2.7 port 1 ssh1", "" },
	{ "more behind", "Accepted password for amy from 192.0.2.7 port 1 ssh2 ", "" },
	{ "password with a key",
	  "Accepted password for amy from 192.0.2.7 port 1 ssh2: RSA " KEY, "" },
	{ "no name", "Accepted password for  from 192.0.2.7 port 1 ssh2", "" },
	{ "unknown method", "Accepted handshake for amy from 192.0.2.7 port 1 ssh2", "" },
	{ "other case", "accepted password for amy from 192.0.2.7 port 1 ssh2", "" },
	{ "fingerprint of 42",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: ED25519 "
	  "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaW",
	  "" },
	{ "fingerprint of 44",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: ED25519 "
	  "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo=",
	  "" },
	{ "certificate without a CA",
	  "Accepted publickey for amy from 192.0.2.7 port 1 ssh2: RSA-CERT " KEY " ID x",
	  "" },
	{ "control byte", "Accepted password for am\001y from 192.0.2.7 port 1 ssh2",
	  "" },

	/* listening */
	{ "listening", "Server listening on 0.0.0.0 port 22.",
	  "sshd-listening - from=syslog trust=unverified port=22" },
	{ "listening, ipv6", "Server listening on :: port 2222.",
	  "sshd-listening - from=syslog trust=unverified port=2222" },
	{ "listening, domain", "Server listening on :: port 22 rdomain 4.",
	  "sshd-listening - from=syslog trust=unverified port=22" },
	{ "listening on a name", "Server listening on host port 22.", "" },
	{ "listening, no stop", "Server listening on :: port 22", "" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event;
		size_t count = host_test_message("sshd[4021]",
						 slice_text(rows[i].message), &event);

		check_row(rows[i].name);
		CHECK_TEXT(host_test_text(count, &event), rows[i].want);
	}
}

static void test_idents(void)
{
	static const struct {
		const char *tag;
		size_t count;
	} tags[] = {
		{ "sshd[1]", 1 },      { "sshd-session[1]", 1 },   { "sshd", 1 },
		{ "sshd-auth[1]", 0 }, { "sshdx[1]", 0 },	   { "logger[1]", 0 },
		{ "SSHD[1]", 0 },      { "/usr/sbin/sshd[1]", 0 },
	};
	struct event event;

	for (size_t i = 0; i < COUNT_OF(tags); i++) {
		check_row(tags[i].tag);
		CHECK_UINT(host_test_message(tags[i].tag,
					     SLICE("Accepted password for amy from "
						   "192.0.2.7 port 1 ssh2"),
					     &event),
			   tags[i].count);
	}
}

/* A message of exactly `bytes`: a certificate whose key id is as long as it takes. */
static struct slice message_of(char space[1024], size_t bytes, const char *tail)
{
	const struct slice front =
		SLICE("Accepted publickey for amy from 192.0.2.7 port 1 ssh2: "
		      "RSA-CERT " KEY " ID ");
	const struct slice back = slice_text(tail);

	memset(space, 'x', bytes);
	memcpy(space, front.ptr, front.len);
	memcpy(space + bytes - back.len, back.ptr, back.len);
	return slice_of(space, bytes);
}

static void test_cut(void)
{
	const struct slice front = SLICE("Accepted password for ");
	const struct slice back = SLICE(" from 192.0.2.7 port 1");
	const char *whole = " (serial 7) CA RSA " CA_KEY;
	char space[1024];
	struct event event;

	CHECK_UINT(host_test_message("sshd[1]", message_of(space, 499, whole), &event),
		   1);
	CHECK(!event.login.certificate_cut);
	CHECK_UINT(host_test_message("sshd[1]", message_of(space, 500, whole), &event),
		   1);
	CHECK(!event.login.certificate_cut);
	CHECK_UINT(host_test_message("sshd[1]", message_of(space, 501, whole), &event),
		   0);

	/* The cut took the authority away. */
	CHECK_UINT(host_test_message("sshd[1]", message_of(space, 500, "x"), &event), 1);
	CHECK(event.login.certificate_cut);
	CHECK_UINT(event.login.certificate_id.len, 500 - 118);
	CHECK_UINT(host_test_message("sshd[1]",
				     message_of(space, 500, " (serial 7) CA RSA SH"),
				     &event),
		   1);
	CHECK(event.login.certificate_cut);
	CHECK_UINT(host_test_message("sshd[1]", message_of(space, 499, "x"), &event), 0);

	/* The cut took the peer away: nothing is believed. */
	memset(space, 'x', 500);
	memcpy(space, front.ptr, front.len);
	memcpy(space + 500 - back.len, back.ptr, back.len);
	CHECK_UINT(host_test_message("sshd[1]", slice_of(space, 500), &event), 0);
}

/* A key id is free text, and cannot move the peer or the user. */
static void test_key_ids(void)
{
	static const char *const ids[] = {
		"x (serial 1) CA RSA " KEY,
		"x from 198.51.100.1 port 2 ssh2",
		"root from 198.51.100.1 port 2 ssh2 (serial 1) CA RSA " KEY,
		"x [preauth]",
		" ",
	};
	struct event event;

	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		AUTO_BUF struct buf message = BUF_LIMIT(1024);

		buf_append_format(
			&message,
			"Accepted publickey for amy from 192.0.2.7 port 1 ssh2: RSA-CERT "
			"%s ID %s (serial 7) CA RSA %s",
			KEY, ids[i], CA_KEY);
		check_row(ids[i]);
		CHECK_UINT(host_test_message("sshd[1]", buf_slice(&message), &event), 1);
		CHECK_SLICE(event.login.user, SLICE("amy"));
		CHECK_SLICE(event.login.source_ip, SLICE("192.0.2.7"));
		CHECK_SLICE(event.login.certificate_id, slice_text(ids[i]));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "messages", test_rows },
		{ "idents", test_idents },
		{ "the cut at 500 bytes", test_cut },
		{ "key ids", test_key_ids },
		{ NULL, NULL },
	};

	return check_run("sshd", tests);
}
