/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial console: whether somebody answers at it, and who could log in there.
 */
#include "cli/posture_view.h"

#include <stdio.h>

#include "base/limits.h"
#include "cli/posture_text.h"

#define GETTY "serial-getty@"

/* ---- who answers ------------------------------------------------------------------ */

static void open_by(struct posture_view *view, const char *unit, void *ctx)
{
	(void)ctx;
	posture_open(view, true);
	posture_close_by(view, "systemctl mask --now %s",
			 posture_text_is_plain(slice_text(unit)) ? unit : "UNIT");
}

/* systemd-getty-generator(8) makes a getty for the console the kernel was given. */
static void look_for_console(struct posture_view *view, const char *file,
			     struct slice text, void *ctx)
{
	struct slice line, tty;

	(void)ctx;
	while (posture_text_line(&text, &line)) {
		struct slice rest = slice_trim(line);

		if (slice_starts_with(rest, SLICE("#")))
			continue;
		while (posture_text_console(&rest, &tty)) {
			char unit[64];

			snprintf(unit, sizeof(unit), GETTY "%.*s.service",
				 SLICE_ARG(slice_first(tty, 16)));
			if (posture_unit_is_masked(view, unit))
				continue;
			posture_say(view, file, "%.*s is a console", SLICE_ARG(tty));
			open_by(view, unit, NULL);
		}
	}
}

static void look_at_kernel(struct posture_view *view)
{
	static const char *const files[] = { "/proc/cmdline", "/etc/kernel/cmdline",
					     "/etc/default/grub" };
	static const struct posture_folder grub = { "/etc/default/grub.d", ".cfg" };
	static const struct posture_folder entries = { "/boot/loader/entries", ".conf" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);

		if (posture_read(view, files[i], &text))
			look_for_console(view, files[i], buf_slice(&text), NULL);
		/* What the kernel was given at this boot is all that counts. */
		if (text.len && i == 0)
			return;
	}
	posture_each_file(view, &grub, look_for_console, NULL);
	posture_each_file(view, &entries, look_for_console, NULL);
}

void posture_serial_console(struct posture_view *view)
{
	posture_each_unit(view, SLICE(GETTY), open_by, NULL);
	if (view->row->state != POSTURE_OPEN)
		look_at_kernel(view);
}

/* ---- who could log in ------------------------------------------------------------- */

static void say_user(struct posture_view *view, const char *file, struct slice user,
		     bool has_password)
{
	posture_say(view, file, has_password ? "%.*s has a password" : "%.*s needs none",
		    SLICE_ARG(slice_first(user, 64)));
	if (!posture_text_is_plain(user))
		user = SLICE("USER");
	posture_close_by(view, "passwd -l %.*s", SLICE_ARG(user));
}

/* The file holds secrets: of a line nothing but the user and whether there is a password
 * leaves this function. */
void posture_console_passwords(struct posture_view *view)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	static const char file[] = "/etc/shadow";
	struct slice rest, line, user;
	enum posture_password password;
	size_t count = 0;

	if (!posture_read(view, file, &text))
		return;
	rest = buf_slice(&text);
	while (posture_text_line(&rest, &line)) {
		if (!posture_text_user(line, &user, &password) ||
		    password == POSTURE_PASSWORD_NONE)
			continue;
		if (count++ < LIMIT_POSTURE_TOLD)
			say_user(view, file, user, password == POSTURE_PASSWORD_SET);
	}
	if (count > LIMIT_POSTURE_TOLD)
		posture_say(view, file, "and %zu further users",
			    count - LIMIT_POSTURE_TOLD);
	posture_open(view, count > 0);
	if (text.len)
		explicit_bzero(text.ptr, text.len);
}

/* agetty(8): "-a user, --autologin user". */
void posture_console_autologin(struct posture_view *view)
{
	static const char *const units[] = { GETTY ".service", GETTY "ttyS0.service",
					     GETTY "ttyAMA0.service",
					     GETTY "hvc0.service" };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!posture_unit_has(view, units[i], SLICE("--autologin")) &&
		    !posture_unit_has(view, units[i], SLICE("-a")))
			continue;
		posture_open(view, true);
		posture_close_by(view, "systemctl revert %s", units[i]);
	}
}
