/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Claims: which login holds a call that vouches only once. Calls and logins that could
 * meet stand in one group, a key's node. All windows of a group are equally long (but for
 * the hour that happens twice), so one sweep in the order of time, each login taking the
 * oldest call still free, serves as many logins as can be served. One login or call that
 * changes is fitted in, for as long as calls change hands; where several have changed at
 * once, all are swept that they can concern.
 *
 *   calls                          group
 *   OpenTunnel to this host        KEY_TUNNEL: the caller's address, which is sshd's peer
 *   the same, endpoints known      KEY_TUNNEL: one group, whoever the peer is
 *   StartSession without answer    KEY_OWNER: the owner's part of the session id
 *   Azure's, to run something      KEY_LANE: see extension.h
 *   Bastion's connections          KEY_BASTION: one group, the user must be the same
 *   Google's proxy's               KEY_IAP: one group; see google.h
 *
 * The one login of an AWS-StartSSHSession is not handed out here but by classify.c and
 * judge.c: a port session is a login itself. Who stands in a group, ssh_groups.h and the
 * other doors' files say. For the correlator's own files only.
 */
#include "correlator/state.h"

/* The group's calls are to be listed anew. */
void claims_clear_calls(struct key_node *group);

/* The login holds no call any more, nor did it find one taken. */
void claims_forget(struct tracked_login *login);

/* The same for a login that leaves its place in the group: others may have its call. */
void claims_release(struct correlator *correlator, struct key_node *group,
		    struct tracked_login *login);

/* A login of the group is new, or what it needs has changed. */
void claims_touch_login(struct correlator *correlator, struct key_node *group,
			struct tracked_login *login);

/* It is no more of the group: what it held may be another's. */
void claims_drop_login(struct correlator *correlator, struct key_node *group,
		       struct tracked_login *login);
void claims_drop_call(struct correlator *correlator, struct key_node *group,
		      struct call *call);

/* A call of the group is new, or free again. */
void claims_touch_call(struct correlator *correlator, struct key_node *group,
		       struct call *call);

/* Settles the groups that were touched; queues the logins whose claim changed. */
void claims_settle(struct correlator *correlator);
