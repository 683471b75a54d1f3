/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"

#define PLACE_BYTES ((size_t)1024 * 1024)

void journal_files_init(struct journal_files *files, const char *path, us_time from)
{
	*files = (struct journal_files){
		.from = from,
		.before = BUF_LIMIT(PLACE_BYTES),
		.damage_at = US_TIME_NONE,
	};
	journal_place_init(&files->place);
	journal_folders_init(&files->folders, path);
}

void journal_files_release(struct journal_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		journal_source_free(files->sources[i]);
	free(files->sources);
	journal_place_release(&files->place);
	journal_folders_release(&files->folders);
	buf_release(&files->before);
}

/* ---- gaps */

static us_time earlier(us_time a, us_time b)
{
	return a == US_TIME_NONE || b == US_TIME_NONE ? US_TIME_NONE : a < b ? a : b;
}

static us_time later(us_time a, us_time b)
{
	return a == US_TIME_NONE || b == US_TIME_NONE ? US_TIME_NONE : a > b ? a : b;
}

/* The queue is full: the last gap becomes that of all that follow. */
static void widen(struct journal_gap *gap, const struct journal_loss *loss)
{
	gap->since = earlier(gap->since, loss->since);
	gap->to = later(gap->to, loss->to);
	gap->entries = gap->entries && loss->entries ? gap->entries + loss->entries : 0;
	(void)snprintf(gap->cause, sizeof(gap->cause),
		       "many journals cannot be read or were deleted before they were");
}

void journal_files_lose(struct journal_files *files, const struct journal_loss *loss,
			const char *cause)
{
	struct journal_gap *gap = &files->gaps[files->gap_count];

	if (files->gap_count == LIMIT_JOURNAL_GAPS) {
		widen(gap - 1, loss);
		return;
	}
	*gap = (struct journal_gap){ .since = loss->since,
				     .to = loss->to,
				     .entries = loss->entries };
	(void)snprintf(gap->cause, sizeof(gap->cause), "%s", cause);
	files->gap_count++;
}

bool journal_files_take_gap(struct journal_files *files, struct journal_gap *ret_gap)
{
	if (files->gap_count == 0)
		return false;
	*ret_gap = files->gaps[0];
	files->gap_count--;
	memmove(files->gaps, files->gaps + 1, files->gap_count * sizeof(files->gaps[0]));
	return true;
}

void journal_files_write_place(const struct journal_files *files, struct buf *buf)
{
	if (files->gap_count > 0)
		buf_append(buf, buf_slice(&files->before));
	else
		journal_place_write(&files->place, buf);
}

static void keep_place(struct journal_files *files)
{
	if (files->gap_count > 0)
		return;
	buf_clear(&files->before);
	journal_place_write(&files->place, &files->before);
}

/* ---- finding files */

static struct journal_source *find(const struct journal_files *files, sd_id128_t file_id)
{
	for (size_t i = 0; i < files->count; i++)
		if (sd_id128_equal(files->sources[i]->head.file_id, file_id))
			return files->sources[i];
	return NULL;
}

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
	const struct journal_place *place = &files->place;
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
	if (place->is_begun || files->from != US_TIME_NONE)
		journal_files_lose(files, &loss, why->text);
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
	for (size_t i = 0; i < files->count; i++) {
		struct journal_source *source = files->sources[i];

		if (!source->is_set_aside || journal_source_is_unread(source))
			continue;
		journal_source_complete(source);
		journal_source_rest(source);
		if (!source->is_gone)
			let_go(files, source);
	}
}

