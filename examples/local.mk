# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += examples/incident/generated.test examples/incident/replayed.test \
	examples/live/interrupted.test
TESTS += examples/incident/generated.test examples/incident/replayed.test \
	examples/live/interrupted.test
EXTRA_DIST += scripts/demo scripts/lib.sh \
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
	examples/live/machinery.py
