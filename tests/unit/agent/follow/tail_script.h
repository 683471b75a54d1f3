/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What happens to a log, as a script of commands with a ';' between them, and what a tail
 * gives of it, as text. Names are of a folder of the script's own; the log followed is
 * "log". Times of files are a clock of the script's, a second a command.
 *
 *   write NAME TEXT    appends a line           part NAME TEXT    without its newline
 *   open NAME          keeps it open            late TEXT         a line through that
 *   mv A B  cp A B  rm NAME  trunc NAME  link TARGET NAME  hard A B  chmod OCTAL NAME
 *   gz NAME            compresses it            fifo NAME  dir NAME
 *   nuls NAME N        appends N NULs           grow NAME N       a hole of N bytes
 *   long NAME N        a line of N letters
 *   read               until nothing comes      step N            N steps of the tail
 *   quiet              reads long enough for a replaced file to be let go
 *   commit             stores the cursor        kill              on from the stored one
 *   restart            commit and kill          cursor TEXT       on from this one
 *   tick               until files get another time of birth
 *
 * The text: lines as they are, each with a blank behind it; "half~ " without a newline;
 * "cut(N) " for one of N bytes; "[gap A-B] "; "[absent] "; "{name} " when it is another
 * file's line than the one before.
 */
#include "base/buf.h"

/* Appends what came to `trace`. Aborts for a command that cannot be done. */
void tail_script_run(const char *script, bool from_start, struct buf *trace);
