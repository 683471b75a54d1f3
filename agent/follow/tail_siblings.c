/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: statx() is Linux's */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_siblings.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent/follow/tail_open.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

/* Folders below the log's that are looked into (logrotate's olddir). */
#define SUBFOLDERS_MAX 64

struct search {
	struct slice base;	 /* the log's own name */
	const struct stat *live; /* may be NULL */
	uint64_t inode;
	size_t names_left;
	size_t subfolders_left;
	struct tail_siblings *found;
};

static bool take_suffix_of(struct slice *rest, struct tail_sibling *sibling)
{
	static const struct {
		struct slice suffix;
		bool is_gzip;
	} rows[] = {
		{ { ".gz", 3 }, true },	  { { ".xz", 3 }, false },
		{ { ".bz2", 4 }, false }, { { ".zst", 4 }, false },
		{ { ".lz4", 4 }, false }, { { ".lzma", 5 }, false },
		{ { ".zip", 4 }, false }, { { ".Z", 2 }, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_take_suffix(rest, rows[i].suffix)) {
			sibling->is_gzip = rows[i].is_gzip;
			sibling->is_unreadable = !rows[i].is_gzip;
			return true;
		}
	return false;
}

/* YYYYMMDD, YYYY-MM-DD, with or without -HH, -SECONDS or .NUMBER behind: digits in
 * groups, of which the first is a year at least. All digits up to 16 are the first rank,
 * what follows the second. */
static bool take_date(struct slice rest, uint64_t rank[2])
{
	size_t digits = 0;
	size_t first = 0;

	rank[0] = 0;
	rank[1] = 0;
	for (size_t i = 0; i < rest.len; i++) {
		char byte = rest.ptr[i];

		if (byte >= '0' && byte <= '9') {
			uint64_t *to = digits < 8 ? &rank[0] : &rank[1];

			*to = *to * 10 + (uint64_t)(byte - '0');
			if (++digits > 24)
				return false;
		} else if (byte != '-' && byte != '.' && byte != '_') {
			return false;
		} else if (first == 0) {
			first = digits;
		}
	}
	return digits >= 8 && (first == 0 || first >= 4) && rank[0] >= 19700101 &&
	       rank[0] <= 99991231;
}

bool tail_sibling_name(struct slice rest, struct tail_sibling *ret_sibling)
{
	struct tail_sibling sibling = { .scheme = TAIL_NAME_OTHER };
	bool is_compressed = take_suffix_of(&rest, &sibling);

	if (rest.len == 0) {
		/* "auth.log.gz": a copy of no known age. */
		*ret_sibling = sibling;
		return is_compressed;
	}
	if (rest.ptr[0] != '.' && rest.ptr[0] != '-' && rest.ptr[0] != '_')
		return false;
	rest = slice_skip(rest, 1);
	if (take_date(rest, sibling.rank))
		sibling.scheme = TAIL_NAME_DATE;
	else if (slice_number(rest, 9999999, &sibling.rank[0]))
		sibling.scheme = TAIL_NAME_NUMBER;
	*ret_sibling = sibling;
	return true;
}

static uint64_t nanoseconds(struct statx_timestamp stamp)
{
	return stamp.tv_sec <= 0 ? 0
				 : (uint64_t)stamp.tv_sec * 1000000000U + stamp.tv_nsec;
}

static void add(struct search *search, int folder, const char *folder_path,
		const char *name, struct tail_sibling sibling)
{
	struct tail_siblings *found = search->found;
	struct statx status;
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);

	if (statx(folder, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
		  &status) < 0 ||
	    (status.stx_mode & S_IFMT) != S_IFREG)
		return;
	sibling.device = makedev(status.stx_dev_major, status.stx_dev_minor);
	sibling.inode = status.stx_ino;
	if (search->live && sibling.inode == (uint64_t)search->live->st_ino &&
	    sibling.device == (uint64_t)search->live->st_dev)
		return;
	if (status.stx_mask & STATX_BTIME)
		sibling.born_ns = nanoseconds(status.stx_btime);
	sibling.changed_ns = (int64_t)nanoseconds(status.stx_mtime);
	sibling.size_bytes = status.stx_size;
	sibling.owner = status.stx_uid;
	if (!buf_append_format(&path, "%s/%s", folder_path, name))
		return;
	if (found->count == found->room) {
		found->room = found->room ? 2 * found->room : 16;
		found->items =
			memory_resize(found->items, found->room, sizeof(*found->items));
	}
	sibling.path = memory_copy_text(buf_slice(&path));
	found->items[found->count++] = sibling;
}

