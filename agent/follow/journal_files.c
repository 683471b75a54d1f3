/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"

void journal_files_init(struct journal_files *files, const char *path, us_time from)
{
	*files = (struct journal_files){ .damage_at = US_TIME_NONE };
	journal_chains_init(&files->chains, from);
	journal_folders_init(&files->folders, path);
}

void journal_files_release(struct journal_files *files)
{
	journal_sources_release(&files->sources);
	journal_chains_release(&files->chains);
	journal_folders_release(&files->folders);
}

/* ---- files that came */

static void set_problem(void *ctx, const struct err *why)
{
	struct journal_files *files = ctx;

	if (!files->is_problem)
		files->problem = *why;
	files->is_problem = true;
}

/* A file that journald has created and not yet written the head of. What somebody
 * truncated so far is missed by its chain. */
static bool is_young(const char *path)
{
	struct stat status;

	return !journal_is_set_aside(path) && stat(path, &status) == 0 &&
	       S_ISREG(status.st_mode) && status.st_size < (off_t)JOURNAL_HEAD_BYTES;
}

static us_time changed_at(const struct stat *status)
{
	return (us_time)status->st_mtim.tv_sec * US_PER_SECOND +
	       status->st_mtim.tv_nsec / 1000;
}

/* A file with a broken head is told once: the place knows until when such were told. One
 * that the system refuses now may be read later. */
static void note_broken(struct journal_files *files, const char *path,
			const struct err *why)
{
	const struct journal_place *place = &files->chains.place;
	struct journal_loss loss = { 0, place->last_at, US_TIME_NONE };
	struct stat status;
	us_time at;

	if (why->code == ERR_SYSTEM || stat(path, &status) < 0) {
		if (!journal_is_users(path))
			set_problem(files, why);
		return;
	}
	at = changed_at(&status);
	if (place->damage_at != US_TIME_NONE && at <= place->damage_at)
		return;
	files->damage_at = at > files->damage_at ? at : files->damage_at;
	if (place->is_begun || files->chains.from != US_TIME_NONE)
		journal_gaps_add(&files->chains.gaps, &loss, why->text);
}

/* Holds on to a file: deleted, it can still be read. */
static void hold(struct journal_files *files, struct journal_source *source, int *fd)
{
	if (source->fd >= 0 || files->held >= LIMIT_JOURNAL_HELD)
		return;
	source->fd = take_fd(fd);
	files->held++;
}

static void let_go(struct journal_files *files, struct journal_source *source)
{
	if (source->fd < 0)
		return;
	close(source->fd);
	source->fd = -1;
	files->held--;
}

/* What journald is done with and we are too is held no longer. */
static void let_go_of_read(struct journal_files *files)
{
	for (size_t i = 0; i < files->sources.count; i++) {
		struct journal_source *source = files->sources.items[i];

		if (!source->is_set_aside || journal_source_is_unread(source))
			continue;
		journal_source_complete(source);
		journal_source_rest(source);
		if (!source->is_gone)
			let_go(files, source);
	}
}

static void found_again(struct journal_source *source, const char *path,
			const struct journal_head *head)
{
	free(source->path);
	source->path = memory_copy_text(slice_text(path));
	source->head = *head;
	source->is_given_up = false;
}

static void visit_file(void *ctx, const char *path, bool is_volatile)
{
	struct journal_files *files = ctx;
	AUTO_CLOSE int fd = -1;
	struct journal_source *source;
	struct journal_head head;
	struct err why;

	if (journal_head_open(path, &fd, &head, &why) < 0) {
		if (is_young(path)) {
			files->has_young = true;
			return;
		}
		/* It may have got its head since. */
		if (journal_head_open(path, &fd, &head, &why) < 0) {
			note_broken(files, path, &why);
			return;
		}
	}
	source = journal_sources_find(&files->sources, head.file_id);
	if (!source) {
		source = journal_source_new(path, -1, &head);
		source->owner = journal_owner(path);
		journal_sources_add(&files->sources, source);
	} else if (source->is_found) {
		return; /* a copy */
	} else if (strcmp(source->path, path) != 0) {
		found_again(source, path, &head);
	} else {
		source->head = head;
	}
	source->is_found = true;
	source->is_user = journal_is_users(path);
	source->is_volatile = is_volatile;
	source->is_set_aside = head.is_archived || journal_is_set_aside(path);
	hold(files, source, &fd);
}

/* ---- files that went */

