/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the parsers of evidence/host/ share: the line they are handed, and the table row
 * that says who may write such lines. For the files of this folder and evidence/reader.c
 * only.
 */
#include "correlator/event.h"
#include "evidence/record.h"

/* One message of one writer, its head taken off. */
struct host_line {
	struct slice message;
	struct slice ident; /* the tag, or SYSLOG_IDENTIFIER: the client's own word */
	const struct journal_fields *journal; /* NULL for text files */
	char *space; /* where decoded text may be put, valid until the event is used */
	size_t space_bytes;
};

/* Reads one message: true when it is this writer's and evidence, the event's kind and its
 * part of the union then set. `event` is zeroed before; it may be half filled after
 * false. */
typedef bool host_parse_fn(const struct host_line *line, struct event *event);

/* Each reads the messages of one writer; the samples stand in its file. */
host_parse_fn instance_connect_parse;
host_parse_fn sshd_parse;
host_parse_fn login_parse;
host_parse_fn login_child_parse; /* what shadow's login says as it becomes the shell */
host_parse_fn pam_sshd_parse;	 /* pam_unix(sshd:session) */
host_parse_fn pam_login_parse;	 /* pam_unix(login:session) */
host_parse_fn pam_other_parse;	 /* pam_unix of every other service */
host_parse_fn logind_parse;
host_parse_fn useradd_parse;
host_parse_fn sudo_parse;
host_parse_fn journald_parse;	     /* what journald says it lost */
host_parse_fn azure_agent_parse;     /* waagent.log, in the journal */
host_parse_fn aad_certhandler_parse; /* Entra's AuthorizedKeysCommand */
host_parse_fn pam_aad_parse;	     /* Entra's PAM module */
host_parse_fn usermod_parse;
host_parse_fn gpasswd_parse;
host_parse_fn passwd_parse;	   /* pam_unix(passwd:chauthtok), of chpasswd too */
host_parse_fn kernel_parse;	   /* the first line of a boot */
host_parse_fn shutdown_parse;	   /* logind's last words */
host_parse_fn google_agent_parse;  /* users of the metadata's ssh-keys */
host_parse_fn google_helper_parse; /* OS Login's AuthorizedKeysCommand */
host_parse_fn google_pam_parse;	   /* OS Login's PAM modules, before 20230919 */
host_parse_fn google_script_parse; /* startup and shutdown scripts */
host_parse_fn google_config_parse; /* OS Config */

enum uid_rule {
	UID_ROOT,	   /* 0 and no other */
	UID_ROOT_OR_ASKED, /* 0; a set-user-id program may also be logged under its
			    * caller's, which proves nothing: unverified */
	UID_SYSTEM,	   /* an account of the system: 0 to 999, or nobody */
	UID_KERNEL,	   /* none: what the kernel says of itself */
};

/* One log writer. Lists end with NULL; a pattern may hold one '*'. */
struct host_writer {
	const char *name;
	const char *const *idents; /* NULL = any */
	host_parse_fn *parse;
	enum uid_rule uid_rule;
	const char *const
		*comms; /* _COMM, as the kernel cuts it at 15 bytes; NULL = any */
	const char *const *exes;  /* names of executables (_EXE); NULL = any */
	const char *const *units; /* _SYSTEMD_UNIT; NULL = any of the host's own */
	bool unit_needed;	  /* without _SYSTEMD_UNIT it is not attested */
	bool twin_expected;	  /* its syslog lines are in the journal too */
	bool uses_stdout; /* it logs by its standard output and lends it to nobody */
	bool tells_time;  /* its message begins with a time of its own, which stands in
			   * every copy of it: the parser sets happened_at */
};

/* Every known writer, the first that takes a message has it. */
extern const struct host_writer host_writers[];
extern const size_t host_writer_count;

/* The writer that takes this message, its event filled in; NULL = not evidence. */
const struct host_writer *host_writer_find(const struct host_line *line,
					   struct event *event);

/* How far a journal entry that was found to be this writer's can be believed. */
enum trust host_writer_trust(const struct host_writer *writer,
			     const struct journal_fields *fields);

/* Whether `text` is `pattern`, in which one '*' stands for any bytes. */
bool host_pattern_fits(const char *pattern, struct slice text);
