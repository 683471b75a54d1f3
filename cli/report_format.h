/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Records as sinks have them, of a judgement that is over: each login and each finding is
 * told once, with what is known of it in the end. Nothing is told later than it happened,
 * and numbers and sequences begin at 1.
 */
#include "alert/record.h"
#include "cli/report.h"

/* Prints the records of these streams (1 << enum alert_stream), one a line: first the
 * logins through cloud doors, then the findings that are not suppressed. */
void report_print_format(const struct report *report, const struct alert_format *format,
			 unsigned streams);