static void add_source(struct journal_files *files, struct journal_source *source)
{
	files->sources = memory_resize(files->sources, files->count + 1,
				       sizeof(struct journal_source *));
	files->sources[files->count++] = source;
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
	source = find(files, head.file_id);
	if (!source) {
		source = journal_source_new(path, -1, &head);
		source->owner = journal_owner(path);
		add_source(files, source);
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

/* ---- their places */

/* Where a place that was read from a cursor says that a file of its chain stands. */
static void place_in_chain(struct journal_source *source)
{
	const struct journal_chain *chain = source->chain;
	const struct journal_head *head = &source->head;

	if (sd_id128_equal(chain->file_id, head->file_id)) {
		source->done = chain->done;
		source->is_done_known = chain->is_done_known;
	} else if (chain->begins_at_time) {
		source->is_done_known = head->entries > 0 && head->last_at < chain->at;
		source->done = source->is_done_known ? head->entries : 0;
	} else if (head->last_seqnum <= chain->seqnum) {
		source->done = head->entries;
		source->is_done_known = true;
	} else {
		source->is_done_known =
			head->first_seqnum > chain->seqnum || head->entries == 0;
	}
}

/* A chain that no place knows: new, unless the place could not hold all. */
static void begin_chain(struct journal_files *files, struct journal_source *source,
			const struct journal_chain *like)
{
	struct journal_place *place = &files->place;
	us_time begin = place->is_begun ? US_TIME_NONE : files->from;

	if (place->is_begun && place->is_cut && !files->was_listed)
		begin = place->last_at;
	source->chain = journal_place_add(place, like);
	source->chain->may_be_copy = !source->is_volatile && !source->is_user;
	if (begin != US_TIME_NONE) {
		source->chain->begins_at_time = true;
		source->chain->at = begin;
	}
}

/* A first start that begins at the end: a chain stands where its file that is written to
 * ends, or else its last one. */
static void begin_at_end(struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	struct err why;

	if (journal_source_skip_all(source, &why) < 0)
		source->done = source->head.entries;
	if (source->is_set_aside && source->head.last_seqnum > chain->seqnum &&
	    sd_id128_is_null(chain->file_id))
		chain->seqnum = source->head.last_seqnum;
}

/* The chain of a file that was given a name of somebody's own since it was read. */
static struct journal_chain *find_renamed(const struct journal_place *place,
					  const struct journal_head *head)
{
	for (size_t i = 0; i < place->count; i++) {
		struct journal_chain *chain = place->chains[i];

		if (chain->owner && sd_id128_equal(chain->seqnum_id, head->seqnum_id) &&
		    sd_id128_equal(chain->file_id, head->file_id))
			return chain;
	}
	return NULL;
}

/* A text of before owners were told apart has one chain for all of an id: each goes on
 * from where that stands. */
static struct journal_chain *divide(struct journal_place *place,
				    const struct journal_chain *like)
{
	struct journal_chain part;

	for (size_t i = 0; i < place->count; i++) {
		const struct journal_chain *chain = place->chains[i];

		if (chain->owner || !sd_id128_equal(chain->seqnum_id, like->seqnum_id))
			continue;
		part = *chain;
		part.owner = like->owner;
		part.is_volatile = like->is_volatile;
		part.is_user = like->is_user;
		return journal_place_add(place, &part);
	}
	return NULL;
}

static void find_chain(struct journal_files *files, struct journal_source *source)
{
	const struct journal_chain like = {
		.seqnum_id = source->head.seqnum_id,
		.owner = source->owner,
		.is_volatile = source->is_volatile,
		.is_user = source->is_user,
		.at = US_TIME_NONE,
	};

	source->chain = journal_place_find(&files->place, &like);
	if (!source->chain)
		source->chain = find_renamed(&files->place, &source->head);
	if (!source->chain)
		source->chain = divide(&files->place, &like);
	if (!source->chain)
		begin_chain(files, source, &like);
}

/* Of each file that has none; and of one that was empty, whose id journald replaces by
 * its own when it writes the first entry. */
static void give_places(struct journal_files *files)
{
	struct journal_place *place = &files->place;

	for (size_t i = 0; i < files->count; i++) {
		struct journal_source *source = files->sources[i];

		if (source->chain &&
		    sd_id128_equal(source->chain->seqnum_id, source->head.seqnum_id))
			continue;
		if (source->chain) {
			journal_source_rest(source);
			files->is_listed = false; /* its chain may be nobody's now */
		}
		find_chain(files, source);
		if (!place->is_begun && files->from == US_TIME_NONE)
			begin_at_end(source);
		else
			place_in_chain(source);
	}
}

/* ---- files that went */

static void lose_deleted(struct journal_files *files, const struct journal_source *source)
{
	struct journal_loss loss = {
		.entries =
			source->is_done_known ? source->head.entries - source->done : 0,
		.since = source->chain->at,
		.to = source->head.last_at,
	};
	char cause[sizeof(files->gaps[0].cause)];

	(void)snprintf(cause, sizeof(cause),
		       "journal '%.400s' was deleted before it was read", source->path);
	journal_files_lose(files, &loss, cause);
}

/* A file that cannot be looked at any more was truncated or overwritten; under whatever
 * name it is found next, it was told. */
static void lose_broken(struct journal_files *files, struct journal_source *source,
			const struct err *why)
{
	struct journal_loss loss = { 0, source->chain->at, US_TIME_NONE };
	struct stat status;

	if (why->code != ERR_FORMAT)
		return;
	keep_place(files);
	source->is_given_up = true;
	journal_files_lose(files, &loss, why->text);
	if (source->fd < 0 || fstat(source->fd, &status) < 0)
		return;
	if (changed_at(&status) > files->place.damage_at)
		files->place.damage_at = changed_at(&status);
	if (files->place.damage_at > files->damage_at)
		files->damage_at = files->place.damage_at;
}

/* What the chain of a deleted file is left with. journald makes a journal for a user at
 * each rotation, and deletes it at the next if nothing came into it. Of any other that
 * was not archived when it was last looked at nobody knows how it ended: the number of
 * its chain's next entry tells, or that there is none. */
static void end_gone(struct journal_files *files, struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	bool is_unused = source->is_user && source->head.entries == 0;

	if (journal_source_is_unread(source))
		lose_deleted(files, source);
	else if (!source->is_given_up && !source->head.is_archived) {
		chain->is_complete = chain->was_seen_complete = is_unused;
		return;
	}
	journal_source_complete(source);
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
	end_gone(files, source);
	return true;
}

static void drop_gone(struct journal_files *files)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->count; i++) {
		struct journal_source *source = files->sources[i];

		if (!source->is_found && is_over(files, source)) {
			let_go(files, source);
			journal_source_free(source);
		} else {
			files->sources[kept++] = source;
		}
	}
	files->count = kept;
}

