/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

/* log.c do_log() hands "%.500s" to syslog(): a longer message is not sshd's, and one of
 * exactly this length may have lost its end. */
#define MESSAGE_BYTES 500

#define KEY_TYPE_BYTES 32
#define UNKNOWN_PEER_PORT 65535

/* What may follow "ssh2: ". */
enum extra {
	EXTRA_NONE,
	EXTRA_KEY,  /* a key or certificate */
	EXTRA_NAME, /* the principal of the other side */
};

static const struct method {
	struct slice name;
	enum extra extra;
} methods[] = {
	{ { "publickey", 9 }, EXTRA_KEY },
	{ { "password", 8 }, EXTRA_NONE },
	{ { "keyboard-interactive", 20 }, EXTRA_NONE },
	{ { "keyboard-interactive/pam", 24 }, EXTRA_NONE },
	{ { "keyboard-interactive/bsdauth", 28 }, EXTRA_NONE },
	{ { "hostbased", 9 }, EXTRA_KEY },
	{ { "gssapi-with-mic", 15 }, EXTRA_NAME },
	{ { "gssapi-keyex", 12 }, EXTRA_NAME },
	{ { "none", 4 }, EXTRA_NONE },
};

static const struct method *find_method(struct slice name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (slice_equal(methods[i].name, name))
			return &methods[i];
	}
	return NULL;
}

/* A fingerprint by another hash than SHA-256 ("MD5:4b:a2:..."), or what sshd writes when
 * it could make none: consumed, and told as none, because nothing that it could be
 * compared with is written that way. */
static bool take_other_fingerprint(struct slice *text)
{
	struct slice rest = *text;
	struct slice name, hash;

	if (slice_take_prefix(text, SLICE("(null)")))
		return true;
	if (!grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT, 8, &name) ||
	    slice_equal(name, SLICE("SHA256")) || !slice_take_prefix(&rest, SLICE(":")) ||
	    !grammar_take_run(&rest,
			      BYTE_LETTER | BYTE_DIGIT | BYTE_BASE64_SIGN | BYTE_COLON,
			      128, &hash) ||
	    hash.len < 16)
		return false;
	*text = rest;
	return true;
}

static bool take_key(struct slice *text, struct slice *ret_type,
		     struct slice *ret_fingerprint)
{
	return grammar_take_run(text, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
				KEY_TYPE_BYTES, ret_type) &&
	       slice_take_prefix(text, SLICE(" ")) &&
	       (grammar_take_fingerprint(text, ret_fingerprint) ||
		take_other_fingerprint(text));
}

/* Nothing, or what a method adds: ", signature count = 12", ", client user ...". */
static bool is_method_info(struct slice text)
{
	return text.len == 0 || (slice_take_prefix(&text, SLICE(", ")) && text.len &&
				 grammar_all(text, BYTE_TEXT));
}

/* "(serial 7) CA ED25519 SHA256:..." */
static bool is_authority(struct slice text)
{
	struct slice type, fingerprint;
	uint64_t serial;

	return slice_take_prefix(&text, SLICE("(serial ")) &&
	       slice_take_number(&text, UINT64_MAX, &serial) &&
	       slice_take_prefix(&text, SLICE(") CA ")) &&
	       take_key(&text, &type, &fingerprint) && is_method_info(text);
}

/* The key id is free text of whoever asked the authority to sign: its end is the last
 * place that the rest of the grammar can follow. */
static bool parse_certificate_id(struct slice text, bool is_cut,
				 struct login_accepted *login)
{
	for (size_t at = text.len; at-- > 0;) {
		if (text.ptr[at] != ' ' || !is_authority(slice_skip(text, at + 1)))
			continue;
		login->certificate_id = slice_first(text, at);
		return grammar_all(login->certificate_id, BYTE_TEXT);
	}
	login->certificate_id = text;
	login->certificate_cut = true;
	return is_cut && grammar_all(text, BYTE_TEXT);
}

/*
 * ED25519 SHA256:2mNc...w8
 * RSA MD5:4b:a2:...
 * ED25519-SK SHA256:2mNc...w8, signature count = 12
 * ECDSA-CERT SHA256:2mNc...w8 ID amy@example (serial 7) CA RSA SHA256:9kLd...x0
 * RSA-CERT ID amy@example (serial 7) CA RSA SHA256:9kLd...x0      (older ones)
 */
static bool parse_key(struct slice text, bool is_cut, struct login_accepted *login)
{
	struct slice rest = text;

	if (!grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
			      KEY_TYPE_BYTES, &login->key_type))
		return false;
	if (!slice_starts_with(rest, SLICE(" ID "))) {
		rest = text;
		if (!take_key(&rest, &login->key_type, &login->fingerprint))
			return false;
	}
	if (!slice_ends_with(login->key_type, SLICE("-CERT")))
		return is_method_info(rest);
	return slice_take_prefix(&rest, SLICE(" ID ")) &&
	       parse_certificate_id(rest, is_cut, login);
}

