/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: O_TMPFILE and friends are GNU's */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/tail/model.h"

#define LOG "auth.log"
#define BANNER_BYTES 1200
#define FIRST_TIME 1700000000

static void must(bool held, const char *what)
{
	if (held)
		return;
	perror(what);
	abort();
}

const char *model_path(struct model *model, const char *name)
{
	buf_clear(&model->text);
	buf_append_format(&model->text, "%s/%s", model->folder, name);
	return buf_text(&model->text);
}

/* Times move with operations, so that a sequence is the same on every machine. */
static void stamp(const struct model *model, int fd)
{
	const struct timespec time = { .tv_sec = FIRST_TIME + 2 * (time_t)model->now };
	const struct timespec times[2] = { time, time };

	must(futimens(fd, times) == 0, "futimens");
}

static void stamp_path(struct model *model, const char *name)
{
	const struct timespec time = { .tv_sec = FIRST_TIME + 2 * (time_t)model->now };
	const struct timespec times[2] = { time, time };

	must(utimensat(AT_FDCWD, model_path(model, name), times, 0) == 0, "utimensat");
}

static ino_t inode_of(struct model *model, const struct model_object *object)
{
	struct stat status;

	return lstat(model_path(model, object->name), &status) == 0 ? status.st_ino : 0;
}

static unsigned new_life(struct model *model)
{
	struct model_life *life = &model->lives[model->life_count];

	must(model->life_count < MODEL_LIVES, "lives");
	*life = (struct model_life){ .born_at = model->now };
	return model->life_count++;
}

static uint64_t copies_reach(const struct model *model, unsigned life,
			     const struct model_object *but)
{
	uint64_t reach = 0;

	if (but != &model->live && model->live.name[0] && model->live.life == life)
		reach = model->live.bytes;
	for (unsigned i = 0; i < model->rotated_count; i++) {
		const struct model_object *object = &model->rotated[i];

		if (object != but && object->life == life && object->bytes > reach)
			reach = object->bytes;
	}
	return reach;
}

/* What the object alone has is on no disk after this. */
static void end_object(struct model *model, const struct model_object *object,
		       bool is_pinned, bool is_window)
{
	uint64_t reach = copies_reach(model, object->life, object);

	if (object->bytes > reach || object->bytes == 0)
		model->lives[object->life].is_ended = true;
	if (is_window)
		model->lives[object->life].is_ended = true;
	for (unsigned i = 0; i < model->line_count; i++) {
		struct model_line *line = &model->lines[i];

		if (line->life != object->life || line->offset + line->len <= reach ||
		    line->offset >= object->bytes)
			continue;
		line->is_gone = true;
		line->is_pinned = is_pinned;
		line->is_in_window = is_window;
	}
}

static void banner(struct model *model, struct buf *buf)
{
	if (!model->options.has_banner)
		return;
	for (int i = 0; i < BANNER_BYTES / 40; i++)
		buf_append_format(buf, "# the same in every file, line %6d\n", i);
}

void model_line_text(const struct model *model, unsigned line, struct buf *buf)
{
	uint32_t len = model->lines[line].full_len;
	size_t start = buf->len;

	buf_append_format(buf, "s=%08u ", line);
	while (buf->len - start + 2 < len)
		buf_append_byte(buf, (char)('a' + (line + buf->len - start) % 26));
	if (buf->len - start + 1 < len)
		buf_append_byte(buf, model->options.is_crlf ? '\r' : '.');
	buf_append_byte(buf, '\n');
}

static void write_bytes(struct model *model, struct slice bytes)
{
	ssize_t len = model->options.is_sparse
			      ? pwrite(model->writer_fd, bytes.ptr, bytes.len,
				       (off_t)model->writer_offset)
			      : write(model->writer_fd, bytes.ptr, bytes.len);

	must(len == (ssize_t)bytes.len, "write");
	model->writer_offset += bytes.len;
	model->writer->bytes = model->writer_offset;
	model->lives[model->writer->life].end = model->writer_offset;
	stamp(model, model->writer_fd);
}

static void open_writer(struct model *model, bool is_new)
{
	AUTO_BUF struct buf text = BUF_LIMIT(4096);
	int flags = O_WRONLY | O_CLOEXEC | (model->options.is_sparse ? 0 : O_APPEND);
	const char *path = model_path(model, model->live.name);

	model->writer_fd = open(path, flags | (is_new ? O_CREAT | O_EXCL : 0), 0644);
	if (model->writer_fd < 0 && model->is_locked) {
		must(chmod(path, 0644) == 0, "chmod");
		model->writer_fd = open(path, flags);
		must(chmod(path, 0) == 0, "chmod");
	}
	must(model->writer_fd >= 0, path);
	model->writer = &model->live;
	model->writer_offset = model->live.bytes;
	if (!is_new)
		return;
	stamp(model, model->writer_fd);
	banner(model, &text);
	if (text.len == 0)
		return;
	model->lives[model->live.life].has_banner = true;
	write_bytes(model, buf_slice(&text));
}

