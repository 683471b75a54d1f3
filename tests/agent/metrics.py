# SPDX-License-Identifier: Apache-2.0
"""Reads an OpenMetrics text from standard input with the reference parser of Python's
prometheus_client, the strict one, and prints each family's name, type and samples."""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    if not family.documentation:
        sys.exit(f"{family.name} has no help")
    print(family.name, family.type, len(family.samples))