/* Only root or we may put files there. */
static bool is_safe(const struct stat *status)
{
	return (status->st_uid == 0 || status->st_uid == geteuid()) &&
	       !(status->st_mode & S_IWOTH);
}

static void scan(struct search *search, const char *folder_path, bool goes_below);

static void scan_below(struct search *search, int folder, const char *folder_path,
		       const char *name)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);
	struct stat status;

	if (search->subfolders_left == 0 || name[0] == '.' ||
	    fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(status.st_mode) || !is_safe(&status))
		return;
	search->subfolders_left--;
	if (buf_append_format(&path, "%s/%s", folder_path, name))
		scan(search, buf_text(&path), false);
}

static void look_at(struct search *search, DIR *folder, const char *folder_path,
		    const struct dirent *item)
{
	struct slice rest = slice_text(item->d_name);
	struct tail_sibling sibling = { .scheme = TAIL_NAME_OTHER };
	bool is_named = slice_take_prefix(&rest, search->base) &&
			tail_sibling_name(rest, &sibling);

	if (!is_named && (search->inode == 0 || (uint64_t)item->d_ino != search->inode))
		return;
	if (!is_named)
		sibling = (struct tail_sibling){ .scheme = TAIL_NAME_OTHER };
	add(search, dirfd(folder), folder_path, item->d_name, sibling);
}

/* Recursion is one deep: only the first folder goes below. */
static void scan(struct search *search, const char *folder_path, bool goes_below)
{
	DIR *folder = opendir(folder_path);
	const struct dirent *item;

	if (!folder)
		return;
	/* readdir() is safe here: no other thread has this stream. */
	while (search->names_left > 0 && (item = readdir(folder))) {
		search->names_left--;
		if (item->d_type == DT_DIR && goes_below)
			scan_below(search, dirfd(folder), folder_path, item->d_name);
		else if (item->d_type == DT_REG || item->d_type == DT_UNKNOWN)
			look_at(search, folder, folder_path, item);
	}
	closedir(folder);
}

static void scan_beside(struct search *search, const char *path)
{
	char folder[LIMIT_TAIL_PATH_BYTES];
	struct slice text = slice_text(path);
	ptrdiff_t slash = slice_find_last(text, '/');
	size_t len = slash < 0 ? 0 : (size_t)slash;

	if (text.len >= sizeof(folder))
		return;
	memcpy(folder, path, len);
	folder[len] = '\0';
	search->base = slice_skip(text, (size_t)(slash + 1));
	search->names_left = LIMIT_TAIL_FOLDER_NAMES;
	search->subfolders_left = SUBFOLDERS_MAX;
	if (slash < 0)
		memcpy(folder, ".", 2);
	else if (len == 0)
		memcpy(folder, "/", 2);
	if (search->base.len > 0)
		scan(search, folder, true);
}

static bool is_packed(const struct tail_sibling *sibling)
{
	return sibling->is_gzip || sibling->is_unreadable;
}

/* Whether `a` is surely older. The time of the change alone would not tell it, since a
 * writer may hold on to a renamed file, nor the birth: a file that was copied and
 * truncated is older than its copy. */
static bool is_older(const struct tail_sibling *a, const struct tail_sibling *b)
{
	bool knows_births = a->born_ns != 0 && b->born_ns != 0;

	return !is_packed(a) && !is_packed(b) && a->changed_ns < b->changed_ns &&
	       (!knows_births || a->born_ns < b->born_ns);
}

static int compare_ranks(const struct tail_sibling *a, const struct tail_sibling *b)
{
	for (int i = 0; i < 2; i++)
		if (a->rank[i] != b->rank[i])
			return a->rank[i] < b->rank[i] ? -1 : 1;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct tail_sibling *a = left;
	const struct tail_sibling *b = right;

	if (a->scheme != b->scheme)
		return a->scheme < b->scheme ? -1 : 1;
	if (compare_ranks(a, b) != 0)
		return compare_ranks(a, b);
	return is_packed(a) - is_packed(b);
}