/* The earliest entry that is there of the system; US_TIME_NONE when none. */
static us_time first_at(const struct journal_files *files)
{
	us_time first = US_TIME_NONE;

	for (size_t i = 0; i < files->count; i++) {
		const struct journal_source *source = files->sources[i];

		if (!source->is_user && source->head.entries > 0 &&
		    (first == US_TIME_NONE || source->head.first_at < first))
			first = source->head.first_at;
	}
	return first;
}

static bool was_copied(const struct journal_files *files,
		       const struct journal_chain *chain)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct journal_source *source = files->sources[i];

		if (chain->is_volatile && !source->is_volatile && !source->is_user &&
		    source->head.first_at <= chain->at &&
		    source->head.last_at >= chain->at)
			return true;
	}
	return false;
}

static void lose_chain(struct journal_files *files, const struct journal_chain *chain)
{
	struct journal_loss loss = { .since = chain->at, .to = first_at(files) };

	if (loss.to != US_TIME_NONE && loss.since != US_TIME_NONE && loss.to < loss.since)
		loss.to = US_TIME_NONE;
	journal_files_lose(
		files, &loss,
		chain->is_volatile
			? "the journal was kept in memory only and is gone"
			: "the journal was deleted, perhaps with entries not read");
}

/* Whether others took over all that a chain without a file was there for: those that a
 * chain of an older text was divided into; or that of a file which was empty, whose id
 * was that of the file then. */