static void create_live(struct model *model)
{
	model->live = (struct model_object){ .life = new_life(model) };
	if (model->options.is_link)
		(void)snprintf(model->live.name, sizeof(model->live.name), "real-%u.log",
			       model->targets++);
	else
		(void)snprintf(model->live.name, sizeof(model->live.name), LOG);
	open_writer(model, true);
	model->is_locked = false;
	model_say(model, "created %s, life %u", model->live.name, model->live.life);
}

static void give_up_half(struct model *model)
{
	model->half_line = -1;
}

static void close_writer(struct model *model)
{
	if (model->writer_fd >= 0)
		close(model->writer_fd);
	model->writer_fd = -1;
	model->writer = NULL;
	give_up_half(model);
}

void model_reopen(struct model *model)
{
	if (model->writer == &model->live)
		model_finish_half(model);
	close_writer(model);
	if (model->live.name[0])
		open_writer(model, false);
	else
		create_live(model);
}

static void ensure_writer(struct model *model)
{
	if (model->writer_fd < 0)
		model_reopen(model);
}

static uint32_t random_length(struct model *model)
{
	uint32_t kind = random_below(&model->random, 1000);

	if (kind == 0)
		return 1500000;
	if (kind < 20)
		return 20000 + random_below(&model->random, 60000);
	return 16 + random_below(&model->random, 300);
}

static unsigned new_line(struct model *model)
{
	unsigned line = model->line_count++;

	model->lines[line] = (struct model_line){
		.life = model->writer->life,
		.offset = model->writer_offset,
		.full_len = random_length(model),
		.is_late = model->writer != &model->live,
	};
	return line;
}

static bool has_lines(const struct model *model, unsigned life)
{
	for (unsigned i = 0; i < model->line_count; i++)
		if (model->lines[i].life == life)
			return true;
	return false;
}

void model_finish_half(struct model *model)
{
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)4 * 1024 * 1024);
	struct model_line *line;

	if (model->half_line < 0)
		return;
	line = &model->lines[model->half_line];
	model_line_text(model, (unsigned)model->half_line, &text);
	model_say(model, "finishes line %d", model->half_line);
	write_bytes(model, slice_skip(buf_slice(&text), line->len));
	line->len = line->full_len;
	model->half_line = -1;
}

void model_write_half(struct model *model)
{
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)4 * 1024 * 1024);
	unsigned line;

	ensure_writer(model);
	model_finish_half(model);
	/* Behind nothing but a hole a half line has nothing to be known again by. */
	if (model->line_count + 1 >= MODEL_LINES ||
	    (model->options.is_sparse && !has_lines(model, model->writer->life)))
		return;
	line = new_line(model);
	model_line_text(model, line, &text);
	model->lines[line].len =
		11 + random_below(&model->random, model->lines[line].full_len - 11);
	write_bytes(model, slice_first(buf_slice(&text), model->lines[line].len));
	model->half_line = (int)line;
	model_say(model, "half of line %u to %s at %" PRIu64, line, model->writer->name,
		  model->lines[line].offset);
}

void model_write_lines(struct model *model, unsigned count)
{
	ensure_writer(model);
	model_finish_half(model);
	for (unsigned i = 0; i < count && model->line_count + 1 < MODEL_LINES; i++) {
		AUTO_BUF struct buf text = BUF_LIMIT((size_t)4 * 1024 * 1024);
		unsigned line = new_line(model);

		model_line_text(model, line, &text);
		model->lines[line].len = model->lines[line].full_len;
		write_bytes(model, buf_slice(&text));
		model_say(model, "line %u to %s, life %u at %" PRIu64, line,
			  model->writer->name, model->writer->life,
			  model->lines[line].offset);
	}
}

static void unlink_object(struct model *model, struct model_object *object)
{
	bool is_held = model_tail_holds(model, inode_of(model, object));

	if (model->writer == object)
		close_writer(model);
	end_object(model, object, is_held, false);
	must(unlink(model_path(model, object->name)) == 0, "unlink");
	model_say(model, "deleted %s, life %u%s", object->name, object->life,
		  is_held ? ", which the tail has open" : "");
	object->name[0] = '\0';
}

