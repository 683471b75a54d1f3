/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sshd of every version from 7.4 to 10 writes when it lets somebody in, in every way
 * it knows, under every head a syslog daemon writes: none may be missed, and user, peer
 * and key must be what they are. The lines are put together as OpenSSH's auth.c
 * auth_log() does it.
 */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define LINES_WANTED 5000
#define LINE_LIMIT ((size_t)4096)
#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define CA_KEY "SHA256:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU"

static const struct version {
	const char *name, *ident;
	bool says_certificate_key; /* the certificate's own fingerprint, before " ID " */
	bool has_security_keys;
} versions[] = {
	{ "7.4", "sshd", false, false },	{ "7.6", "sshd", false, false },
	{ "7.9", "sshd", false, false },	{ "8.0", "sshd", false, false },
	{ "8.2", "sshd", true, true },		{ "8.4", "sshd", true, true },
	{ "8.7", "sshd", true, true },		{ "8.9", "sshd", true, true },
	{ "9.2", "sshd", true, true },		{ "9.6", "sshd", true, true },
	{ "9.8", "sshd-session", true, true },	{ "9.9", "sshd-session", true, true },
	{ "10.0", "sshd-session", true, true }, { "10.2", "sshd-session", true, true },
};

/* The program's name stands between the first two, its pid between the last two. */
static const struct {
	const char *time, *before_pid, *after_pid;
} heads[] = {
	{ "Jan  2 03:04:05 box ", "[", "]: " },
	{ "Dec 31 23:59:59 ip-192-0-2-7 ", "[", "]: " },
	{ "Feb 29 00:00:00 box.example ", "[", "]: " },
	{ "2026-01-02T03:04:05.678901+00:00 box ", "[", "]: " },
	{ "2026-01-02T03:04:05-09:30 ip-192-0-2-7.ec2.internal ", "[", "]: " },
	{ "<86>Jan  2 03:04:05 box ", "[", "]: " },
	{ "<38>1 2026-01-02T03:04:05.678901Z box ", " ", " - - " },
	{ "<38>1 2026-01-02T03:04:05.678901Z box ", " ", " - -  " },
};

/* As logged, and as meant. */
static const struct {
	const char *logged, *meant;
} users[] = {
	{ "amy", "amy" },
	{ "root", "root" },
	{ "ec2-user", "ec2-user" },
	{ "amy.b_c-d", "amy.b_c-d" },
	{ "amy@corp.example", "amy@corp.example" },
	{ "CORP\\\\amy", "CORP\\amy" },
	{ "domain users", "domain users" },
	{ "j\\303\\266rg", "j\xc3\xb6rg" },
	{ "amy from accounting", "amy from accounting" },
	{ "for", "for" },
	{ "from", "from" },
	{ "invalid", "invalid" },
	{ "x", "x" },
	{ "_apt$", "_apt$" },
};

