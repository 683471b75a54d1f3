/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/scan.h"

#include <assert.h>

#include "base/limits.h"
#include "evidence/cloud/block.h"

#define INLINE inline __attribute__((always_inline))

/* Asked for so early, memory arrives when its turn has come. */
#define PREFETCH_BYTES 1024

/* What one block comes down to. */
struct marks {
	uint64_t brackets; /* outside of strings */
	uint64_t starts; /* opening quotes, but of values that stand right behind a ':' */
	uint64_t newlines;
	uint64_t broken; /* line ends inside strings: the first is a fault */
};

static inline bool is_blank(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Index of the last byte before `i` that is no blank, or 0. Blanks are looked at once by
 * the one token that stands behind them, so the work is linear. */
static inline size_t before(struct slice window, size_t i)
{
	do
		i--;
	while (i && is_blank(window.ptr[i]));
	return i;
}

/* The first eight bytes of the keys looked for, with the closing quote if that is among
 * them. The one that is shorter, "time", is looked at by itself. */
static const char *const wanted[] = {
	"eventNam", "eventTim", "eventSou", "eventID\"", "eventDat", "awsRegio",
	"recipien", "CloudTra", "digestSt", "operatio",	 "resource", "category",
	"correlat", "resultTy", "submissi", "logName\"", "protoPay", "timestam",
	"insertId", "receiveT", "nextPage",
};

/* By this multiplier no two of them have the same slot. */
#define SLOT_MULTIPLIER UINT64_C(0x612e7696a6cecc1b)
#define SLOT_SHIFT 58

static void fill_slots(struct scan *scan)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uint64_t word = block_word(wanted[i]);
		uint64_t *slot = &scan->slots[word * SLOT_MULTIPLIER >> SLOT_SHIFT];

		assert(!*slot);
		*slot = word;
	}
}

/* Whether a string that begins with these bytes may be one of the keys looked for. */
static INLINE bool is_wanted(const struct scan *scan, uint64_t word)
{
	uint64_t is_other_than_time = (word ^ block_word("time\"   ")) << 24;

	return scan->slots[word * SLOT_MULTIPLIER >> SLOT_SHIFT] == word ||
	       !is_other_than_time;
}

/* Whether the string at `quote` begins as a key that makes an object a record. */
static bool is_mark(const struct scan *scan, struct slice window, size_t quote)
{
	switch (window.ptr[quote + 1]) {
	case 'e':
	case 'l':
	case 'p':
	case 'i':
		return is_wanted(scan, block_word(window.ptr + quote + 1));
	case 'o':
		return slice_starts_with(slice_skip(window, quote + 1),
					 SLICE("operationName\""));
	case 'r':
		return slice_starts_with(slice_skip(window, quote + 1),
					 SLICE("resourceId\""));
	default:
		return false;
	}
}

static INLINE bool may_be_wanted(const struct scan *scan, struct slice window,
				 size_t quote)
{
	return window.len - quote <= 8 ||
	       is_wanted(scan, block_word(window.ptr + quote + 1));
}

/* Keeps an opening quote. Those kept when too little of the string had arrived to tell
 * are dropped first when there is no room. */
static void keep_key(struct scan *scan, struct slice window, size_t quote)
{
	if (scan->key_count == SCAN_KEYS) {
		unsigned kept = 0;

		for (unsigned i = 0; i < SCAN_KEYS; i++) {
			if (may_be_wanted(scan, window, scan->keys[i]))
				scan->keys[kept++] = scan->keys[i];
		}
		scan->key_count = kept;
	}
	if (scan->key_count < SCAN_KEYS)
		scan->keys[scan->key_count++] = quote;
	else
		scan->too_many_keys = true;
}

/* Whether one of the keys kept so far says that this level is a record's. */
static bool has_record_key(const struct scan *scan, struct slice window)
{
	for (unsigned i = 0; i < scan->key_count; i++) {
		if (window.len - scan->keys[i] > 8 &&
		    is_mark(scan, window, scan->keys[i]))
			return true;
	}
	return false;
}