static bool is_replaced(const struct journal_files *files,
			const struct journal_chain *chain)
{
	const struct journal_place *place = &files->place;

	if (chain->seqnum == 0 && find(files, chain->seqnum_id))
		return true;
	for (size_t i = 0; i < place->count && !chain->owner; i++)
		if (place->chains[i]->owner &&
		    sd_id128_equal(place->chains[i]->seqnum_id, chain->seqnum_id))
			return true;
	return false;
}

/* Whether another chain of the same counter is not as far yet as one without a file: that
 * one still tells whose the numbers were that the other does not have. */
static bool is_witness(const struct journal_place *place,
		       const struct journal_chain *chain)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->chains[i]->seqnum < chain->seqnum &&
		    sd_id128_equal(place->chains[i]->seqnum_id, chain->seqnum_id))
			return true;
	return false;
}

/* Chains without a file: what was at their ends is gone. Nothing is said as long as no
 * journal of the system can be read at all: the disk may not be there yet. */
static void drop_chains(struct journal_files *files)
{
	struct journal_place *place = &files->place;

	for (size_t i = place->count; i-- > 0;) {
		struct journal_chain *chain = place->chains[i];
		bool is_used = false, is_moot;

		for (size_t k = 0; k < files->count && !is_used; k++)
			is_used = files->sources[k]->chain == chain;
		if (is_used || !files->has_system)
			continue;
		is_moot = is_replaced(files, chain);
		if (!is_moot && !chain->is_complete && !was_copied(files, chain))
			lose_chain(files, chain);
		chain->is_complete = chain->was_seen_complete = true;
		if (is_moot || !is_witness(place, chain))
			journal_place_remove(place, i);
	}
}

/* Chains of one journald may share their sequence numbers: those that one misses may be
 * another's. */
static bool is_alone(const struct journal_files *files, const struct journal_chain *chain)
{
	for (size_t i = 0; i < files->place.count; i++)
		if (files->place.chains[i] != chain &&
		    files->place.chains[i]->is_volatile == chain->is_volatile)
			return false;
	return true;
}

/* The first number that nothing but a file which is there can hold, unless it is lost: up
 * to it others of the same counter may have had any in files that were read and deleted,
 * those before the file that their place is in. */
static uint64_t first_to_account_for(const struct journal_files *files,
				     const struct journal_chain *chain)
{
	uint64_t passed = 0;

	for (size_t i = 0; i < files->place.count; i++) {
		const struct journal_chain *other = files->place.chains[i];
		const struct journal_source *source = find(files, other->file_id);
		uint64_t seqnum = other->seqnum;

		if (other == chain || !sd_id128_equal(other->seqnum_id, chain->seqnum_id))
			continue;
		if (source && source->chain == other && source->head.first_seqnum > 0 &&
		    source->head.first_seqnum <= seqnum)
			seqnum = source->head.first_seqnum - 1;
		passed = seqnum > passed ? seqnum : passed;
	}
	return passed + 1;
}

/* How many of these numbers a file may have at most. */
static uint64_t room_for(const struct journal_head *head, uint64_t first, uint64_t last)
{
	uint64_t outside = (uint64_t)(head->first_seqnum < first) +
			   (uint64_t)(head->last_seqnum > last);
	uint64_t from = head->first_seqnum > first ? head->first_seqnum : first;
	uint64_t to = head->last_seqnum < last ? head->last_seqnum : last;
	uint64_t entries;

	if (from > to || head->entries <= outside)
		return 0;
	entries = head->entries - outside;
	return entries - 1 < to - from ? entries : to - from + 1;
}

/* Whether journals of the same counter may have all the numbers that a chain misses
 * before `next`. */
static bool are_others(const struct journal_files *files,
		       const struct journal_chain *chain, uint64_t next)
{
	uint64_t first = first_to_account_for(files, chain);
	uint64_t missing;

	if (first <= chain->seqnum)
		first = chain->seqnum + 1;
	if (first >= next)
		return true;
	missing = next - first;
	for (size_t i = 0; i < files->count && missing > 0; i++) {
		const struct journal_source *source = files->sources[i];
		uint64_t room;

		if (source->chain == chain ||
		    !sd_id128_equal(source->head.seqnum_id, chain->seqnum_id))
			continue;
		room = room_for(&source->head, first, next - 1);
		missing -= room < missing ? room : missing;
	}
	return missing == 0;
}

