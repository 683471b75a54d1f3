# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += docs/adding-a-log-writer.md docs/alerts.md docs/architecture.md docs/baselines.md docs/building.md \
	docs/configuration.md docs/findings.md docs/formats.md docs/metrics.md docs/policy.md docs/sinks.md docs/status.md \
	docs/correlation.md docs/operations.md docs/style.md docs/decisions
