/* SPDX-License-Identifier: Apache-2.0 */
/* What the host says of consoles, scripts, accounts and its own starts. */
#include "tests/scenarios/say_private.h"

static int find_word(struct telling *telling, const char *key, const char *const *words)
{
	struct slice word = say_text(telling, key);

	for (int i = 0; words[i]; i++)
		if (slice_equal(word, slice_text(words[i])))
			return i;
	say_fail(telling, key, word);
	return 0;
}

void say_script(struct telling *telling)
{
	static const char *const kinds[] = { "startup", "shutdown", "os-config",
					     "user-data", NULL };
	struct script_run *script = &telling->event->script;

	telling->event->kind = EVENT_SCRIPT;
	script->kind = (enum script_kind)find_word(telling, "kind", kinds);
	script->name = say_text(telling, "name");
	script->has_ended = say_yes(telling, "ended");
}

void say_credential(struct telling *telling)
{
	static const char *const means[] = { "vm-access", "jit-user", "metadata-key",
					     NULL };
	struct credential_set *set = &telling->event->credential_set;

	telling->event->kind = EVENT_CREDENTIAL_SET;
	set->means = (enum credential_means)find_word(telling, "means", means);
	set->user = say_text(telling, "user");
	set->is_password = say_yes(telling, "password");
	set->is_removed = say_yes(telling, "gone");
}

void say_account(struct telling *telling)
{
	telling->event->kind = EVENT_ACCOUNT_CREATED;
	telling->event->account_created.user = say_text(telling, "user");
}

void say_password(struct telling *telling)
{
	telling->event->kind = EVENT_ACCOUNT_CHANGED;
	telling->event->account_changed.user = say_text(telling, "user");
}

void say_boot(struct telling *telling)
{
	telling->event->kind = EVENT_BOOT;
	telling->event->boot.is_shutdown = say_yes(telling, "down");
}
