/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that somebody else than their writer had a hand in: names, key ids, host names,
 * version strings, folders and heads made to look like a login. A family is one honest
 * line with one kind of words put where others may choose them; each is turned in many
 * ways. Nothing of it may be believed. What a local user can send to the syslog socket as
 * a whole, byte by byte as sshd would, is not here: only a journal can tell (t_trust.c).
 */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define FAMILIES_WANTED 300
#define LINES_WANTED 10000
#define MESSAGE_LIMIT ((size_t)8192)
#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define PEER "198.51.100.66 port 4242"

/* Honest messages; '@' is where others choose the words. */
static const struct honest {
	const char *tag, *message;
} honest[] = {
	{ "sshd[88]", "Invalid user @ from " PEER },
	{ "sshd[88]", "Failed password for invalid user @ from " PEER " ssh2" },
	{ "sshd[88]", "Failed none for invalid user @ from " PEER " ssh2" },
	{ "sshd[88]",
	  "Failed publickey for invalid user @ from " PEER " ssh2: RSA " KEY },
	{ "sshd[88]",
	  "Failed keyboard-interactive/pam for invalid user @ from " PEER " ssh2" },
	{ "sshd[88]", "Failed publickey for amy from " PEER " ssh2: RSA-CERT " KEY
		      " ID @ (serial 1) CA RSA " KEY },
	{ "sshd[88]", "Postponed publickey for @ from " PEER " ssh2 [preauth]" },
	{ "sshd[88]", "Postponed keyboard-interactive for invalid user @ from " PEER
		      " ssh2 [preauth]" },
	{ "sshd[88]", "Connection closed by invalid user @ " PEER " [preauth]" },
	{ "sshd[88]", "Connection reset by authenticating user @ " PEER " [preauth]" },
	{ "sshd[88]", "Disconnected from invalid user @ " PEER " [preauth]" },
	{ "sshd[88]", "Disconnecting invalid user @ " PEER
		      ": Too many authentication failures [preauth]" },
	{ "sshd[88]", "Received disconnect from " PEER ":11: @" },
	{ "sshd[88]", "Received disconnect from " PEER ":11: @ [preauth]" },
	{ "sshd[88]", "Bad protocol version identification '@' from " PEER },
	{ "sshd[88]", "banner exchange: Connection from " PEER ": invalid format: @" },
	{ "sshd[88]",
	  "Unable to negotiate with " PEER
	  ": no matching key exchange method found. Their offer: @ [preauth]" },
	{ "sshd[88]",
	  "userauth_pubkey: signature algorithm @ not in PubkeyAcceptedAlgorithms "
	  "[preauth]" },
	{ "sshd[88]",
	  "reverse mapping checking getaddrinfo for @ [198.51.100.66] failed." },
	{ "sshd[88]", "Nasty PTR record \"@\" is set up for 198.51.100.66, ignoring" },
	{ "sshd[88]",
	  "User @ from 198.51.100.66 not allowed because not listed in AllowUsers" },
	{ "sshd[88]", "input_userauth_request: invalid user @ [preauth]" },
	{ "sshd[88]",
	  "error: AuthorizedKeysCommand /usr/bin/keys @ " KEY " failed, status 22" },
	{ "sshd[88]",
	  "error: PAM: User not known to the underlying authentication module for "
	  "illegal user @ from 198.51.100.66" },
	{ "sshd[88]",
	  "maximum authentication attempts exceeded for invalid user @ from " PEER
	  " ssh2 [preauth]" },
	{ "sshd[88]",
	  "Change of username or service not allowed: (@,ssh-connection) -> (x,y) "
	  "[preauth]" },
	{ "sshd[88]", "subsystem request for @ by user amy failed, subsystem not found" },
	{ "sshd[88]",
	  "refused local port forward: originator @ port 1, target h port 2" },
	{ "sshd[88]",
	  "Refusing certificate ID \"@\" serial=1 signed by RSA CA " KEY ": expired" },
	{ "sshd[88]",
	  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
	  "ruser=@ rhost=198.51.100.66  user=amy" },
	{ "sshd[88]",
	  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
	  "ruser= rhost=@  user=amy" },
	{ "sshd[88]", "pam_unix(sshd:auth): bad username [@]" },
	{ "sshd[88]", "PAM service(sshd) ignoring max retries; @" },
	{ "sudo",
	  "     amy : command not allowed ; TTY=pts/0 ; PWD=@ ; USER=root ; COMMAND=/x" },
	{ "sudo", "     amy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=@" },
	{ "su[88]", "FAILED SU (to root) @ on pts/0" },
	{ "CRON[88]", "(amy) CMD (@)" },
	{ "login[88]",
	  "FAILED LOGIN (1) on '/dev/ttyS0' FOR '@', Authentication failure" },
	{ "login[88]", "FAILED LOGIN 1 FROM ttyS0 FOR @, Authentication failure" },
	{ "login[88]",
	  "pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 "
	  "tty=/dev/ttyS0 ruser= rhost=  user=@" },
	{ "polkitd[88]", "Operator of @ FAILED to authenticate" },
	{ "useradd[88]", "failed adding user '@', exit code: 9" },
	{ "ec2-instance-connect[88]",
	  "Querying EC2 Instance Connect keys for matching fingerprint: @" },
};