/* Whether the key in front of the ':' at `colon` is `name`, given with its opening quote.
 */
static inline bool key_is(struct slice window, size_t colon, struct slice name)
{
	size_t quote = before(window, colon);

	/* The last letter alone tells most of them apart. */
	return quote && window.ptr[quote] == '"' &&
	       window.ptr[quote - 1] == name.ptr[name.len - 1] &&
	       slice_ends_with(slice_first(window, quote), name) && quote > name.len &&
	       window.ptr[quote - name.len - 1] != '\\';
}

/* Whether the key in front of the ':' at `colon` is one that the records of a file or an
 * answer stand under: CloudTrail's two, and those of Azure's REST and exports and of
 * Google Cloud's entries:list. */
static bool is_list_key(struct slice window, size_t colon)
{
	return key_is(window, colon, SLICE("\"Records")) ||
	       key_is(window, colon, SLICE("\"Events")) ||
	       key_is(window, colon, SLICE("\"records")) ||
	       key_is(window, colon, SLICE("\"value")) ||
	       key_is(window, colon, SLICE("\"entries"));
}

/* The strings at the record's level among `starts`: keeps those that matter. False, with
 * `*ret_fault`, at one that stands where no string can. */
static INLINE bool note_strings(struct scan *scan, struct slice window, size_t base,
				uint64_t starts, size_t *ret_fault)
{
	for (; starts; starts &= starts - 1) {
		size_t quote = base + (unsigned)__builtin_ctzll(starts);
		char left = window.ptr[quote - 1];

		if (is_blank(left))
			left = window.ptr[before(window, quote)];
		if (left != ',' && left != ':' && left != '{') {
			*ret_fault = quote;
			return false;
		}
		if (left != ':' && may_be_wanted(scan, window, quote))
			keep_key(scan, window, quote);
	}
	return true;
}

/* From here on to the object's end only brackets are counted. */
void scan_count_only(struct scan *scan)
{
	scan->counts_only = true;
	scan->record_depth = SCAN_NO_DEPTH;
}

/* Goes one level down at the bracket at `i`, whose left neighbour was found right. */
static INLINE enum scan_stop descend(struct scan *scan, struct slice window, size_t i,
				     size_t left, bool is_array)
{
	bool is_member = scan->depth == scan->record_depth && window.ptr[left] == ':';

	scan->depth++;
	scan->kinds = scan->kinds << 1 | is_array;
	if (scan->depth - scan->record_base > LIMIT_JSON_DEPTH) {
		scan->too_deep = true;
		scan_count_only(scan);
		return SCAN_MORE;
	}
	if (!is_member)
		return SCAN_MORE;

	if (is_array && scan->depth == 2 && is_list_key(window, left) &&
	    !has_record_key(scan, window))
		return SCAN_LIST;
	if (!is_array &&
	    (key_is(window, left, SLICE("\"event")) ||
	     key_is(window, left, SLICE("\"detail"))) &&
	    !has_record_key(scan, window)) {
		scan->key_count = 0;
		scan->record_start = i;
		scan->record_base = scan->depth - 1;
		scan->record_depth = scan->depth;
	}
	return SCAN_MORE;
}

static INLINE enum scan_stop open_bracket(struct scan *scan, struct slice window,
					  size_t i)
{
	bool is_array = window.ptr[i] == '[';
	size_t left;

	if (scan->counts_only) {
		scan->depth++;
		return SCAN_MORE;
	}
	left = before(window, i);
	if (scan->kinds & 1 ? window.ptr[left] != ',' && window.ptr[left] != '['
			    : window.ptr[left] != ':') {
		scan->fault = SCAN_FAULT_PLACE;
		return SCAN_BROKEN;
	}
	return descend(scan, window, i, left, is_array);
}

/* Leaves the wrapped object that ends before `end`: it was the record, or the level
 * around it is looked at again. */
static void leave_wrapped(struct scan *scan, struct slice window, size_t end)
{
	if (has_record_key(scan, window)) {
		scan->record_len = end - scan->record_start;
		scan->record_depth = SCAN_NO_DEPTH;
		scan->record_base = 0;
		return;
	}
	scan->key_count = 0;
	scan->record_depth--;
	scan->record_base--;
	scan->record_start = 0;
}

