# SPDX-License-Identifier: Apache-2.0
# The living agent against files and folders; crash.test wants --enable-fault-points.
AGENT_LIVE_TESTS = tests/agent/cloud.test tests/agent/crash.test tests/agent/full.test tests/agent/live.test
dist_check_SCRIPTS += $(AGENT_LIVE_TESTS)
TESTS += $(AGENT_LIVE_TESTS)
EXTRA_DIST += tests/agent/cloud.py tests/agent/lab.py
