/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which program sshd asks for keys and principals, by its configuration: of several lines
 * the first counts, "Include" is followed where it stands, and what a "Match" block says
 * holds for those it matches, whatever was said before (sshd_config(5)).
 */
#include "cli/posture_view.h"

#include <fnmatch.h>

#include "base/arena.h"
#include "base/limits.h"
#include "cli/posture_text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define FOLDER "/etc/ssh"

/* sshd's own (servconf.c, SERVCONF_MAX_DEPTH): past it sshd refuses to start. */
#define DEPTH_MAX 16

static const char *const settings[] = { "AuthorizedKeysCommand",
					"AuthorizedPrincipalsCommand" };

struct sshd {
	struct posture_view *view;
	struct slice program;		  /* that is looked for */
	bool is_said[COUNT_OF(settings)]; /* outside of all Match blocks */
	bool is_found;
	unsigned depth;
	size_t files; /* that were read */
	bool is_full; /* no more are read, which is noted */
};

struct place {
	const char *path;
	bool is_match; /* what it says holds for some alone */
};

/* ---- a setting -------------------------------------------------------------------- */

/* `value` is what follows the keyword. */
static void take_command(struct sshd *sshd, const struct place *place, size_t setting,
			 struct slice value)
{
	struct slice word, rest = value;
	bool is_wanted = posture_text_has(value, SLICE(""), sshd->program);

	if (!place->is_match && sshd->is_said[setting])
		return;
	if (!place->is_match)
		sshd->is_said[setting] = true;
	if (is_wanted)
		posture_say(sshd->view, place->path, "sshd asks %.*s for keys%s",
			    SLICE_ARG(sshd->program),
			    place->is_match ? ", for those of a Match block" : "");
	else if (posture_text_word(&rest, &word))
		posture_say(sshd->view, place->path, "sshd's %s is %.*s%s",
			    settings[setting], SLICE_ARG(slice_first(word, 128)),
			    place->is_match ? ", for those of a Match block" : "");
	sshd->is_found |= is_wanted;
}

/* ---- files ------------------------------------------------------------------------ */

static void read_file(struct sshd *sshd, const struct place *place);

static void fail(struct sshd *sshd, const char *path, const char *why)
{
	struct err err;

	err_set(&err, ERR_LIMIT, "%s", why);
	posture_note_problem(sshd->view, path, &err);
}

/* As glob(7), of the last part of the path. */
static void include_pattern(struct sshd *sshd, const struct place *from,
			    const char *pattern)
{
	ptrdiff_t slash = slice_find_last(slice_text(pattern), '/');
	struct slice folder = slice_first(slice_text(pattern), (size_t)slash);
	const char *path = arena_copy(sshd->view->arena, folder).ptr;
	struct posture_names names;

	if (strpbrk(path, "*?[")) {
		fail(sshd, pattern, "a pattern of folders is not followed");
		return;
	}
	names = posture_list(sshd->view, path);
	for (size_t i = 0; i < names.count; i++) {
		struct place place = { .is_match = from->is_match };

		if (fnmatch(pattern + slash + 1, names.names[i].ptr, FNM_PERIOD) != 0)
			continue;
		place.path = posture_path(sshd->view, path, names.names[i]);
		read_file(sshd, &place);
	}
}

static void take_include(struct sshd *sshd, const struct place *from, struct slice value)
{
	struct slice word;

	while (!sshd->is_full && posture_text_argument(&value, &word)) {
		struct place place = { .is_match = from->is_match };

		place.path = slice_starts_with(word, SLICE("/"))
				     ? arena_copy(sshd->view->arena, word).ptr
				     : posture_path(sshd->view, FOLDER, word);
		if (strpbrk(place.path, "*?["))
			include_pattern(sshd, from, place.path);
		else
			read_file(sshd, &place);
	}
}

/* ---- lines ------------------------------------------------------------------------ */

static void take_line(struct sshd *sshd, struct place *place, struct slice line)
{
	struct slice keyword;

	if (!posture_text_word(&line, &keyword) || keyword.ptr[0] == '#')
		return;
	if (slice_equal_ignoring_case(keyword, SLICE("Match"))) {
		/* "Match all" may be what ends the blocks before it */
		place->is_match = true;
	} else if (slice_equal_ignoring_case(keyword, SLICE("Include"))) {
		take_include(sshd, place, line);
	} else {
		for (size_t i = 0; i < COUNT_OF(settings); i++) {
			if (slice_equal_ignoring_case(keyword, slice_text(settings[i])))
				take_command(sshd, place, i, line);
		}
	}
}

/* A Match block ends with its file. */
static void read_file(struct sshd *sshd, const struct place *place)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	struct place here = *place;
	struct slice rest, line;

	if (sshd->is_full)
		return;
	if (sshd->depth == DEPTH_MAX || sshd->files == LIMIT_POSTURE_INCLUDED) {
		sshd->is_full = true;
		fail(sshd, place->path, "it includes more files than are read");
		return;
	}
	sshd->files++;
	if (!posture_read(sshd->view, place->path, &text))
		return;
	sshd->depth++;
	rest = buf_slice(&text);
	while (posture_text_line(&rest, &line))
		take_line(sshd, &here, line);
	sshd->depth--;
}

/* openSUSE's sshd takes the second where there is not the first. */
bool posture_sshd_runs(struct posture_view *view, struct slice program)
{
	static const char *const files[] = { "/etc/ssh/sshd_config",
					     "/usr/etc/ssh/sshd_config" };
	struct sshd sshd = { .view = view, .program = program };

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		const struct place place = { files[i], false };

		if (!posture_has(view, files[i]))
			continue;
		read_file(&sshd, &place);
		break;
	}
	return sshd.is_found;
}