static INLINE enum scan_stop close_bracket(struct scan *scan, struct slice window,
					   size_t i)
{
	bool is_array = window.ptr[i] == ']';

	if (!scan->counts_only && (scan->kinds & 1) != is_array) {
		scan->fault = SCAN_FAULT_BRACKET;
		return SCAN_BROKEN;
	}
	scan->depth--;
	scan->kinds >>= 1;
	if (scan->depth == 0)
		return SCAN_END;
	if (scan->record_depth != SCAN_NO_DEPTH && scan->depth < scan->record_depth)
		leave_wrapped(scan, window, i + 1);
	return SCAN_MORE;
}

/* Where in the block at `base` the walk ends for good; counts the line ends before it. */
static inline enum scan_stop stop_at(struct scan *scan, const struct marks *marks,
				     uint64_t below, enum scan_stop stop)
{
	scan->newlines += (unsigned)__builtin_popcountll(marks->newlines & below);
	return stop;
}

static INLINE enum scan_stop walk_marks(struct scan *scan, struct slice window,
					size_t base, struct marks marks, size_t *at)
{
	uint64_t starts = marks.starts;

	for (uint64_t brackets = marks.brackets; brackets; brackets &= brackets - 1) {
		unsigned i = (unsigned)__builtin_ctzll(brackets);
		uint64_t below = ((uint64_t)1 << i) - 1;
		enum scan_stop stop;

		if (scan->depth == scan->record_depth &&
		    !note_strings(scan, window, base, starts & below, at)) {
			scan->fault = SCAN_FAULT_PLACE;
			return stop_at(scan, &marks, ((uint64_t)1 << (*at - base)) - 1,
				       SCAN_BROKEN);
		}
		starts &= ~below;

		/* '{' and '[' have a bit that '}' and ']' lack. */
		stop = window.ptr[base + i] & 2 ? open_bracket(scan, window, base + i)
						: close_bracket(scan, window, base + i);
		if (stop != SCAN_MORE) {
			*at = base + i + (stop != SCAN_BROKEN);
			return stop_at(scan, &marks, below, stop);
		}
	}
	if (scan->depth == scan->record_depth &&
	    !note_strings(scan, window, base, starts, at)) {
		scan->fault = SCAN_FAULT_PLACE;
		return stop_at(scan, &marks, ((uint64_t)1 << (*at - base)) - 1,
			       SCAN_BROKEN);
	}
	if (marks.broken) {
		scan->fault = SCAN_FAULT_LINE_END;
		*at = base + (unsigned)__builtin_ctzll(marks.broken);
		return stop_at(scan, &marks, (marks.broken & -marks.broken) - 1,
			       SCAN_BROKEN);
	}
	if (marks.newlines)
		scan->newlines += (unsigned)__builtin_popcountll(marks.newlines);
	return SCAN_MORE;
}

/* Tells strings from structure in a block of `len` bytes, carrying over to the next. */
static INLINE struct marks resolve(struct scan *scan, struct block block, unsigned len)
{
	uint64_t quotes =
		block.quotes & ~block_escaped(block.backslashes, len, &scan->is_escaped);
	uint64_t in_string = block_prefix_xor(quotes) ^ scan->in_string;
	struct marks marks = {
		.brackets = block.brackets & ~in_string,
		.starts = quotes & in_string & ~(block.colons << 1),
		.newlines = block.newlines,
		.broken = block.newlines & in_string,
	};

	scan->in_string = (uint64_t)0 - (in_string >> 63);
	if (marks.broken) {
		/* What stands behind the fault is not looked at. */
		uint64_t below = (marks.broken & -marks.broken) - 1;

		marks.brackets &= below;
		marks.starts &= below;
	}
	return marks;
}

/* The address may be past the window's end: it is only a hint. */
static INLINE void prefetch(const char *bytes)
{
	__builtin_prefetch((const void *)((uintptr_t)bytes + PREFETCH_BYTES));
}

