/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Baseline keeper: keeps the rows of this host's baseline in the store, in the batch of
 * the verdict that they were learned from, and brings them back at the start. Whether a
 * login was learned from already is its row's to know (store_login.is_learned).
 */
#include "agent/store/store.h"
#include "policy/baseline.h"

struct baseline_keeper;

/* Who hears of what is unusual. */
struct baseline_hearer {
	void (*tell)(void *ctx, const struct observation *observation);
	bool (*is_news)(void *ctx, const struct observation *observation);
	void *ctx;
};

/* `store` is borrowed, `options` and `hearer` are copied. Rows that are none are dropped.
 * Fails when the store cannot be read. The caller owns the result. */
int baseline_keeper_open(struct store *store, const struct baseline_options *options,
			 const struct baseline_hearer *hearer,
			 struct baseline_keeper **ret_keeper, struct err *err)
	__attribute__((warn_unused_result));
void baseline_keeper_free(struct baseline_keeper *keeper);

/* Whether this verdict teaches something, to a baseline that does not know its login. */
bool baseline_keeper_wants(const struct verdict *verdict);

/* Learns from a login that is now to be marked as learned. */
void baseline_keeper_learn(struct baseline_keeper *keeper, const struct verdict *verdict);

/* As baseline_forget(). */
bool baseline_keeper_forget(struct baseline_keeper *keeper, struct slice kind,
			    struct slice key);

/* What is known; borrowed. */
const struct baseline *baseline_keeper_baseline(const struct baseline_keeper *keeper);
