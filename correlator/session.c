/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

static bool login_is(const void *entry, const void *key)
{
	const struct tracked_login *login = entry;

	return memcmp(login->view.id.bytes, ((const struct id *)key)->bytes, ID_BYTES) ==
	       0;
}

static uint64_t id_hash(const struct correlator *correlator, const struct id *id)
{
	return hash_bytes(&correlator->options.hash_key,
			  slice_of((const char *)id->bytes, ID_BYTES));
}

struct tracked_login *login_find(const struct correlator *correlator, const struct id *id)
{
	return map_find(&correlator->by_id, id_hash(correlator, id), login_is, id);
}

static struct run_facts *run_facts_new(void)
{
	struct run_facts *run = memory_new(1, sizeof(*run));

	run->connected_at = US_TIME_NONE;
	run->connected_again_at = US_TIME_NONE;
	run->confirmed_at = US_TIME_NONE;
	return run;
}

struct tracked_login *login_make(struct correlator *correlator, enum login_kind kind,
				 const struct id *id, const struct event *event)
{
	struct tracked_login *login = memory_new(1, sizeof(*login));

	login->view.id = *id;
	login->view.kind = kind;
	login->view.happened_at = event->happened_at;
	login->view.ended_at = US_TIME_NONE;
	login->view.sudo_at = US_TIME_NONE;
	login->view.trust = event->trust;
	login->view.pid = event->pid;
	login->view.host = login_keep(login, event->host);
	login->arrived_at = correlator->now;
	login->uncertainty_us = event->uncertainty_us;
	if (login->uncertainty_us > correlator->uncertainty_max_us)
		correlator->uncertainty_max_us = login->uncertainty_us;
	login->offered_at = US_TIME_NONE;
	login->waiting_since = US_TIME_NONE;
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		login->woken_at[log_class] = US_TIME_NONE;
	login->serial_port = -1;
	login->whose = -1;
	login->single_use = -1;
	login->script_kind = -1;
	if (kind >= LOGIN_SESSION)
		login->run = run_facts_new();
	map_add(&correlator->by_id, id_hash(correlator, id), login);
	login_list_add(&correlator->by_kind[kind], login);
	correlator->login_count++;
	judge_later(correlator, login);
	return login;
}

void login_list_under(struct correlator *correlator, enum key_kind kind,
		      struct slice text, struct tracked_login *login)
{
	if (text.len)
		login_list_add(&index_get(&correlator->index, kind, text)->logins, login);
}

void login_add_evidence(struct tracked_login *login, uint64_t evidence)
{
	if (evidence == 0)
		return;
	for (uint32_t i = 0; i < login->view.evidence_count; i++)
		if (login->evidence[i] == evidence)
			return;
	if (login->view.evidence_count == LIMIT_LOGIN_EVIDENCE) {
		login->view.evidence_cut = true;
		return;
	}
	if (login->view.evidence_count == login->evidence_size) {
		login->evidence_size =
			login->evidence_size ? login->evidence_size * 3 / 2 : 4;
		login->evidence = memory_resize(login->evidence, login->evidence_size,
						sizeof(uint64_t));
		login->view.evidence = login->evidence;
	}
	login->evidence[login->view.evidence_count++] = evidence;
}

struct slice login_keep(struct tracked_login *login, struct slice text)
{
	return text_keep(&login->texts, text);
}

struct slice process_key(struct slice host, const char *what, uint64_t number,
			 char buf[PROCESS_KEY_BYTES])
{
	int len = snprintf(buf, PROCESS_KEY_BYTES, "%s %llu %.*s", what,
			   (unsigned long long)number, SLICE_ARG(slice_first(host, 256)));

	return slice_of(buf, (size_t)len < PROCESS_KEY_BYTES ? (size_t)len
							     : PROCESS_KEY_BYTES - 1);
}

void login_unknow(struct correlator *correlator, struct tracked_login *login)
{
	map_remove(&correlator->by_id, id_hash(correlator, &login->view.id), login);
	correlator->login_count--;
	if (login->is_told)
		correlator->by_verdict[login->judgement.verdict]--;
}

void login_free(struct tracked_login *login)
{
	text_free(login->texts);
	free(login->evidence);
	if (login->run)
		login_list_release(&login->run->carried);
	free(login->run);
	free(login->extension);
	free(login);
}
