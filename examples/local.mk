# SPDX-License-Identifier: Apache-2.0
example_tests = \
	examples/azure/generated.test \
	examples/azure/replayed.test \
	examples/gcp/generated.test \
	examples/gcp/replayed.test \
	examples/incident/generated.test \
	examples/incident/replayed.test \
	examples/live/interrupted.test \
	examples/policy/generated.test \
	examples/policy/replayed.test

dist_check_SCRIPTS += $(example_tests)
TESTS += $(example_tests)
EXTRA_DIST += scripts/demo scripts/lib.sh \
	examples/azure/README.md \
	examples/azure/activity-log.json.gz \
	examples/azure/bastion \
	examples/azure/expected.txt \
	examples/azure/generate.py \
	examples/azure/host \
	examples/azure/identity.json \
	examples/azure/keys \
	examples/azure/writers.py \
	examples/gcp/README.md \
	examples/gcp/audit \
	examples/gcp/expected.txt \
	examples/gcp/generate.py \
	examples/gcp/host \
	examples/gcp/identity.json \
	examples/gcp/keys \
	examples/gcp/writers.py \
	examples/incident/README.md \
	examples/incident/cloudtrail \
	examples/incident/expected.txt \
	examples/incident/generate.py \
	examples/incident/host \
	examples/incident/identity.json \
	examples/incident/keys \
	examples/incident/writers.py \
	examples/live/README.md \
	examples/live/demo.py \
	examples/live/host.py \
	examples/live/machinery.py \
	examples/policy/README.md \
	examples/policy/cloudtrail \
	examples/policy/expected.txt \
	examples/policy/generate.py \
	examples/policy/host \
	examples/policy/identity.conf \
	examples/policy/policy.conf \
	examples/recorded.py