static void rename_object(struct model *model, struct model_object *object,
			  const char *name)
{
	AUTO_BUF struct buf from = BUF_LIMIT(4096);

	buf_append_text(&from, model_path(model, object->name));
	must(rename(buf_text(&from), model_path(model, name)) == 0, "rename");
	(void)snprintf(object->name, sizeof(object->name), "%s", name);
}

/* Room at the front of the rotated files: the oldest goes, numbers go up. */
static void shift_rotated(struct model *model)
{
	if (model->rotated_count >= MODEL_KEEP) {
		unlink_object(model, &model->rotated[model->rotated_count - 1]);
		model->rotated_count--;
	}
	for (unsigned i = model->rotated_count; i > 0; i--) {
		struct model_object *object = &model->rotated[i - 1];
		char name[64];

		(void)snprintf(name, sizeof(name), LOG ".%u%s", i + 1,
			       object->is_gzip ? ".gz" : "");
		if (!model->options.is_dated)
			rename_object(model, object, name);
		if (model->writer == object)
			model->writer = object + 1;
		model->rotated[i] = *object;
	}
	model->rotated_count++;
}

static void first_name(struct model *model, char name[64])
{
	if (model->options.is_dated) {
		(void)snprintf(name, 64, LOG "-2026%02u%02u", 1 + model->dates / 28,
			       1 + model->dates % 28);
		model->dates++;
	} else {
		(void)snprintf(name, 64, LOG ".1");
	}
}

void model_rotate(struct model *model, bool creates)
{
	bool is_writing = model->writer == &model->live;
	char name[64];

	if (!model->live.name[0] || model->options.is_link)
		return;
	/* A writer two rotations behind is beyond what anybody follows. */
	if (!is_writing)
		close_writer(model);
	shift_rotated(model);
	first_name(model, name);
	rename_object(model, &model->live, name);
	model_say(model, "rotated to %s, life %u", name, model->live.life);
	model->rotated[0] = model->live;
	if (is_writing)
		model->writer = &model->rotated[0];
	model->live.name[0] = '\0';
	if (creates) {
		int fd = model->writer_fd;
		struct model_object *writer = model->writer;
		uint64_t offset = model->writer_offset;
		int half = model->half_line;

		create_live(model);
		if (model->options.is_lagging && is_writing) {
			close(model->writer_fd);
			model->writer_fd = fd;
			model->writer = writer;
			model->writer_offset = offset;
			model->half_line = half;
			return;
		}
		if (fd >= 0)
			close(fd);
		give_up_half(model);
	} else if (!model->options.is_lagging || !is_writing) {
		close_writer(model);
	}
}

static void copy_file(struct model *model, const char *from, const char *to)
{
	char bytes[65536];
	int source = open(model_path(model, from), O_RDONLY | O_CLOEXEC);
	int target;
	ssize_t len;

	must(source >= 0, from);
	target = open(model_path(model, to), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		      0644);
	must(target >= 0, to);
	while ((len = read(source, bytes, sizeof(bytes))) > 0)
		must(write(target, bytes, (size_t)len) == len, "write");
	stamp(model, target);
	close(source);
	close(target);
}

static void truncate_live(struct model *model, bool is_window)
{
	end_object(model, &model->live, false, is_window);
	model->lives[model->live.life].is_truncated = true;
	must(truncate(model_path(model, model->live.name), 0) == 0, "truncate");
	model->live.life = new_life(model);
	model->live.bytes = 0;
	if (model->writer == &model->live) {
		if (!model->options.is_sparse)
			model->writer_offset = 0;
		give_up_half(model);
	}
	stamp_path(model, model->live.name);
	model_say(model, "truncated %s, now life %u", model->live.name, model->live.life);
}

void model_copy_truncate(struct model *model)
{
	char name[64];

	if (!model->live.name[0] || model->options.is_link || model->is_locked)
		return;
	model_finish_half(model);
	if (model->writer != &model->live)
		close_writer(model);
	shift_rotated(model);
	first_name(model, name);
	copy_file(model, model->live.name, name);
	model->rotated[0] = model->live;
	(void)snprintf(model->rotated[0].name, sizeof(model->rotated[0].name), "%s",
		       name);
	model_say(model, "copied life %u to %s", model->live.life, name);
	if (random_chance(&model->random, 30) && model->writer == &model->live) {
		model->now++;
		model_write_lines(model, 1 + random_below(&model->random, 3));
		if (random_chance(&model->random, 50)) {
			model->lives[model->live.life].may_repeat = true;
			model_step(model, 1 + random_below(&model->random, 3));
			model->now++;
		}
	}
	truncate_live(model, true);
}