static INLINE enum scan_stop walk(struct scan *scan, struct slice window, size_t *at,
				  block_read_fn *read)
{
	size_t base = *at;

	for (; window.len - base >= BLOCK_BYTES; base += BLOCK_BYTES) {
		struct marks marks;
		enum scan_stop stop;

		prefetch(window.ptr + base);
		marks = resolve(scan, read(window.ptr + base), BLOCK_BYTES);
		stop = walk_marks(scan, window, base, marks, at);

		if (stop != SCAN_MORE)
			return stop;
	}
	if (base < window.len) {
		unsigned len = (unsigned)(window.len - base);
		char padded[BLOCK_BYTES];
		enum scan_stop stop;

		memset(padded, ' ', sizeof(padded));
		memcpy(padded, window.ptr + base, len);
		stop = walk_marks(scan, window, base, resolve(scan, read(padded), len),
				  at);
		if (stop != SCAN_MORE)
			return stop;
	}
	*at = window.len;
	return SCAN_MORE;
}

static enum scan_stop walk_portable(struct scan *scan, struct slice window, size_t *at)
{
	return walk(scan, window, at, block_read_portable);
}

#if defined(__x86_64__)

static enum scan_stop walk_sse2(struct scan *scan, struct slice window, size_t *at)
{
	return walk(scan, window, at, block_read_sse2);
}

BLOCK_AVX2 static enum scan_stop walk_avx2(struct scan *scan, struct slice window,
					   size_t *at)
{
	return walk(scan, window, at, block_read_avx2);
}

BLOCK_AVX512 static enum scan_stop walk_avx512(struct scan *scan, struct slice window,
					       size_t *at)
{
	return walk(scan, window, at, block_read_avx512);
}

static scan_walk_fn *const kernels[SCAN_KERNEL_COUNT] = {
	[SCAN_KERNEL_PORTABLE] = walk_portable,
	[SCAN_KERNEL_SSE2] = walk_sse2,
	[SCAN_KERNEL_AVX2] = walk_avx2,
	[SCAN_KERNEL_AVX512] = walk_avx512,
};

bool scan_kernel_usable(enum scan_kernel kernel)
{
	bool has_avx2, has_avx512;

	__builtin_cpu_init();
	has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		   __builtin_cpu_supports("popcnt");
	has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
		     __builtin_cpu_supports("avx512bw");
	return kernel == SCAN_KERNEL_AVX512 ? has_avx512
	       : kernel == SCAN_KERNEL_AVX2 ? has_avx2
					    : kernel < SCAN_KERNEL_COUNT;
}

#else

static scan_walk_fn *const kernels[SCAN_KERNEL_COUNT] = {
	[SCAN_KERNEL_PORTABLE] = walk_portable,
};

bool scan_kernel_usable(enum scan_kernel kernel)
{
	return kernel == SCAN_KERNEL_PORTABLE;
}

#endif

enum scan_kernel scan_kernel_best(void)
{
	unsigned best = SCAN_KERNEL_COUNT - 1;

	while (best > SCAN_KERNEL_PORTABLE && !scan_kernel_usable((enum scan_kernel)best))
		best--;
	return (enum scan_kernel)best;
}

void scan_init(struct scan *scan, enum scan_kernel kernel)
{
	*scan = (struct scan){ .walk = kernels[kernel] };
	fill_slots(scan);
}

void scan_begin(struct scan *scan)
{
	scan->depth = 1;
	scan->kinds = 0;
	scan->record_depth = 1;
	scan->record_base = 0;
	scan->in_string = 0;
	scan->is_escaped = 0;
	scan->newlines = 0;
	scan->record_start = 0;
	scan->record_len = 0;
	scan->key_count = 0;
	scan->too_many_keys = false;
	scan->too_deep = false;
	scan->counts_only = false;
	scan->fault = SCAN_FAULT_NONE;
}

enum scan_stop scan_next(struct scan *scan, struct slice window, size_t *at)
{
	return scan->walk(scan, window, at);
}