/* What is put there. */
static const char *const lures[] = {
	"Accepted publickey for root from 192.0.2.1 port 22 ssh2: ED25519 " KEY,
	"Accepted password for root from 192.0.2.1 port 22 ssh2",
	"root from 192.0.2.1 port 22 ssh2",
	"root from 192.0.2.1 port 22 ssh2: ED25519 " KEY,
	"sshd[88]: Accepted password for root from 192.0.2.1 port 22 ssh2",
	"Jan  2 03:04:05 box sshd[88]: Accepted password for root from 192.0.2.1 port 22 "
	"ssh2",
	"2026-01-02T03:04:05+00:00 box sshd[88]: Accepted none for root from ::1 port 22 "
	"ssh2",
	"Providing ssh key from EC2 Instance Connect with fingerprint: " KEY
	", request-id: 5a1f9d3e-0c4b-4f7e-9a52-3b8d6c1e7f20, for IAM principal: "
	"arn:aws:iam::x",
	"ROOT LOGIN ON ttyS0",
	"'root' logged in  on '/dev/ttyS0'",
	"pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)",
	"New session 5 of user root.",
	"new user: name=root, UID=0, GID=0, home=/, shell=/bin/sh",
	"x (serial 1) CA RSA " KEY,
	"",
	" ",
};

/* Puts `words` for the '@' of `honest`. */
static void put_words(struct buf *message, const char *text, struct slice words)
{
	struct slice rest = slice_text(text);
	struct slice before;

	while (slice_take_until(&rest, '@', &before)) {
		buf_append(message, before);
		buf_append(message, words);
	}
	buf_append(message, rest);
}

static void put_before(struct buf *words, struct slice lure, struct slice before)
{
	buf_append(words, before);
	buf_append(words, lure);
}

static void put_behind(struct buf *words, struct slice lure, struct slice behind)
{
	buf_append(words, lure);
	buf_append(words, behind);
}

/* Each blank becomes `blank`. */
static void put_blanks(struct buf *words, struct slice lure, struct slice blank)
{
	struct slice piece;

	while (slice_take_until(&lure, ' ', &piece)) {
		buf_append(words, piece);
		buf_append(words, blank);
	}
	buf_append(words, lure);
}

static void put_filled(struct buf *words, struct slice lure, struct slice filler)
{
	for (size_t i = 0; i < 480; i += filler.len)
		buf_append(words, filler);
	buf_append(words, lure);
}

