/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Choice: values of options that are one of a few words.
 */
#include "base/err.h"
#include "cli/screen.h"

/* Each fails with ERR_USAGE, naming the option. */
int choice_verdict(const char *value, int *ret_verdict, struct err *err)
	__attribute__((warn_unused_result));
int choice_path(const char *value, int *ret_path, struct err *err)
	__attribute__((warn_unused_result));
int choice_color(const char *value, enum color_mode *ret_mode, struct err *err)
	__attribute__((warn_unused_result));
