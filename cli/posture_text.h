/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture text: what the files of a host say that posture asks about: settings, words of
 * a line, consoles, users with passwords. Text in, borrowed slices out; no file is
 * opened, nothing is allocated, and time is linear in the text.
 */
#include "base/slice.h"

/* Consumes one line, without its end; false when nothing is left. */
bool posture_text_line(struct slice *rest, struct slice *ret_line);

/* Consumes the next word: what blanks, tabs, '=', ',', quotes and brackets divide. */
bool posture_text_word(struct slice *rest, struct slice *ret_word);

/* Consumes the next argument of a line of sshd_config(5): up to a blank, or in double
 * quotes. */
bool posture_text_argument(struct slice *rest, struct slice *ret_argument);

/* Whether a line that begins with `prefix` (in any case, behind blanks; "" = every line)
 * and is no comment has the word. A path has it that ends in it:
 *     AuthorizedKeysCommand /opt/aws/bin/eic_run_authorized_keys %u %f
 */
bool posture_text_has(struct slice text, struct slice prefix, struct slice word);

struct posture_key {
	struct slice section; /* "" = before any: a file without sections */
	struct slice key;
};

/* The value of the last line "key = value" of the section, in any case, without comment
 * and quotes. False, and nothing set, when there is none. */
bool posture_text_setting(struct slice text, const struct posture_key *key,
			  struct slice *ret_value);

/* Whether the value means no: "n", "no", "false", "off", "0", in any case. */
bool posture_text_is_no(struct slice value);

/* Whether the value means yes: "y", "yes", "true", "on", "1", "t", in any case. What is
 * neither is neither. */
bool posture_text_is_yes(struct slice value);

/* Consumes up to the next "console=" of a kernel's command line that names a serial
 * console, and gives its name: "ttyS0". */
bool posture_text_console(struct slice *rest, struct slice *ret_tty);

/* Whether the name is that of a serial console: ttyS0, ttyAMA0, hvc0 ... */
bool posture_text_is_serial(struct slice tty);

enum posture_password {
	POSTURE_PASSWORD_NONE, /* locked, or none was ever set: nobody can log in by it */
	POSTURE_PASSWORD_SET,
	POSTURE_PASSWORD_EMPTY, /* a login needs none */
};

/* One line of shadow(5). False when it is none. What the password is is never given. */
bool posture_text_user(struct slice line, struct slice *ret_user,
		       enum posture_password *ret_password);

/* Whether a name may stand in a command as it is: no shell takes it for anything else,
 * and no program for an option. */
bool posture_text_is_plain(struct slice name);

/* The name of an extension's handler from that of its folder,
 * "Microsoft.CPlat.Core.RunCommandLinux-1.0.5". False when it is no such folder. */
bool posture_text_handler(struct slice folder, struct slice *ret_handler);