static void reverse(struct tail_sibling *items, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct tail_sibling item = items[i];

		items[i] = items[count - 1 - i];
		items[count - 1 - i] = item;
	}
}

static int64_t newest_of(const struct tail_sibling *items, size_t count)
{
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < count; i++)
		if (items[i].changed_ns > newest)
			newest = items[i].changed_ns;
	return newest;
}

/* Numbers grow with age, but where a program rotates that never compresses and every file
 * says that they grow with time. */
static void orient_numbers(struct tail_sibling *items, size_t count)
{
	bool grow_with_time = count > 1;

	for (size_t i = 1; i < count; i++)
		grow_with_time &= is_older(&items[i - 1], &items[i]);
	if (!grow_with_time)
		reverse(items, count);
}

/* Behind the names without order: numbers, then dates; as they are when the dates are the
 * newer ones, else the other way round. */
static void put_in_order(struct tail_siblings *siblings)
{
	struct tail_sibling *items = siblings->items;
	size_t others = 0;
	size_t numbers = 0;
	size_t dates;

	if (siblings->count == 0)
		return;
	qsort(items, siblings->count, sizeof(*items), compare);
	while (others < siblings->count && items[others].scheme == TAIL_NAME_OTHER)
		others++;
	items += others;
	while (others + numbers < siblings->count &&
	       items[numbers].scheme == TAIL_NAME_NUMBER)
		numbers++;
	dates = siblings->count - others - numbers;
	orient_numbers(items, numbers);
	if (dates == 0 || newest_of(items, numbers) <= newest_of(items + numbers, dates))
		return;
	/* Two reversals of the parts and one of the whole swap them. */
	reverse(items, numbers);
	reverse(items + numbers, dates);
	reverse(items, numbers + dates);
}

static bool is_twin(const struct tail_sibling *a, const struct tail_sibling *b)
{
	if (a->inode == b->inode && a->device == b->device)
		return true;
	return a->scheme != TAIL_NAME_OTHER && a->scheme == b->scheme &&
	       compare_ranks(a, b) == 0 && is_packed(a) != is_packed(b);
}

/* While "x.1.gz" is being made of "x.1" both are there: the plain one counts. The same
 * file found on two ways counts once. */
static void drop_twins(struct tail_siblings *siblings)
{
	size_t kept = 0;

	for (size_t i = 0; i < siblings->count; i++) {
		struct tail_sibling *item = &siblings->items[i];
		struct tail_sibling *last = kept ? &siblings->items[kept - 1] : NULL;

		if (last && is_twin(last, item)) {
			/* The order of twins depends on the direction. */
			struct tail_sibling *worse = is_packed(item) ? item : last;

			free(worse->path);
			if (worse == last)
				*last = *item;
			continue;
		}
		siblings->items[kept++] = *item;
	}
	siblings->count = kept;
}

static void keep_newest(struct tail_siblings *siblings)
{
	size_t dropped = siblings->count > LIMIT_TAIL_SIBLINGS
				 ? siblings->count - LIMIT_TAIL_SIBLINGS
				 : 0;

	for (size_t i = 0; i < dropped; i++)
		free(siblings->items[i].path);
	siblings->count -= dropped;
	if (dropped > 0)
		memmove(siblings->items, siblings->items + dropped,
			siblings->count * sizeof(*siblings->items));
}

void tail_siblings_list(const char *path, const struct stat *live, uint64_t inode,
			struct tail_siblings *ret_siblings)
{
	char resolved[LIMIT_TAIL_PATH_BYTES];
	struct search search = { .live = live, .inode = inode, .found = ret_siblings };
	struct err ignored;
	int ignored_errno;

	*ret_siblings = (struct tail_siblings)TAIL_SIBLINGS_NONE;
	scan_beside(&search, path);
	if (tail_resolve_links(path, resolved, &ignored_errno, &ignored) == 0 &&
	    strcmp(resolved, path) != 0)
		scan_beside(&search, resolved);
	put_in_order(ret_siblings);
	drop_twins(ret_siblings);
	keep_newest(ret_siblings);
}

void tail_siblings_release(struct tail_siblings *siblings)
{
	for (size_t i = 0; i < siblings->count; i++)
		free(siblings->items[i].path);
	free(siblings->items);
	*siblings = (struct tail_siblings)TAIL_SIBLINGS_NONE;
}
