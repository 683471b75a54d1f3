/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/screen.h"

#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"

#define DEFAULT_COLUMNS 80

/* Narrower ones break lines themselves. */
#define FEWEST_COLUMNS 40
#define MOST_COLUMNS 10000

static bool wants_color(enum color_mode mode, bool is_terminal)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	return is_terminal && !(no_color && *no_color) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

static size_t columns_of_terminal(void)
{
	const char *variable = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	if (columns == 0 &&
	    !(variable && slice_number(slice_text(variable), MOST_COLUMNS, &columns)))
		columns = DEFAULT_COLUMNS;
	return columns < FEWEST_COLUMNS ? FEWEST_COLUMNS : (size_t)columns;
}

struct screen screen_of_stdout(enum color_mode mode, const struct zone *zone)
{
	bool is_terminal = isatty(STDOUT_FILENO);

	return (struct screen){
		.has_color = wants_color(mode, is_terminal),
		.has_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.is_terminal = is_terminal,
		.columns = is_terminal ? columns_of_terminal() : 0,
		.zone = zone,
	};
}

/* Elsewhere than in UTF-8 the bytes past ASCII may be control bytes of another character
 * set. */
static bool append_ascii(struct buf *buf, struct slice printable)
{
	for (size_t i = 0; i < printable.len; i++) {
		unsigned char byte = (unsigned char)printable.ptr[i];

		if (byte < 0x80 ? !buf_append_byte(buf, printable.ptr[i])
				: !buf_append_format(buf, "\\x%02x", byte))
			return false;
	}
	return true;
}

bool screen_append(const struct screen *screen, struct buf *buf, struct slice bytes)
{
	AUTO_BUF struct buf escaped = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	if (screen->has_utf8)
		return escape_append(buf, bytes);
	return escape_append(&escaped, bytes) && append_ascii(buf, buf_slice(&escaped));
}

void screen_append_time(const struct screen *screen, struct buf *buf, us_time time)
{
	struct civil civil;
	us_time local;

	if (time == US_TIME_NONE) {
		buf_append_text(buf, "-");
		return;
	}
	local = time + zone_offset_s(screen->zone, time) * US_PER_SECOND;
	if (local < US_TIME_MIN || local > US_TIME_MAX)
		local = time;
	civil = civil_from_utc(local);
	buf_append_format(buf, "%04d-%02d-%02d %02d:%02d:%02d", civil.year, civil.month,
			  civil.day, civil.hour, civil.minute, civil.second);
}

/* arn:aws:sts::111122223333:assumed-role/Admin/alice */
void screen_append_principal(const struct screen *screen, struct buf *buf,
			     struct slice principal)
{
	struct slice rest = principal, part;
	int colons = 0;

	if (!slice_starts_with(principal, SLICE("arn:"))) {
		screen_append(screen, buf, principal);
		return;
	}
	while (colons < 5 && slice_take_until(&rest, ':', &part))
		colons++;
	slice_take_prefix(&rest, SLICE("assumed-role/"));
	screen_append(screen, buf, colons == 5 && rest.len ? rest : principal);
}

const char *screen_bold(const struct screen *screen)
{
	return screen->has_color ? "\033[1m" : "";
}

const char *screen_plain(const struct screen *screen)
{
	return screen->has_color ? "\033[0m" : "";
}

const char *screen_of_verdict(const struct screen *screen, enum verdict_kind verdict)
{
	static const char *const colors[VERDICT_COUNT] = {
		[VERDICT_PENDING] = "\033[36m",	     /* cyan */
		[VERDICT_AUTHORIZED] = "\033[32m",   /* green */
		[VERDICT_UNAUTHORIZED] = "\033[31m", /* red */
		[VERDICT_UNVERIFIABLE] = "\033[33m", /* yellow */
		[VERDICT_NOT_JUDGED] = "\033[2m",    /* faint */
	};

	return screen->has_color ? colors[verdict] : "";
}
