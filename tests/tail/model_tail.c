/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/follow/tail_mark.h"
#include "base/limits.h"
#include "tests/tail/model.h"

#define LOG "auth.log"
#define FDS_MAX 256

/* More idle steps than a replaced file is held for. */
#define DRAIN_IDLE_STEPS (2 * LIMIT_TAIL_QUIET_STEPS + 8)
#define DRAIN_STEPS_MAX 100000

void model_say(struct model *model, const char *format, ...)
{
	va_list arguments;

	if (!model->is_verbose)
		return;
	printf("%4" PRIu64 "  ", model->now);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

void model_fail(struct model *model, const char *format, ...)
{
	va_list arguments;

	if (model->failure[0])
		return;
	va_start(arguments, format);
	(void)vsnprintf(model->failure, sizeof(model->failure), format, arguments);
	va_end(arguments);
	model_say(model, "FAILED: %s", model->failure);
}

bool model_tail_holds(const struct model *model, ino_t inode)
{
	struct stat status;

	if (!model->tail || inode == 0)
		return false;
	for (int fd = 0; fd < FDS_MAX; fd++)
		if (fd != model->writer_fd && fstat(fd, &status) == 0 &&
		    status.st_ino == inode && S_ISREG(status.st_mode))
			return true;
	return false;
}

/* What came and went since the tail last knew of everything, it cannot know of. */
static void note_unseen(struct model *model)
{
	for (unsigned i = 0; i < model->life_count; i++) {
		struct model_life *life = &model->lives[i];

		if ((life->is_ended || life->may_be_unseen) &&
		    (life->born_at > model->known_at ||
		     life->copied_at > model->known_at))
			life->is_unseen = true;
	}
}

static void skip_what_is_there(struct model *model)
{
	for (unsigned i = 0; i < model->line_count; i++) {
		struct model_line *line = &model->lines[i];
		bool is_live = line->life == model->live.life;

		if (!model->options.from_start)
			line->is_skipped = !is_live || line->len == line->full_len;
		else if (model->options.is_link)
			line->is_skipped = !is_live;
		line->is_skipped |= line->is_gone;
	}
}

void model_start(struct model *model)
{
	if (model->tail)
		return;
	if (!model->was_ever_up) {
		model_lock(model, false);
		if (!model->live.name[0] || model->writer != &model->live)
			model_reopen(model);
		skip_what_is_there(model);
	}
	model_say(model, "tail starts from '%s'", buf_text(&model->cursor));
	model->tail =
		tail_new(model_path(model, LOG), buf_slice(&model->cursor),
			 model->options.from_start ? TAIL_FROM_START : TAIL_FROM_END);
	if (model->was_ever_up)
		return;
	model->was_ever_up = true;
	model_step(model, 1);
	model_commit(model);
}

void model_commit(struct model *model)
{
	if (!model->tail)
		return;
	buf_clear(&model->cursor);
	tail_cursor(model->tail, &model->cursor);
	model->uncommitted_count = 0;
	model->gaps_committed = model->gap_count;
	model->known_at_committed = model->known_at;
	model_say(model, "committed '%s'", buf_text(&model->cursor));
}

void model_kill(struct model *model)
{
	if (!model->tail)
		return;
	tail_free(model->tail);
	model->tail = NULL;
	for (unsigned i = 0; i < model->uncommitted_count; i++)
		model->lines[model->uncommitted[i]].given--;
	model->uncommitted_count = 0;
	model->gap_count = model->gaps_committed;
	model->known_at = model->known_at_committed;
	for (unsigned i = 0; i < model->line_count; i++)
		model->lines[i].is_pinned = false;
	note_unseen(model);
	model_say(model, "killed");
}

static void note_given(struct model *model, unsigned number)
{
	model->lines[number].given++;
	model->uncommitted[model->uncommitted_count++] = number;
	if (model->uncommitted_count >= 2 * MODEL_LINES)
		model_fail(model, "the same lines again and again");
}

/* One line as it was given, with its newline, or cut, or without one. */
static void take_line(struct model *model, struct slice text, uint64_t offset,
		      const struct tail_step *step)
{
	AUTO_BUF struct buf want = BUF_LIMIT((size_t)4 * 1024 * 1024);
	struct slice rest = text;
	struct model_line *line;
	struct slice expected;
	uint64_t number;

	if (slice_starts_with(text, SLICE("#")))
		return;
	if (!slice_take_prefix(&rest, SLICE("s=")) || rest.len < 8 ||
	    !slice_number(slice_first(rest, 8), MODEL_LINES, &number) ||
	    number >= model->line_count) {
		model_fail(model, "this is no line: '%.*s'",
			   SLICE_ARG(slice_first(text, 60)));
		return;
	}
	line = &model->lines[number];
	model_line_text(model, (unsigned)number, &want);
	expected = slice_first(buf_slice(&want), line->len);
	if (step->cut_line_bytes) {
		uint32_t len = line->len - (line->len == line->full_len);

		if (step->cut_line_bytes != len)
			model_fail(model, "line %" PRIu64 " was cut at %" PRIu64, number,
				   step->cut_line_bytes);
		expected = slice_first(expected, LIMIT_HOST_LINE_BYTES);
	}
	if (!slice_equal(text, expected))
		model_fail(model, "line %" PRIu64 " has other bytes: %zu, not %zu",
			   number, text.len, expected.len);
	if (offset != line->offset)
		model_fail(model, "line %" PRIu64 " at %" PRIu64 ", not %" PRIu64, number,
			   offset, line->offset);
	note_given(model, (unsigned)number);
	model_say(model, "    line %" PRIu64 " of %s%s", number, step->path,
		  step->is_partial ? ", partial" : "");
}

static void take_lines(struct model *model, const struct tail_step *step)
{
	struct slice rest = step->bytes;
	uint64_t offset = step->offset;

	if (step->cut_line_bytes || step->is_partial) {
		take_line(model, rest, offset, step);
		return;
	}
	while (rest.len > 0) {
		const char *newline = memchr(rest.ptr, '\n', rest.len);
		size_t len = newline ? (size_t)(newline - rest.ptr) + 1 : rest.len;

		if (!newline)
			model_fail(model, "a line without its newline");
		take_line(model, slice_first(rest, len), offset, step);
		rest = slice_skip(rest, len);
		offset += len;
	}
}

static void take_gap(struct model *model, const struct tail_step *step)
{
	model_say(model, "    gap %" PRIu64 "-%" PRIu64 " of %s: %s", step->lost_from,
		  step->lost_until, step->path, step->cause);
	if (model->gap_count == MODEL_GAPS) {
		model_fail(model, "gaps without end");
		return;
	}
	model->gaps[model->gap_count++] =
		(struct model_gap){ step->lost_from, step->lost_until };
}

static enum tail_step_kind step_once(struct model *model)
{
	struct tail_step step;

	note_unseen(model);
	tail_next(model->tail, &step);
	switch (step.kind) {
	case TAIL_IDLE:
		model->known_at = model->now;
		break;
	case TAIL_LINES:
		take_lines(model, &step);
		break;
	case TAIL_GAP:
		take_gap(model, &step);
		break;
	case TAIL_ABSENT:
		model_say(model, "    absent: %s", step.problem.text);
		break;
	}
	return step.kind;
}

void model_step(struct model *model, unsigned count)
{
	for (unsigned i = 0; model->tail && i < count; i++)
		step_once(model);
}

void model_drain(struct model *model)
{
	unsigned idle = 0;

	for (unsigned i = 0; model->tail && idle < 2; i++) {
		enum tail_step_kind kind = step_once(model);

		idle = kind == TAIL_IDLE || kind == TAIL_ABSENT ? idle + 1 : 0;
		if (i > DRAIN_STEPS_MAX) {
			model_fail(model, "it is never idle");
			return;
		}
	}
}

/* The end: everything that can be read is read, dangling lines included. */
static void drain_all(struct model *model)
{
	for (unsigned i = 0; i < DRAIN_IDLE_STEPS && !model->failure[0]; i++)
		model_drain(model);
}

struct matching {
	struct model *model;
	bool only_needed;
	uint64_t from[MODEL_LIVES], until[MODEL_LIVES]; /* where a gap may begin */
	bool is_needed[MODEL_LIVES];
	int life_of_gap[MODEL_GAPS];
	int gap_of_life[MODEL_LIVES];
	bool visited[MODEL_LIVES > MODEL_GAPS ? MODEL_LIVES : MODEL_GAPS];
};

/* What was compressed or replaced by a copy when little was read of it may be told as a
 * gap, and read as another file. */
static bool is_of_disguised(const struct model *model, unsigned gap)
{
	for (unsigned life = 0; life < model->life_count; life++)
		if (model->lives[life].is_disguised &&
		    model->gaps[gap].lost_from <= TAIL_PROOF_BYTES)
			return true;
	return false;
}

static bool fits(const struct matching *matching, unsigned life, unsigned gap)
{
	const struct model_gap *it = &matching->model->gaps[gap];

	return matching->model->lives[life].is_ended &&
	       it->lost_from >= matching->from[life] &&
	       it->lost_from <= matching->until[life] &&
	       (it->lost_until == 0 ||
		it->lost_until <= matching->model->lives[life].end);
}

static bool match_life(struct matching *matching, unsigned life)
{
	for (unsigned gap = 0; gap < matching->model->gap_count; gap++) {
		if (matching->visited[gap] || !fits(matching, life, gap))
			continue;
		matching->visited[gap] = true;
		if (matching->life_of_gap[gap] < 0 ||
		    match_life(matching, (unsigned)matching->life_of_gap[gap])) {
			matching->life_of_gap[gap] = (int)life;
			return true;
		}
	}
	return false;
}

static bool match_gap(struct matching *matching, unsigned gap)
{
	for (unsigned life = 0; life < matching->model->life_count; life++) {
		if (matching->visited[life] || !fits(matching, life, gap))
			continue;
		matching->visited[life] = true;
		if (matching->gap_of_life[life] < 0 ||
		    match_gap(matching, (unsigned)matching->gap_of_life[life])) {
			matching->gap_of_life[life] = (int)gap;
			return true;
		}
	}
	return false;
}

/* Every life that lost lines has a gap of its own that begins where reading stood, and
 * every gap a life that may have lost some. (Both at once then exist, too.) */
static void judge_gaps(struct model *model, struct matching *matching,
		       struct model_counts *counts)
{
	memset(matching->life_of_gap, -1, sizeof(matching->life_of_gap));
	memset(matching->gap_of_life, -1, sizeof(matching->gap_of_life));
	for (unsigned life = 0; life < model->life_count; life++) {
		memset(matching->visited, 0, sizeof(matching->visited));
		if (matching->is_needed[life] && !match_life(matching, life))
			model_fail(model,
				   "life %u lost lines from %" PRIu64
				   ", and no gap tells it",
				   life, matching->until[life]);
	}
	for (unsigned gap = 0; gap < model->gap_count; gap++) {
		memset(matching->visited, 0, sizeof(matching->visited));
		if (!is_of_disguised(model, gap) && !match_gap(matching, gap))
			model_fail(model, "nothing was lost for the gap at %" PRIu64,
				   model->gaps[gap].lost_from);
		if (matching->life_of_gap[gap] < 0)
			counts->gaps_of_nothing++;
	}
	counts->gaps += model->gap_count;
}

/* A file that nothing was read of leaves no trace when it is truncated without a copy;
 * nor one of which only that was read which other files begin with as well. */
static bool leaves_no_trace(const struct model *model, unsigned life)
{
	if (!model->lives[life].is_truncated && !model->lives[life].has_banner)
		return false;
	for (unsigned i = 0; i < model->line_count; i++)
		if (model->lines[i].life == life && model->lines[i].given > 0)
			return false;
	return true;
}

static bool is_excused(const struct model *model, const struct model_line *line,
		       struct model_counts *counts)
{
	const struct model_life *life = &model->lives[line->life];

	if (line->is_in_window) {
		counts->lost_in_window++;
		return true;
	}
	if ((line->is_gone && !line->is_pinned && line->is_late) ||
	    (line->is_gone && leaves_no_trace(model, line->life)) ||
	    (life->is_unseen && (line->is_gone || life->may_be_unseen))) {
		counts->lost_unseen++;
		return true;
	}
	return false;
}

static void judge_line(struct model *model, unsigned number, struct matching *matching,
		       struct model_counts *counts)
{
	const struct model_line *line = &model->lines[number];
	bool is_whole = line->len == line->full_len;

	counts->lines += is_whole;
	counts->fragments += !is_whole;
	counts->given += line->given == 1;
	counts->skipped += line->is_skipped;
	if (line->given == 1u + !line->is_skipped &&
	    (model->lives[line->life].may_repeat ||
	     model->lives[line->life].is_disguised)) {
		counts->repeated++;
		return;
	}
	/* A file with only a hole before its half line is not known again, compressed. */
	if (model->options.is_sparse && !is_whole)
		return;
	if (line->given > 1 || (line->given == 1 && line->is_skipped && is_whole)) {
		model_fail(model, "line %u was given %u times", number, line->given);
	} else if (line->given == 1) {
		if (line->offset + line->len > matching->from[line->life])
			matching->from[line->life] = line->offset + line->len;
	} else if (!line->is_skipped && !is_excused(model, line, counts)) {
		if (!line->is_gone || line->is_pinned)
			model_fail(model, "line %u of life %u was not given", number,
				   line->life);
		if (line->offset < matching->until[line->life])
			matching->until[line->life] = line->offset;
		matching->is_needed[line->life] |= is_whole;
		counts->lost_in_gaps += is_whole;
	}
}

void model_judge(struct model *model, struct model_counts *counts)
{
	static struct matching matching;

	model_lock(model, false);
	model_reopen(model);
	model_start(model);
	drain_all(model);
	model_commit(model);
	matching = (struct matching){ .model = model };
	for (unsigned i = 0; i < model->life_count; i++)
		matching.until[i] = model->lives[i].end;
	for (unsigned i = 0; i < model->line_count; i++)
		judge_line(model, i, &matching, counts);
	judge_gaps(model, &matching, counts);
}