/* The ways a lure is turned. */
static const struct turn {
	const char *name;
	void (*put)(struct buf *words, struct slice lure, struct slice with);
	struct slice with;
} turns[] = {
	{ "as it is", put_before, { "", 0 } },
	{ "newline", put_before, { "\n", 1 } },
	{ "rsyslog's newline", put_before, { "#012", 4 } },
	{ "sshd's newline", put_before, { "\\n", 2 } },
	{ "octal newline", put_before, { "\\012", 4 } },
	{ "carriage return", put_before, { "\r", 1 } },
	{ "carriage return and newline behind", put_behind, { "\r\n", 2 } },
	{ "NUL", put_before, { "\0", 1 } },
	{ "rsyslog's NUL", put_before, { "#000", 4 } },
	{ "tab", put_before, { "\t", 1 } },
	{ "escape", put_before, { "\033[2K\033[1G", 8 } },
	{ "backspaces", put_before, { "\b\b\b\b\b\b\b\b", 8 } },
	{ "delete", put_before, { "\x7f", 1 } },
	{ "next line, C1", put_before, { "\xc2\x85", 2 } },
	{ "line separator", put_before, { "\xe2\x80\xa8", 3 } },
	{ "right to left", put_before, { "\xe2\x80\xae", 3 } },
	{ "zero width", put_before, { "\xe2\x80\x8b", 3 } },
	{ "byte order mark", put_before, { "\xef\xbb\xbf", 3 } },
	{ "invalid UTF-8", put_before, { "\xff\xfe", 2 } },
	{ "no-break blanks", put_blanks, { "\xc2\xa0", 2 } },
	{ "two blanks", put_blanks, { "  ", 2 } },
	{ "tabs", put_blanks, { "\t", 1 } },
	{ "quote", put_before, { "'", 1 } },
	{ "double quote", put_before, { "\"", 1 } },
	{ "two quotes", put_before, { "' ", 2 } },
	{ "colon", put_before, { ": ", 2 } },
	{ "semicolon", put_before, { " ; ", 3 } },
	{ "bracket", put_before, { "] ", 2 } },
	{ "name in front", put_before, { "root ", 5 } },
	{ "from in front", put_before, { "x from ", 7 } },
	{ "preauth behind", put_behind, { " [preauth]", 10 } },
	{ "peer behind", put_behind, { " from 192.0.2.1 port 22 ssh2", 28 } },
	{ "past the cut", put_filled, { "x", 1 } },
	{ "past the cut, escaped", put_filled, { "\\033", 4 } },
};

struct tally {
	size_t families, lines, believed;
};

static void try_line(struct tally *tally, const char *family, const char *turn,
		     struct slice line)
{
	struct event event;

	tally->lines++;
	if (host_test_line(line, &event) == 0 || !host_test_is_login(&event))
		return;
	tally->believed++;
	check_row(family);
	CHECK_TEXT(turn, "not believed");
}

/* A whole log line of this message; a newline in it splits it, as it would in a file that
 * is written without escaping, and the rest is a line without a head. */
static void try_message(struct tally *tally, const struct honest *family,
			const char *turn, struct slice message)
{
	static const char *const heads[] = { "Jan  2 03:04:05 box",
					     "2026-01-02T03:04:05.678901+00:00 box" };

	for (size_t i = 0; i < COUNT_OF(heads); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(MESSAGE_LIMIT);
		struct slice rest, line;

		buf_append_format(&log, "%s %s: ", heads[i], family->tag);
		buf_append(&log, message);
		rest = buf_slice(&log);
		if (slice_take_until(&rest, '\n', &line))
			try_line(tally, family->message, turn, line);
		else
			try_line(tally, family->message, turn, rest);
	}
}

static void try_entry(struct tally *tally, const struct honest *family, const char *turn,
		      struct slice message)
{
	struct journal_fields fields = host_test_sshd_fields();
	struct event event;

	fields.ident = slice_text(family->tag);
	if (slice_find(fields.ident, SLICE("[")) > 0)
		fields.ident.len = (size_t)slice_find(fields.ident, SLICE("["));
	tally->lines++;
	if (host_test_entry(&fields, message, &event) == 0 || !host_test_is_login(&event))
		return;
	tally->believed++;
	check_row(family->message);
	CHECK_TEXT(turn, "not believed");
}

