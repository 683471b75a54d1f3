/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/file_list.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "input/input.h"

struct walk {
	struct file_list *list;
	const char *folder;
	struct problems *problems;
};

void file_list_release(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct file_list){ .items = NULL };
}

static void add_item(struct file_list *list, const char *path, const char *folder)
{
	struct file_item item = {
		.path = memory_copy_text(slice_text(path)),
		.folder = folder,
	};
	struct stat status;

	if (stat(path, &status) == 0) {
		item.is_known = true;
		item.device = status.st_dev;
		item.inode = status.st_ino;
		item.size_bytes = S_ISREG(status.st_mode) && status.st_size > 0
					  ? (uint64_t)status.st_size
					  : 0;
	}
	if (list->count == list->size) {
		list->size = list->size ? 2 * list->size : 16;
		list->items =
			memory_resize(list->items, list->size, sizeof(*list->items));
	}
	list->items[list->count++] = item;
}

static int visit(void *ctx, const char *path, struct err *err)
{
	struct walk *walk = ctx;

	(void)err;
	add_item(walk->list, path, walk->folder);
	return 0;
}

static void walk_failed(void *ctx, const char *path, const struct err *why)
{
	struct walk *walk = ctx;

	problems_tell(walk->problems, path, why);
}

void file_list_add(struct file_list *list, const char *path, struct problems *problems)
{
	struct walk walk = { .list = list, .folder = path, .problems = problems };
	struct input_visitor visitor = { visit, walk_failed, &walk };
	struct stat status;
	struct err err;

	if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode)) {
		add_item(list, path, NULL);
		return;
	}
	problems_begin(problems);
	if (input_walk(path, &visitor, &err) < 0)
		problems_tell(problems, path, &err);
	problems_end(problems, path);
}

static int compare_files(const struct file_item *a, const struct file_item *b)
{
	if (a->is_known != b->is_known)
		return a->is_known ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->inode > b->inode) - (a->inode < b->inode);
}

static int compare_paths(const void *left, const void *right)
{
	const struct file_item *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	/* A file that was named stays named. */
	return order ? order : !!a->folder - !!b->folder;
}

/* By identity, and among equals as they will be kept. */
static int compare_identities(const void *left, const void *right)
{
	int order = compare_files(left, right);

	return order ? order : compare_paths(left, right);
}

static bool is_same(const struct file_item *a, const struct file_item *b)
{
	if (a->is_known && b->is_known)
		return compare_files(a, b) == 0;
	return strcmp(a->path, b->path) == 0;
}

void file_list_finish(struct file_list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof(*list->items), compare_identities);
	for (size_t i = 1; i < list->count; i++) {
		if (is_same(&list->items[kept], &list->items[i]))
			free(list->items[i].path);
		else
			list->items[++kept] = list->items[i];
	}
	list->count = kept + 1;
	qsort(list->items, list->count, sizeof(*list->items), compare_paths);
}

uint64_t file_list_bytes(const struct file_list *list)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++)
		sum += list->items[i].size_bytes;
	return sum;
}
