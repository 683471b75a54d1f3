/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_entry.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/limits.h"

#define MESSAGE_PREFIX SLICE("MESSAGE=")

/* What libsystemd means by its errors when it opens a file (journal-file.c). */
static int refuse(const char *path, int error, struct err *err)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ -EBADMSG, "is damaged" },
		{ -ENODATA, "is truncated" },
		{ -EPROTONOSUPPORT,
		  "was written by a newer journald than this libsystemd reads" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return err_set(err, ERR_FORMAT, "journal '%s' %s", path,
				       rows[i].words);
	return err_system(err, -error, "cannot read journal '%s'", path);
}

int journal_open(int *fd, const char *path, sd_journal **ret_handle, struct err *err)
{
	sd_journal *handle;
	int result = sd_journal_open_files_fd(&handle, fd, 1, 0);

	if (result < 0)
		return refuse(path, result, err);
	(void)take_fd(fd);
	sd_journal_set_data_threshold(handle,
				      MESSAGE_PREFIX.len + LIMIT_JOURNAL_FIELD_BYTES);
	*ret_handle = handle;
	return 0;
}

/* syslog, stdout and the kernel give journald nothing but messages: an entry of theirs
 * without one has lost it. Others may have none. */
static bool must_have_message(sd_journal *handle)
{
	static const char *const transports[] = {
		"_TRANSPORT=syslog",
		"_TRANSPORT=stdout",
		"_TRANSPORT=kernel",
	};
	const void *data;
	size_t len;

	if (sd_journal_get_data(handle, "_TRANSPORT", &data, &len) < 0)
		return false;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (slice_equal(slice_of(data, len), slice_text(transports[i])))
			return true;
	return false;
}

enum journal_message journal_entry_message(sd_journal *handle, struct slice *ret_message,
					   int *ret_error)
{
	const void *data;
	size_t len;
	int result = sd_journal_get_data(handle, "MESSAGE", &data, &len);

	if (result >= 0) {
		*ret_message =
			slice_first(slice_skip(slice_of(data, len), MESSAGE_PREFIX.len),
				    LIMIT_JOURNAL_FIELD_BYTES);
		return JOURNAL_MESSAGE_READ;
	}
	if (result == -ENOENT)
		return must_have_message(handle) ? JOURNAL_MESSAGE_LOST
						 : JOURNAL_MESSAGE_NONE;
	*ret_error = result;
	return JOURNAL_MESSAGE_LOST;
}

void journal_entry_collect(sd_journal *handle, struct slice message, us_time realtime,
			   struct journal_collector *collector,
			   char boot_text[JOURNAL_ID_TEXT_BYTES])
{
	const void *data;
	size_t len;
	sd_id128_t boot_id;
	uint64_t monotonic_us;

	journal_collector_clear(collector);
	journal_collector_add(collector, SLICE("MESSAGE"), message);
	sd_journal_restart_data(handle);
	for (int i = 0; i < LIMIT_JOURNAL_ENTRY_FIELDS; i++) {
		struct slice value, name;

		if (sd_journal_enumerate_available_data(handle, &data, &len) <= 0)
			break;
		value = slice_of(data, len);
		if (slice_take_until(&value, '=', &name))
			journal_collector_add(collector, name, value);
	}
	collector->fields.realtime = realtime;
	collector->fields.monotonic_us = 0;
	if (sd_journal_get_monotonic_usec(handle, &monotonic_us, &boot_id) >= 0) {
		collector->fields.monotonic_us = monotonic_us;
		collector->fields.boot_id =
			slice_text(sd_id128_to_string(boot_id, boot_text));
	}
}