static void test_words_in_honest_lines(void)
{
	struct tally tally = { .families = COUNT_OF(honest) * COUNT_OF(lures) };

	for (size_t i = 0; i < tally.families * COUNT_OF(turns); i++) {
		const struct honest *family = &honest[i % COUNT_OF(honest)];
		const char *lure = lures[i / COUNT_OF(honest) % COUNT_OF(lures)];
		const struct turn *turn = &turns[i / tally.families];
		AUTO_BUF struct buf words = BUF_LIMIT(MESSAGE_LIMIT);
		AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_LIMIT);

		turn->put(&words, slice_text(lure), turn->with);
		put_words(&message, family->message, buf_slice(&words));
		try_message(&tally, family, turn->name, buf_slice(&message));
		try_entry(&tally, family, turn->name, buf_slice(&message));
		/* sshd's own cut. */
		try_message(&tally, family, turn->name,
			    slice_first(buf_slice(&message), 500));
	}
	CHECK(tally.families >= FAMILIES_WANTED);
	CHECK(tally.lines >= LINES_WANTED);
	CHECK_UINT(tally.believed, 0);
	printf("    %zu families, %zu lines, %zu believed\n", tally.families, tally.lines,
	       tally.believed);
}

/* Heads that no syslog daemon writes, in front of a message that would be believed. */
static const char *const wrong_heads[] = {
	"Jan  2 03:04:05 box sshd[88] : ",
	"Jan  2 03:04:05 box sshd [88]: ",
	"Jan  2 03:04:05 box sshd[88]:",
	"Jan  2 03:04:05 box sshd[88]:  ",
	"Jan  2 03:04:05 box sshd[88]:\t",
	"Jan  2 03:04:05 box  sshd[88]: ",
	"Jan  2 03:04:05 box\tsshd[88]: ",
	"Jan  2 03:04:05 box other sshd[88]: ",
	"Jan  2 03:04:05 box sshd[88]: sshd[88]: ",
	"Jan  2 03:04:05 box Jan  2 03:04:05 box sshd[88]: ",
	"Jan  2 03:04:05 box 2026-01-02T03:04:05Z box sshd[88]: ",
	"Jan  2 03:04:05 box <86>Jan  2 03:04:05 box sshd[88]: ",
	"Jan  2 03:04:05 sshd[88]: ",
	"Jan  2 03:04:05 box sshd[-1]: ",
	"Jan  2 03:04:05 box sshd[88x]: ",
	"Jan  2 03:04:05 box sshd[88: ",
	"Jan  2 03:04:05 box sshd88]: ",
	"Jan  2 03:04:05 box sshd[99999999999]: ",
	"Jan  2 03:04:05 box [sshd]: ",
	"Jan  2 03:04:05 box sshd-auth[88]: ",
	"Jan  2 03:04:05 box sshd: [88]: ",
	"Jan  2 03:04:05 box SSHD[88]: ",
	"Jan  2 03:04:05 box xsshd[88]: ",
	"Jan  2 03:04:05 box sshd#011[88]: ",
	"Jan  2 03:04:05 box sshd\001[88]: ",
	"Jan  2 03:04:05 box sshd\xe2\x80\x8b[88]: ",
	"Jan  2 03:04:05 box sshd,[88]: ",
	"Jan  2 03:04:05 box /usr/sbin/sshd[88]: ",
	"Jan 32 03:04:05 box sshd[88]: ",
	"Jan  2 25:04:05 box sshd[88]: ",
	"jan  2 03:04:05 box sshd[88]: ",
	" Jan  2 03:04:05 box sshd[88]: ",
	"Jan  2 03:04:05  box sshd[88]: ",
	"Jan  2 03:04 box sshd[88]: ",
	"2026-01-02 03:04:05+00:00 box sshd[88]: ",
	"2026-01-02T03:04:05 box sshd[88]: ",
	"2026-13-02T03:04:05Z box sshd[88]: ",
	"2026-01-02T03:04:05Z box host sshd[88]: ",
	"2026-01-02T03:04:05Z  sshd[88]: ",
	"2026-01-02T03:04:05Z b\001x sshd[88]: ",
	"<999>Jan  2 03:04:05 box sshd[88]: ",
	"<>Jan  2 03:04:05 box sshd[88]: ",
	"<86> Jan  2 03:04:05 box sshd[88]: ",
	"<86><86>Jan  2 03:04:05 box sshd[88]: ",
	"<86>1 2026-01-02T03:04:05Z box sshd 88 - ",
	"<86>1 2026-01-02T03:04:05Z box sshd 88 - [x ",
	"<86>1 2026-01-02T03:04:05Z box sshd x88 - - ",
	"<86>1 2026-01-02T03:04:05Z box logger 88 - - ",
	"<86>2 2026-01-02T03:04:05Z box sshd 88 - - ",
	"<86>1 - box sshd 88 - - ",
	"sshd[88]: ",
	"box sshd[88]: ",
	"\x1f\x8b\x08",
	"",
	"#012Jan  2 03:04:05 box sshd[88]: ",
	"{\"message\":\"Jan  2 03:04:05 box sshd[88]: ",
};

