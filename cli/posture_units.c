/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of systemd, by the files that systemctl(1) makes: links in "*.wants" folders,
 * links to /dev/null for what is masked, and control groups for what runs
 * (systemd.unit(5)).
 */
#include "cli/posture_view.h"

#include "base/limits.h"
#include "cli/posture_text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* In the order of systemd.unit(5): the first of a name counts. */
static const char *const folders[] = {
	"/etc/systemd/system",		 "/run/systemd/system",
	"/run/systemd/generator.early",	 "/run/systemd/generator",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",		 "/run/systemd/generator.late",
};

/* Where the unit runs, by version 2 and version 1 of control groups. */
static const char *const groups[] = {
	"/sys/fs/cgroup/system.slice",
	"/sys/fs/cgroup/azure.slice",
	"/sys/fs/cgroup/systemd/system.slice",
};

bool posture_unit_is_masked(struct posture_view *view, const char *unit)
{
	for (size_t i = 0; i < 2; i++) {
		const char *path = posture_path(view, folders[i], slice_text(unit));
		AUTO_BUF struct buf target = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
		bool is_link = false;
		struct err err;

		/* What cannot be looked at is noted by who looks for the unit. */
		if (posture_tree_link(view->tree, path, &target, &is_link, &err) == 0 &&
		    is_link && slice_equal(buf_slice(&target), SLICE("/dev/null")))
			return true;
	}
	return false;
}

static bool is_wants(struct slice folder)
{
	return slice_ends_with(folder, SLICE(".wants")) ||
	       slice_ends_with(folder, SLICE(".requires")) ||
	       slice_ends_with(folder, SLICE(".upholds"));
}

/* The first is told: where /lib is a link to /usr/lib, one folder is met twice. */
static bool is_wanted(struct posture_view *view, const char *unit)
{
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		const struct posture_names names = posture_list(view, folders[i]);

		for (size_t k = 0; k < names.count; k++) {
			const char *folder, *path;

			if (!is_wants(names.names[k]))
				continue;
			folder = posture_path(view, folders[i], names.names[k]);
			path = posture_path(view, folder, slice_text(unit));
			if (!posture_has(view, path))
				continue;
			posture_say(view, path, "%s is started at boot", unit);
			return true;
		}
	}
	return false;
}

static bool runs(struct posture_view *view, const char *unit)
{
	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		const char *path = posture_path(view, groups[i], slice_text(unit));

		if (!posture_has(view, path))
			continue;
		posture_say(view, path, "%s runs", unit);
		return true;
	}
	return false;
}

bool posture_unit_is_on(struct posture_view *view, const char *unit)
{
	bool is_on = !posture_unit_is_masked(view, unit) && is_wanted(view, unit);

	/* What was started before it was masked still runs. */
	return runs(view, unit) || is_on;
}

const char *posture_first_unit(struct posture_view *view, const char *const *units)
{
	for (; *units; units++) {
		if (posture_unit_is_on(view, *units))
			return *units;
	}
	return NULL;
}

/* ---- units by their beginning ----------------------------------------------------- */

/* Units met so far, so that each is told once. */
struct met {
	struct {
		struct slice name;
		const char *path;
		bool runs;
	} units[LIMIT_POSTURE_TOLD];
	size_t count;
};

static void add(struct met *met, struct slice name, const char *path, bool runs)
{
	for (size_t i = 0; i < met->count; i++) {
		if (!slice_equal(met->units[i].name, name))
			continue;
		met->units[i].runs |= runs;
		return;
	}
	if (met->count == LIMIT_POSTURE_TOLD)
		return;
	met->units[met->count].name = name;
	met->units[met->count].path = path;
	met->units[met->count++].runs = runs;
}

struct place {
	const char *folder;
	struct slice prefix;
	bool runs; /* what is there */
};

static void meet(struct posture_view *view, const struct place *place, struct met *met)
{
	const struct posture_names names = posture_list(view, place->folder);

	for (size_t i = 0; i < names.count; i++) {
		struct slice name = names.names[i];

		if (slice_starts_with(name, place->prefix) &&
		    slice_ends_with(name, SLICE(".service")))
			add(met, name, posture_path(view, place->folder, name),
			    place->runs);
	}
}

static void meet_wanted(struct posture_view *view, struct slice prefix, struct met *met)
{
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		const struct posture_names names = posture_list(view, folders[i]);
		struct place place = { .prefix = prefix };

		for (size_t k = 0; k < names.count; k++) {
			if (!is_wants(names.names[k]))
				continue;
			place.folder = posture_path(view, folders[i], names.names[k]);
			meet(view, &place, met);
		}
	}
}

/* Instances of a template run in a slice of its own, "system-serial\\x2dgetty.slice". */
static void meet_running(struct posture_view *view, struct slice prefix, struct met *met)
{
	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		const struct posture_names names = posture_list(view, groups[i]);
		struct place place = { .prefix = prefix, .runs = true };

		for (size_t k = 0; k < names.count; k++) {
			if (!slice_starts_with(names.names[k], SLICE("system-")))
				continue;
			place.folder = posture_path(view, groups[i], names.names[k]);
			meet(view, &place, met);
		}
	}
}

void posture_each_unit(struct posture_view *view, struct slice prefix,
		       posture_unit_fn *take, void *ctx)
{
	struct met met = { .count = 0 };

	meet_wanted(view, prefix, &met);
	meet_running(view, prefix, &met);
	for (size_t i = 0; i < met.count; i++) {
		const char *unit = met.units[i].name.ptr;

		if (posture_unit_is_masked(view, unit) && !met.units[i].runs)
			continue;
		posture_say(view, met.units[i].path, "%s %s", unit,
			    met.units[i].runs ? "runs" : "is started at boot");
		take(view, unit, ctx);
	}
}

/* ---- what units say --------------------------------------------------------------- */

struct search {
	struct slice word;
	bool is_found;
};

static void look_into(struct posture_view *view, const char *path, struct slice content,
		      void *ctx)
{
	struct search *search = ctx;

	if (!posture_text_has(content, SLICE(""), search->word))
		return;
	posture_say(view, path, "has %.*s", SLICE_ARG(search->word));
	search->is_found = true;
}

bool posture_unit_has(struct posture_view *view, const char *unit, struct slice word)
{
	struct search search = { word, false };

	for (size_t i = 0; i < COUNT_OF(folders) && !search.is_found; i++) {
		const char *path = posture_path(view, folders[i], slice_text(unit));
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
		AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
		struct posture_folder folder = { .ending = ".conf" };

		buf_append_format(&name, "%s.d", unit);
		folder.path = posture_path(view, folders[i], buf_slice(&name));
		posture_each_file(view, &folder, look_into, &search);
		if (!posture_unit_is_masked(view, unit) &&
		    posture_read(view, path, &text))
			look_into(view, path, buf_slice(&text), &search);
	}
	return search.is_found;
}