static const struct {
	const char *logged, *meant;
} peers[] = {
	{ "192.0.2.7", "192.0.2.7" },
	{ "203.0.113.255", "203.0.113.255" },
	{ "127.0.0.1", "127.0.0.1" },
	{ "::1", "::1" },
	{ "2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "fe80::a00:27ff:fe4e:66a1%eth0", "fe80::a00:27ff:fe4e:66a1" },
	{ "::ffff:198.51.100.4", "198.51.100.4" },
};

static const unsigned ports[] = { 1, 22, 1024, 22118, 65535 };

/* What follows "ssh2"; '@' stands for the certificate's fingerprint and a blank, where
 * said. */
static const struct way {
	const char *method, *extra;
	const char *key_type, *fingerprint, *certificate_id;
	bool is_security_key;
} ways[] = {
	{ "password", "", "", "", "", false },
	{ "none", "", "", "", "", false },
	{ "keyboard-interactive/pam", "", "", "", "", false },
	{ "keyboard-interactive", "", "", "", "", false },
	{ "gssapi-with-mic", "", "", "", "", false },
	{ "gssapi-with-mic", ": amy@EXAMPLE.ORG", "", "", "", false },
	{ "gssapi-keyex", ": amy/admin@EXAMPLE.ORG", "", "", "", false },
	{ "publickey", ": RSA " KEY, "RSA", KEY, "", false },
	{ "publickey", ": DSA " KEY, "DSA", KEY, "", false },
	{ "publickey", ": ECDSA " KEY, "ECDSA", KEY, "", false },
	{ "publickey", ": ED25519 " KEY, "ED25519", KEY, "", false },
	{ "publickey", ": RSA MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "RSA",
	  "", "", false },
	{ "publickey", ": ED25519-SK " KEY ", signature count = 7", "ED25519-SK", KEY, "",
	  true },
	{ "publickey", ": ECDSA-SK " KEY ", signature count = 4294967295", "ECDSA-SK",
	  KEY, "", true },
	{ "publickey", ": RSA-CERT @ID amy@example (serial 0) CA RSA " CA_KEY, "RSA-CERT",
	  KEY, "amy@example", false },
	{ "publickey",
	  ": ED25519-CERT @ID i-1 from ca (2) (serial 18446744073709551615) CA "
	  "ED25519 " CA_KEY,
	  "ED25519-CERT", KEY, "i-1 from ca (2)", false },
	{ "publickey",
	  ": ED25519-SK-CERT @ID k (serial 7) CA ECDSA " CA_KEY ", signature count = 7",
	  "ED25519-SK-CERT", KEY, "k", true },
	{ "hostbased", ": RSA " KEY ", client user \"amy\", client host \"h.example.\"",
	  "RSA", KEY, "", false },
	{ "hostbased",
	  ": ED25519 " KEY ", client user \"a from b\", client host \"192.0.2.9\"",
	  "ED25519", KEY, "", false },
};

struct choice {
	const struct version *version;
	const struct way *way;
	size_t user, peer, port, head;
};

static void put_line(struct buf *line, const struct choice *choice)
{
	struct slice extra = slice_text(choice->way->extra);
	struct slice before;

	buf_append_format(line, "%s%s%s88%s", heads[choice->head].time,
			  choice->version->ident, heads[choice->head].before_pid,
			  heads[choice->head].after_pid);
	buf_append_format(line, "Accepted %s for %s from %s port %u ssh2",
			  choice->way->method, users[choice->user].logged,
			  peers[choice->peer].logged, ports[choice->port]);
	if (slice_take_until(&extra, '@', &before) &&
	    slice_starts_with(extra, SLICE("ID "))) {
		buf_append(line, before);
		if (choice->version->says_certificate_key)
			buf_append_text(line, KEY " ");
		buf_append(line, extra);
	} else {
		buf_append_text(line, choice->way->extra);
	}
}

static bool check_event(const struct choice *choice, const struct event *event)
{
	const struct login_accepted *login = &event->login;
	struct slice fingerprint = slice_text(choice->way->fingerprint);
	bool good = true;

	if (choice->way->certificate_id[0] && !choice->version->says_certificate_key)
		fingerprint = SLICE("");
	good &= CHECK_INT(event->kind, EVENT_LOGIN_ACCEPTED);
	good &= CHECK_SLICE(login->user, slice_text(users[choice->user].meant));
	good &= CHECK_SLICE(login->method, slice_text(choice->way->method));
	good &= CHECK_SLICE(login->source_ip, slice_text(peers[choice->peer].meant));
	good &= CHECK_UINT(login->source_port, ports[choice->port]);
	good &= CHECK_SLICE(login->key_type, slice_text(choice->way->key_type));
	good &= CHECK_SLICE(login->fingerprint, fingerprint);
	good &= CHECK_SLICE(login->certificate_id,
			    slice_text(choice->way->certificate_id));
	good &= CHECK(!login->certificate_cut);
	good &= CHECK_UINT(event->pid, 88);
	return good;
}

static size_t try_choice(const struct choice *choice, size_t *missed)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LINE_LIMIT);
	struct event event;

	if (choice->way->is_security_key && !choice->version->has_security_keys)
		return 0;
	put_line(&line, choice);
	check_row(buf_text(&line));
	if (!CHECK_UINT(host_test_line(buf_slice(&line), &event), 1) ||
	    !check_event(choice, &event))
		++*missed;
	return 1;
}

static void test_lines(void)
{
	size_t lines = 0, missed = 0;

	for (size_t i = 0; i < COUNT_OF(versions) * COUNT_OF(ways) * COUNT_OF(users);
	     i++) {
		struct choice choice = {
			.version = &versions[i % COUNT_OF(versions)],
			.way = &ways[i / COUNT_OF(versions) % COUNT_OF(ways)],
			.user = i / COUNT_OF(versions) / COUNT_OF(ways),
		};

		/* Every version with every way and user; the rest in turn. */
		for (size_t turn = 0; turn < 2; turn++) {
			choice.peer = (i + turn * 3) % COUNT_OF(peers);
			choice.port = (i / 3 + turn) % COUNT_OF(ports);
			choice.head = (i / 5 + turn * 5) % COUNT_OF(heads);
			lines += try_choice(&choice, &missed);
		}
	}
	CHECK(lines >= LINES_WANTED);
	CHECK_UINT(missed, 0);
	printf("    %zu lines, %zu missed\n", lines, missed);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "accepted logins", test_lines },
		{ NULL, NULL },
	};

	return check_run("genuine lines", tests);
}