void journal_files_check_chain(struct journal_files *files,
			       const struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	struct journal_loss loss;

	if (chain->begins_at_time || chain->seqnum == 0 || chain->was_seen_complete ||
	    sd_id128_equal(chain->file_id, source->head.file_id) ||
	    source->head.first_seqnum <= chain->seqnum + 1 ||
	    find(files, chain->file_id) ||
	    are_others(files, chain, source->head.first_seqnum))
		return;
	keep_place(files);
	loss = (struct journal_loss){ .since = chain->at, .to = source->head.first_at };
	if (is_alone(files, chain))
		loss.entries = source->head.first_seqnum - chain->seqnum - 1;
	journal_files_lose(files, &loss, "the journal was vacuumed before it was read");
	/* It is behind us now. */
	chain->seqnum = source->head.first_seqnum - 1;
	chain->at = source->head.first_at;
	chain->file_id = source->head.file_id;
	chain->done = 0;
	chain->is_done_known = true;
}

/* ---- */

static void survey(struct journal_files *files)
{
	files->has_system = false;
	files->is_volatile = false;
	for (size_t i = 0; i < files->count; i++) {
		const struct journal_source *source = files->sources[i];

		if (source->is_user || source->is_gone || source->is_given_up)
			continue;
		files->has_system = true;
		files->is_volatile |= source->is_volatile && !source->is_set_aside;
	}
}

static void list(struct journal_files *files)
{
	const struct journal_folders_visitor visitor = { visit_file, set_problem, files };
	struct journal_place *place = &files->place;

	keep_place(files);
	files->is_problem = false;
	files->has_young = false;
	files->damage_at = place->damage_at;
	for (size_t i = 0; i < files->count; i++)
		files->sources[i]->is_found = false;
	journal_folders_list(&files->folders, &visitor);
	drop_gone(files);
	give_places(files);
	let_go_of_read(files);
	survey(files);
	if (place->is_begun)
		drop_chains(files);
	place->damage_at = files->damage_at;
	/* A first start is over once it is known what was there. */
	place->is_begun |= files->has_system || !files->is_problem;
	files->is_listed = true;
	files->was_listed = true;
}

static void look(struct journal_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		struct journal_source *source = files->sources[i];
		struct err why;

		if (source->is_set_aside || source->is_given_up ||
		    journal_source_look(source, &why) == 0)
			continue;
		if (journal_source_is_deleted(source))
			files->is_listed = false; /* it went after its folder was asked */
		else
			lose_broken(files, source, &why);
	}
	give_places(files);
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
	for (size_t i = 0; i < files->count; i++)
		files->sources[i]->is_waiting = false;
	if (files->folders.is_blind || files->is_problem)
		files->is_listed = false;
}

/* Files of one chain are read one after the other. */
static bool is_behind(const struct journal_files *files,
		      const struct journal_source *source)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct journal_source *other = files->sources[i];

		if (other != source && other->chain == source->chain &&
		    other->head.first_seqnum < source->head.first_seqnum &&
		    journal_source_has_more(other))
			return true;
	}
	return false;
}

struct journal_source *journal_files_next(const struct journal_files *files,
					  us_time *ret_until)
{
	struct journal_source *first = NULL;

	*ret_until = US_TIME_MAX;
	for (size_t i = 0; i < files->count; i++) {
		struct journal_source *source = files->sources[i];
		us_time at;

		if (!journal_source_has_more(source) || is_behind(files, source))
			continue;
		at = journal_source_next_at(source);
		if (first && at >= journal_source_next_at(first)) {
			*ret_until = at < *ret_until ? at : *ret_until;
			continue;
		}
		if (first)
			*ret_until = journal_source_next_at(first);
		first = source;
	}
	return first;
}
