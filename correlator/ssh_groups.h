/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ssh groups: which ssh logins and which of the clouds' calls that lead to sshd could
 * meet, by where the login came from: tunnels of EC2 Instance Connect, Bastion's
 * connections, the tunnels of Google's proxy (of those only the logins: tunnel_gcp.c has
 * the calls). claims.h says which of a group get each other. For the correlator's own
 * files only.
 */
#include "correlator/state.h"

/* Whether this host is in Azure, as far as is known, so that Bastion's connections and
 * not tunnels are what its ssh logins may have come through. */
bool ssh_groups_may_be_bastion(const struct correlator *correlator);

/* Lists a tunnel call, or an ssh login, in the group of its peer; a login from one of
 * this host's own addresses with those that a port session may have carried. */
void ssh_groups_add_tunnel(struct correlator *correlator, struct call *call);
void ssh_groups_add_login(struct correlator *correlator, struct tracked_login *login);

/* Lists a connection of Bastion to this host, or takes it out again. */
void ssh_groups_add_bastion(struct correlator *correlator, struct call *call);
void ssh_groups_drop_bastion(struct correlator *correlator, struct call *call);

/* What leads to this host is known anew (its addresses, sshd's ports): all groups of
 * tunnels are made anew. */
void ssh_groups_relist(struct correlator *correlator);