static const char *const bodies[] = {
	"Accepted password for root from 192.0.2.1 port 22 ssh2",
	"Accepted publickey for root from 192.0.2.1 port 22 ssh2: ED25519 " KEY,
	"Accepted keyboard-interactive/pam for root from 2001:db8::1 port 22 ssh2",
	"pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)",
};

static void test_wrong_heads(void)
{
	for (size_t i = 0; i < COUNT_OF(wrong_heads) * COUNT_OF(bodies); i++) {
		AUTO_BUF struct buf line = BUF_LIMIT(MESSAGE_LIMIT);
		const char *body = bodies[i / COUNT_OF(wrong_heads)];
		struct event event;

		check_row(wrong_heads[i % COUNT_OF(wrong_heads)]);
		buf_append_text(&line, wrong_heads[i % COUNT_OF(wrong_heads)]);
		buf_append_text(&line, body);
		/* A session is also told under other tags, but never as sshd's. */
		if (host_test_line(buf_slice(&line), &event))
			CHECK(!host_test_is_login(&event));
	}
}

/* Every success line with one byte taken out, put in, or turned: never another user or
 * peer. */
static void check_not_moved(const char *body, const struct event *event)
{
	if (event->kind != EVENT_LOGIN_ACCEPTED)
		return;
	if (!CHECK(slice_find(slice_text(body), event->login.user) >= 0 ||
		   event->login.user.len <= 6))
		printf("    %s\n", body);
	CHECK(event->login.source_port != 0);
}

static void test_one_byte_off(void)
{
	static const char odd_bytes[] = { '\0',	  '\n', '\r', '\t', ' ', ':',	'\033',
					  '\x7f', '\\', '#',  '[',  '%', '\xff' };

	for (size_t b = 0; b < 3; b++) {
		size_t len = strlen(bodies[b]);
		char message[256];
		struct event event;

		check_row(bodies[b]);
		for (size_t at = 0; at < len; at++) {
			memcpy(message, bodies[b], at);
			memcpy(message + at, bodies[b] + at + 1, len - at - 1);
			if (host_test_message("sshd[8]", slice_of(message, len - 1),
					      &event))
				check_not_moved(bodies[b], &event);
			for (size_t i = 0; i < sizeof(odd_bytes); i++) {
				memcpy(message, bodies[b], len);
				message[at] = odd_bytes[i];
				if (host_test_message("sshd[8]", slice_of(message, len),
						      &event))
					check_not_moved(bodies[b], &event);
			}
			/* Cut short, it is no login. */
			if (b != 1)
				CHECK_UINT(host_test_message("sshd[8]",
							     slice_of(bodies[b], at),
							     &event),
					   0);
		}
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "words in honest lines", test_words_in_honest_lines },
		{ "wrong heads", test_wrong_heads },
		{ "one byte off", test_one_byte_off },
		{ NULL, NULL },
	};

	return check_run("hostile lines", tests);
}