static bool parse_extra(struct slice text, enum extra extra, bool is_cut,
			struct login_accepted *login)
{
	if (text.len == 0)
		return true;
	if (!slice_take_prefix(&text, SLICE(": ")))
		return false;
	switch (extra) {
	case EXTRA_NONE:
		return false;
	case EXTRA_KEY:
		return parse_key(text, is_cut, login);
	case EXTRA_NAME:
		return text.len && grammar_all(text, BYTE_TEXT);
	}
	return false;
}

/* sshd that was not given a socket knows no peer (packet.c ssh_remote_ipaddr()). */
static bool take_unknown_peer(struct slice *text, struct login_accepted *login)
{
	if (!slice_take_prefix(text, SLICE("UNKNOWN port 65535")))
		return false;
	login->source_ip = (struct slice){ NULL, 0 };
	login->source_port = UNKNOWN_PEER_PORT;
	return true;
}

/* "192.0.2.7 port 50022 ssh2" */
static bool take_peer(struct slice *text, struct login_accepted *login)
{
	if (!take_unknown_peer(text, login) &&
	    (!grammar_take_address(text, &login->source_ip) ||
	     !slice_take_prefix(text, SLICE(" port ")) ||
	     !grammar_take_port(text, &login->source_port)))
		return false;
	return slice_take_prefix(text, SLICE(" ssh2"));
}

/*
 * "amy from 192.0.2.7 port ...". A name may hold blanks, so every " from " may be the
 * border. Exactly one must leave a peer and the rest of the grammar behind it, and what
 * stands before it must look like no peer: otherwise somebody's name or key id was made
 * to look like one, and the line proves nothing.
 */
static bool parse_user_and_peer(struct slice text, enum extra extra, bool is_cut,
				struct login_accepted *login)
{
	const struct slice from = SLICE(" from ");
	size_t peers = 0, candidates = 0, at = 0;
	ptrdiff_t step;

	while ((step = slice_find(slice_skip(text, at), from)) >= 0) {
		struct login_accepted candidate = { .method = login->method };
		struct slice rest;

		at += (size_t)step;
		rest = slice_skip(text, at + from.len);
		if (take_peer(&rest, &candidate)) {
			candidate.user = slice_first(text, at);
			if (parse_extra(rest, extra, is_cut, &candidate)) {
				*login = candidate;
				candidates += 1 + peers;
			}
			peers++;
		}
		at++;
	}
	return candidates == 1 && login->user.len && grammar_all(login->user, BYTE_TEXT);
}

/*
 * Accepted publickey for amy from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:2mNc...w8
 * Accepted password for amy from 2001:db8::7 port 50022 ssh2
 * Accepted hostbased for amy from 192.0.2.7 port 50022 ssh2: RSA SHA256:2mNc...w8, client
 * user "amy", client host "host.example" Partial publickey for amy from 192.0.2.7 port
 * 50022 ssh2: ED25519 SHA256:2mNc...w8
 *
 * OpenSSH auth.c auth_log(). "Postponed publickey" is not read: it answers an offer,
 * before the client has shown that it holds the key. The network half's own lines end in
 * " [preauth]" and never accept anything.
 */
static bool parse_login(struct slice rest, bool is_cut, const struct host_line *line,
			struct login_accepted *login)
{
	const struct method *method;

	if (slice_ends_with(rest, SLICE(" [preauth]")) ||
	    !slice_take_until(&rest, ' ', &login->method))
		return false;
	method = find_method(login->method);
	if (!method || !slice_take_prefix(&rest, SLICE("for ")) ||
	    slice_starts_with(rest, SLICE("invalid user ")) ||
	    !parse_user_and_peer(rest, method->extra, is_cut, login))
		return false;
	login->user = grammar_unvis(login->user, line->space, line->space_bytes);
	return true;
}

/* Server listening on 0.0.0.0 port 22.
 * Server listening on :: port 22 rdomain 4. */
static bool parse_listening(struct slice rest, struct sshd_listening *listening)
{
	struct slice word;

	if (!grammar_take_address(&rest, &word) ||
	    !slice_take_prefix(&rest, SLICE(" port ")) ||
	    !grammar_take_port(&rest, &listening->port))
		return false;
	if (slice_take_prefix(&rest, SLICE(" rdomain ")) &&
	    !grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT, 32, &word))
		return false;
	return slice_equal(rest, SLICE("."));
}

bool sshd_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;
	bool is_cut = rest.len == MESSAGE_BYTES;

	if (rest.len > MESSAGE_BYTES)
		return false;
	if (slice_take_prefix(&rest, SLICE("Accepted "))) {
		event->kind = EVENT_LOGIN_ACCEPTED;
		return parse_login(rest, is_cut, line, &event->login);
	}
	if (slice_take_prefix(&rest, SLICE("Partial publickey "))) {
		event->kind = EVENT_KEY_PARTIAL;
		rest = slice_skip(line->message, SLICE("Partial ").len);
		return parse_login(rest, is_cut, line, &event->login) &&
		       event->login.key_type.len;
	}
	if (slice_take_prefix(&rest, SLICE("Server listening on "))) {
		event->kind = EVENT_SSHD_LISTENING;
		return parse_listening(rest, &event->sshd_listening);
	}
	return false;
}
