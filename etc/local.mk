# SPDX-License-Identifier: Apache-2.0
# countersign.conf is made by tests/golden/golden_config --update, which also checks it.
configdir = $(sysconfdir)/countersign
dist_config_DATA = etc/countersign.conf etc/policy.conf
