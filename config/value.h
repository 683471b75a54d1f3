/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Values: the text of a setting into its field and back, by the setting's type. Written
 * back, a value reads as the same again.
 */
#include "base/err.h"
#include "config/setting.h"

/* Puts a sound value into the field, releasing what was there; "" means not set, where
 * the setting may be. The error says what is allowed. */
int value_read(const struct setting *setting, struct slice text, void *field,
	       struct err *err) __attribute__((warn_unused_result));

/* Whether the text is a sound value for the setting. */
int value_check(const struct setting *setting, struct slice text, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the field as it would be written; nothing when it is not set. */
void value_write(const struct setting *setting, const void *field, struct buf *buf);

/* Appends a bound of the setting, as a value of it would be written. */
void value_write_number(const struct setting *setting, int64_t number, struct buf *buf);

void value_release(const struct setting *setting, void *field);

/* What a setting of this type takes, for people: "a duration with its unit ...". */
const char *value_takes(enum setting_type type);

/* Whether not setting it is possible: its default is, or "" is a list without items. */
bool value_may_be_empty(const struct setting *setting);