/* A file that cannot be looked at any more was truncated or overwritten; under whatever
 * name it is found next, it was told. */
static void lose_broken(struct journal_files *files, struct journal_source *source,
			const struct err *why)
{
	struct journal_loss loss = { 0, source->chain->at, US_TIME_NONE };
	struct journal_place *place = &files->chains.place;
	struct stat status;

	if (why->code != ERR_FORMAT)
		return;
	journal_gaps_keep_place(&files->chains.gaps, place);
	source->is_given_up = true;
	journal_gaps_add(&files->chains.gaps, &loss, why->text);
	if (source->fd < 0 || fstat(source->fd, &status) < 0)
		return;
	if (changed_at(&status) > place->damage_at)
		place->damage_at = changed_at(&status);
	if (place->damage_at > files->damage_at)
		files->damage_at = place->damage_at;
}

/* Whether a file that the listing did not find is done with. What is held, or open, is
 * read to its end first, unless it was emptied. */
static bool is_over(struct journal_files *files, struct journal_source *source)
{
	bool is_emptied = false;
	struct err why;

	source->is_gone = true;
	source->is_set_aside = true;
	if (source->fd >= 0 && !source->is_given_up &&
	    journal_source_look(source, &why) < 0) {
		is_emptied = journal_source_is_deleted(source);
		if (!is_emptied)
			lose_broken(files, source, &why);
	}
	if (!is_emptied && journal_source_is_unread(source) &&
	    (source->fd >= 0 || source->handle))
		return false;
	journal_chains_end(&files->chains, source);
	return true;
}

static void drop_gone(struct journal_files *files)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->sources.count; i++) {
		struct journal_source *source = files->sources.items[i];

		if (!source->is_found && is_over(files, source)) {
			let_go(files, source);
			journal_source_free(source);
		} else {
			files->sources.items[kept++] = source;
		}
	}
	files->sources.count = kept;
}

/* ---- */

static void survey(struct journal_files *files)
{
	files->has_system = false;
	files->is_volatile = false;
	for (size_t i = 0; i < files->sources.count; i++) {
		const struct journal_source *source = files->sources.items[i];

		if (source->is_user || source->is_gone || source->is_given_up)
			continue;
		files->has_system = true;
		files->is_volatile |= source->is_volatile && !source->is_set_aside;
	}
}

static void list(struct journal_files *files)
{
	const struct journal_folders_visitor visitor = { visit_file, set_problem, files };
	struct journal_place *place = &files->chains.place;

	journal_gaps_keep_place(&files->chains.gaps, place);
	files->is_problem = false;
	files->has_young = false;
	files->damage_at = place->damage_at;
	for (size_t i = 0; i < files->sources.count; i++)
		files->sources.items[i]->is_found = false;
	journal_folders_list(&files->folders, &visitor);
	drop_gone(files);
	/* A chain that a file leaves is looked at below. */
	(void)journal_chains_give(&files->chains, &files->sources);
	let_go_of_read(files);
	survey(files);
	if (place->is_begun && files->has_system)
		journal_chains_drop(&files->chains, &files->sources);
	place->damage_at = files->damage_at;
	/* A first start is over once it is known what was there. */
	place->is_begun |= files->has_system || !files->is_problem;
	files->is_listed = true;
}

static void look(struct journal_files *files)
{
	for (size_t i = 0; i < files->sources.count; i++) {
		struct journal_source *source = files->sources.items[i];
		struct err why;

		if (source->is_set_aside || source->is_given_up ||
		    journal_source_look(source, &why) == 0)
			continue;
		if (journal_source_is_deleted(source))
			files->is_listed = false; /* it went after its folder was asked */
		else
			lose_broken(files, source, &why);
	}
	if (journal_chains_give(&files->chains, &files->sources))
		files->is_listed = false; /* the chain it left may be nobody's now */
}

bool journal_files_refresh(struct journal_files *files)
{
	struct journal_changes changes = journal_folders_changes(&files->folders);

	if (!files->is_listed || changes.moved || (changes.grew && files->has_young))
		list(files);
	else if (changes.grew)
		look(files);
	else
		return false;
	return true;
}

void journal_files_end(struct journal_files *files, const struct journal_source *source)
{
	if (source->is_set_aside)
		files->is_listed = false;
}

void journal_files_retry(struct journal_files *files)
{
	for (size_t i = 0; i < files->sources.count; i++)
		files->sources.items[i]->is_waiting = false;
	if (files->folders.is_blind || files->is_problem)
		files->is_listed = false;
}
