/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define STAMP_BYTES 24 /* "    0.000000" */

/* Takes "[    0.000000] " off the front when it is there. */
static void take_stamp(struct slice *text)
{
	struct slice rest = *text;
	struct slice stamp;

	if (!slice_take_prefix(&rest, SLICE("[")) ||
	    !slice_take_until_text(&rest, SLICE("] "), &stamp) || stamp.len > STAMP_BYTES)
		return;
	stamp = slice_trim(stamp);
	if (grammar_all(stamp, BYTE_DIGIT | BYTE_NAME_SIGN))
		*text = rest;
}

/* Linux version 6.1.0-18-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 ...
 * [    0.000000] Linux version 6.1.0-18-cloud-amd64 ...
 *
 * The first line of every boot (init/version.c), in files with the kernel's own stamp.
 * The journal has it also after a reset that ended the boot before without a word. */
bool kernel_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;

	take_stamp(&rest);
	event->kind = EVENT_BOOT;
	return slice_take_prefix(&rest, SLICE("Linux version ")) && rest.len &&
	       byte_is(rest.ptr[0], BYTE_DIGIT);
}

/*
 * System is rebooting.
 * System is powering down (for maintenance).
 *
 * systemd src/login/logind-dbus.c bus_manager_log_shutdown(); what stands in brackets is
 * whatever the caller wants to be told to everybody.
 */
bool shutdown_parse(const struct host_line *line, struct event *event)
{
	static const struct slice ways[] = {
		SLICE("System is rebooting with kexec"),
		SLICE("System is rebooting"),
		SLICE("System is powering down"),
		SLICE("System is powering off"),
		SLICE("System is halting"),
	};

	event->kind = EVENT_BOOT;
	event->boot.is_shutdown = true;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct slice rest = line->message;

		if (!slice_take_prefix(&rest, ways[i]))
			continue;
		return slice_equal(rest, SLICE(".")) ||
		       (slice_take_prefix(&rest, SLICE(" (")) &&
			slice_take_suffix(&rest, SLICE(").")) &&
			grammar_all(rest, BYTE_TEXT));
	}
	return false;
}
