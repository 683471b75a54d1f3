/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who became root by sudo, and in which of his logins. Such a line vouches for nothing:
 * it can only make a login worse, so it counts whoever may have written it, but for those
 * that are known to be forged.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/session.h"

/* One that was said, for logins that become known after it: the agents' own files are
 * read beside the journal. */
struct sudo_mark {
	struct text_block *texts;
	struct slice user, host, tty;
	us_time at;
};

struct sudo_uses {
	struct sudo_mark marks[LIMIT_SUDO_USES]; /* a ring */
	size_t next;
};

void sudo_uses_free(struct sudo_uses *uses)
{
	for (size_t i = 0; uses && i < LIMIT_SUDO_USES; i++)
		text_free(uses->marks[i].texts);
	free(uses);
}

/* Where both say it. */
static bool agree(struct slice a, struct slice b)
{
	return !a.len || !b.len || slice_equal(a, b);
}

/* A terminal that is made for a program, as by tmux, ssh and script, can be made in any
 * session; a line names one alone. */
static bool agree_in_tty(const struct tracked_login *login, const struct sudo_mark *mark)
{
	return slice_starts_with(mark->tty, SLICE("pts/")) ||
	       agree(login->view.tty, mark->tty);
}

static bool is_open_at(const struct tracked_login *login, us_time at)
{
	us_time ended_at = login->view.ended_at;

	return at >= login->view.happened_at - HOST_CUT_US &&
	       (ended_at == US_TIME_NONE || at <= ended_at + HOST_CUT_US);
}

static bool fits(const struct tracked_login *login, const struct sudo_mark *mark)
{
	return slice_equal(login->view.os_user, mark->user) &&
	       agree(login->view.host, mark->host) && agree_in_tty(login, mark) &&
	       is_open_at(login, mark->at);
}

static void set_root_since(struct correlator *correlator, struct tracked_login *login,
			   us_time at)
{
	if (login->view.sudo_at == at || (login->view.sudo_at != US_TIME_NONE &&
					  at != US_TIME_NONE && login->view.sudo_at < at))
		return;
	login->view.sudo_at = at;
	login->is_root_news = true;
	judge_later(correlator, login);
}

/* The logins of this list that it may have been in. */
static void mark_logins(struct correlator *correlator, const struct login_list *list,
			const struct sudo_mark *mark)
{
	size_t after = login_list_from(list, mark->at + HOST_CUT_US + 1);

	for (size_t i = after; i-- > 0 && after - i <= LIMIT_SUDO_LOGINS;)
		if (fits(list->items[i], mark))
			set_root_since(correlator, list->items[i], mark->at);
}

static struct sudo_mark *next_mark(struct correlator *correlator)
{
	struct sudo_mark *mark;

	if (!correlator->sudo_uses)
		correlator->sudo_uses = memory_new(1, sizeof(*correlator->sudo_uses));
	mark = &correlator->sudo_uses->marks[correlator->sudo_uses->next];
	correlator->sudo_uses->next = (correlator->sudo_uses->next + 1) % LIMIT_SUDO_USES;
	text_free(mark->texts);
	*mark = (struct sudo_mark){ .texts = NULL };
	return mark;
}

/* The target is empty where the line can be read in two ways, which its writer may have
 * wanted. Who is root becomes nothing by it. */
static bool becomes_root(const struct sudo_use *said)
{
	return said->user.len && !slice_equal(said->user, SLICE("root")) &&
	       (said->target_user.len == 0 ||
		slice_equal(said->target_user, SLICE("root")));
}

void session_take_sudo(struct correlator *correlator, const struct event *event)
{
	const struct sudo_use *said = &event->sudo;
	const struct key_node *node;
	struct sudo_mark *mark;

	if (!becomes_root(said))
		return;
	mark = next_mark(correlator);
	mark->at = event->happened_at;
	mark->user = text_keep(&mark->texts, said->user);
	mark->host = text_keep(&mark->texts, event->host);
	mark->tty = text_keep(&mark->texts, said->tty);
	/* his logins at sshd and consoles */
	node = index_find(&correlator->index, KEY_CREDENTIAL, said->user);
	if (node)
		mark_logins(correlator, &node->logins, mark);
	mark_logins(correlator, &correlator->by_kind[LOGIN_SESSION], mark);
}

void sudo_add_login(struct correlator *correlator, struct tracked_login *login)
{
	const struct sudo_uses *uses = correlator->sudo_uses;

	for (size_t i = 0; uses && login->view.os_user.len && i < LIMIT_SUDO_USES; i++)
		if (uses->marks[i].user.len && fits(login, &uses->marks[i]))
			set_root_since(correlator, login, uses->marks[i].at);
}

void sudo_relearn(struct correlator *correlator, struct tracked_login *login)
{
	set_root_since(correlator, login, US_TIME_NONE);
	sudo_add_login(correlator, login);
}

void sudo_login_ended(struct correlator *correlator, struct tracked_login *login)
{
	us_time at = login->view.sudo_at;

	if (at != US_TIME_NONE && !is_open_at(login, at))
		sudo_relearn(correlator, login);
	else
		sudo_add_login(correlator, login);
}