void model_truncate(struct model *model)
{
	if (!model->live.name[0] || model->is_locked)
		return;
	truncate_live(model, false);
	if (random_chance(&model->random, 50))
		model_write_lines(model, 1 + random_below(&model->random, 40));
}

void model_recreate(struct model *model)
{
	if (!model->live.name[0] || model->options.is_link)
		return;
	unlink_object(model, &model->live);
	close_writer(model);
	create_live(model);
}

/* As an editor or rsync leave it: another inode, the same text. */
void model_restore_copy(struct model *model)
{
	AUTO_BUF struct buf copy = BUF_LIMIT(4096);

	if (!model->live.name[0] || model->options.is_link || model->is_locked)
		return;
	if (model->writer == &model->live)
		model_finish_half(model);
	copy_file(model, model->live.name, "new");
	buf_append_text(&copy, model_path(model, "new"));
	must(rename(buf_text(&copy), model_path(model, model->live.name)) == 0, "rename");
	if (model->writer == &model->live)
		close_writer(model);
	/* Nothing may have been read of it: then it cannot be known again. */
	model->lives[model->live.life].is_disguised = true;
	model->lives[model->live.life].copied_at = model->now;
	model_say(model, "put a copy in place of life %u", model->live.life);
}

static void gzip_file(struct model *model, const char *from, const char *to)
{
	char bytes[65536];
	FILE *source = fopen(model_path(model, from), "re");
	gzFile target;
	struct stat status;
	size_t len;
	int fd;

	must(source && fstat(fileno(source), &status) == 0, from);
	target = gzopen(model_path(model, to), "wb1");
	must(target != NULL, to);
	while ((len = fread(bytes, 1, sizeof(bytes), source)) > 0)
		must(gzwrite(target, bytes, (unsigned)len) == (int)len, "gzwrite");
	must(gzclose(target) == Z_OK, "gzclose");
	(void)fclose(source);
	fd = open(model_path(model, to), O_RDONLY | O_CLOEXEC);
	must(fd >= 0 && futimens(fd, (struct timespec[]){ status.st_mtim,
							  status.st_mtim }) == 0,
	     to);
	close(fd);
}

void model_compress(struct model *model)
{
	/* Of what a link led to once nobody knows the compressed name. */
	for (unsigned i = 0; i < model->rotated_count && !model->options.is_link; i++) {
		struct model_object *object = &model->rotated[i];
		char name[80];

		if (object->is_gzip || object == model->writer ||
		    random_chance(&model->random, 40))
			continue;
		(void)snprintf(name, sizeof(name), "%s.gz", object->name);
		gzip_file(model, object->name, name);
		must(unlink(model_path(model, object->name)) == 0, "unlink");
		model_say(model, "compressed %s, life %u", object->name, object->life);
		object->is_gzip = true;
		model->lives[object->life].is_disguised = true;
		(void)snprintf(object->name, sizeof(object->name), "%.63s", name);
		return;
	}
}

void model_swap_link(struct model *model)
{
	AUTO_BUF struct buf link = BUF_LIMIT(4096);

	if (!model->options.is_link)
		return;
	/* What was swapped away stays under its name; only the newest are kept in mind.
	 */
	if (model->rotated_count >= MODEL_KEEP) {
		unlink_object(model, &model->rotated[model->rotated_count - 1]);
		model->rotated_count--;
	}
	if (model->live.name[0]) {
		for (unsigned i = model->rotated_count; i > 0; i--)
			model->rotated[i] = model->rotated[i - 1];
		model->rotated[0] = model->live;
		model->rotated_count++;
		model->lives[model->live.life].may_be_unseen = true;
	}
	close_writer(model);
	create_live(model);
	buf_append_text(&link, model_path(model, "link.new"));
	must(symlink(model->live.name, buf_text(&link)) == 0, "symlink");
	must(rename(buf_text(&link), model_path(model, LOG)) == 0, "rename");
}

void model_lock(struct model *model, bool is_locked)
{
	if (!model->live.name[0])
		return;
	must(chmod(model_path(model, model->live.name), is_locked ? 0 : 0644) == 0,
	     "chmod");
	model->is_locked = is_locked;
	model_say(model, "%s", is_locked ? "chmod 000" : "chmod 644");
}

void model_create_first(struct model *model)
{
	if (model->options.is_link)
		model_swap_link(model);
	else
		create_live(model);
}

void model_files_release(struct model *model)
{
	close_writer(model);
	for (unsigned i = 0; i < model->rotated_count; i++)
		(void)unlink(model_path(model, model->rotated[i].name));
	if (model->live.name[0])
		(void)unlink(model_path(model, model->live.name));
	(void)unlink(model_path(model, LOG));
}
