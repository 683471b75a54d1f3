/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The enums behind words.def and their words. Words and numbers of the outside world come
 * from nowhere else.
 */
#include "base/slice.h"

#define WORD_PATH(constant, word, text) constant,
enum path {
#include "correlator/words.def"
	PATH_COUNT
};
#define WORD_VERDICT(constant, word, text) constant,
enum verdict_kind {
#include "correlator/words.def"
	VERDICT_COUNT
};
#define WORD_STAGE(constant, word, text) constant,
enum stage {
#include "correlator/words.def"
	STAGE_COUNT
};
#define WORD_REASON(constant, word, text) constant,
enum reason {
#include "correlator/words.def"
	REASON_COUNT
};
#define WORD_MATCHED(constant, word, text) constant,
enum matched {
#include "correlator/words.def"
	MATCHED_COUNT
};
#define WORD_TRUST(constant, word, text) constant,
enum trust {
#include "correlator/words.def"
	TRUST_COUNT
};
#define WORD_OBSERVATION(constant, word, text) constant,
enum observation_kind {
#include "correlator/words.def"
	OBSERVATION_COUNT
};
#define WORD_CLOUD(constant, word, text) constant,
enum cloud {
#include "correlator/words.def"
	CLOUD_COUNT
};
#define WORD_LOG_CLASS(constant, word, cloud) constant,
enum log_class {
#include "correlator/words.def"
	LOG_CLASS_COUNT
};

/* The word of the outside world ("aws-ssm-session", "no-api-call" ...); never NULL. */
const char *path_word(enum path path);
const char *verdict_word(enum verdict_kind verdict);
const char *stage_word(enum stage stage);
const char *reason_word(enum reason reason);
const char *matched_word(enum matched matched);
const char *trust_word(enum trust trust);
const char *observation_word(enum observation_kind kind);
const char *cloud_word(enum cloud cloud);
const char *log_class_word(enum log_class log_class);

/* Whose log the class is part of. */
enum cloud log_class_cloud(enum log_class log_class);

/* The cloud of this word, in any case; CLOUD_UNKNOWN when it is none. */
enum cloud cloud_find(struct slice word);

/* What it says, for people; never NULL. */
const char *path_text(enum path path);
const char *verdict_text(enum verdict_kind verdict);
const char *reason_text(enum reason reason);
const char *matched_text(enum matched matched);
const char *trust_text(enum trust trust);
const char *observation_text(enum observation_kind kind);
