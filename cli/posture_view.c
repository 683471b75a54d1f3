/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture_view.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"

/* One text of a row; longer ones are cut. */
#define TEXT_BYTES 1024

__attribute__((format(printf, 2, 0))) static struct slice keep(struct posture_view *view,
							       const char *format,
							       va_list arguments)
{
	char text[TEXT_BYTES];

	vsnprintf(text, sizeof(text), format, arguments);
	return arena_copy(view->arena, slice_text(text));
}

void posture_say(struct posture_view *view, const char *file, const char *format, ...)
{
	struct posture_row *row = view->row;
	struct posture_evidence *evidence;
	va_list arguments;

	if (row->evidence_count == LIMIT_POSTURE_EVIDENCE)
		return;
	evidence = &row->evidence[row->evidence_count++];
	va_start(arguments, format);
	*evidence = (struct posture_evidence){
		.file = arena_copy(view->arena, slice_text(file)),
		.says = keep(view, format, arguments),
	};
	va_end(arguments);
}

void posture_close_by(struct posture_view *view, const char *format, ...)
{
	struct posture_row *row = view->row;
	va_list arguments;

	if (row->command_count == LIMIT_POSTURE_COMMANDS)
		return;
	va_start(arguments, format);
	row->commands[row->command_count++] = keep(view, format, arguments);
	va_end(arguments);
}

void posture_open(struct posture_view *view, bool opened)
{
	if (opened)
		view->row->state = POSTURE_OPEN;
}

bool posture_may_be(const struct posture_view *view, enum cloud cloud)
{
	return view->cloud == CLOUD_UNKNOWN || view->cloud == cloud;
}

void posture_note_problem(struct posture_view *view, const char *path,
			  const struct err *why)
{
	struct posture_row *row = view->row;

	if (row->state == POSTURE_CLOSED)
		row->state = POSTURE_UNKNOWN;
	if (row->evidence_count == LIMIT_POSTURE_EVIDENCE)
		return;
	row->evidence[row->evidence_count++] = (struct posture_evidence){
		.file = arena_copy(view->arena, slice_text(path)),
		.says = arena_copy(view->arena, slice_text(why->text)),
		.is_problem = true,
	};
}

bool posture_has(struct posture_view *view, const char *path)
{
	bool is_found = false;
	struct err err;

	if (posture_tree_has(view->tree, path, &is_found, &err) < 0)
		posture_note_problem(view, path, &err);
	return is_found;
}

bool posture_read(struct posture_view *view, const char *path, struct buf *buf)
{
	bool is_found = false;
	struct err err;

	if (posture_tree_read(view->tree, path, buf, &is_found, &err) < 0)
		posture_note_problem(view, path, &err);
	return is_found;
}

struct posture_names posture_list(struct posture_view *view, const char *path)
{
	struct posture_names names;
	struct err err;

	if (posture_tree_list(view->tree, path, view->arena, &names, &err) < 0)
		posture_note_problem(view, path, &err);
	return names;
}

const char *posture_path(struct posture_view *view, const char *folder, struct slice name)
{
	char path[TEXT_BYTES];

	snprintf(path, sizeof(path), "%s/%.*s", folder, SLICE_ARG(name));
	return arena_copy(view->arena, slice_text(path)).ptr;
}

void posture_each_file(struct posture_view *view, const struct posture_folder *folder,
		       posture_file_fn *take, void *ctx)
{
	const struct posture_names names = posture_list(view, folder->path);

	for (size_t i = 0; i < names.count; i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
		const char *path;

		if (!slice_ends_with(names.names[i], slice_text(folder->ending)))
			continue;
		path = posture_path(view, folder->path, names.names[i]);
		if (posture_read(view, path, &text))
			take(view, path, buf_slice(&text), ctx);
	}
}
