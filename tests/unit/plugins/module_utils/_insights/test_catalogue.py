# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import QUERIES
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import Query
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import insights_name
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import missing_fields
from ansible_collections.netops.flow_logs.plugins.module_utils._insights.catalogue import query_text

# "Supported logs and discovered fields" of the CloudWatch Logs user guide.
DISCOVERED = (
    "version accountId interfaceId srcAddr dstAddr srcPort dstPort protocol packets bytes"
    " startTime endTime action logStatus"
)
BY_NAME = {query.name: query for query in QUERIES}


def test_fields_of_the_default_format_have_the_names_that_insights_gives_them() -> None:
    fields = [token[2:-1] for token in DEFAULT_LOG_FORMAT.split()]

    assert [insights_name(field) for field in fields] == DISCOVERED.split()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("pkt-srcaddr", "pktSrcAddr"),
        ("pkt-dst-aws-service", "pktDstAwsService"),
        ("flow-direction", "flowDirection"),
        ("instance-tag-2", "instanceTag2"),
        ("a--b-", "aB"),
    ],
)
def test_other_fields_are_named_alike(field: str, name: str) -> None:
    assert insights_name(field) == name


def test_in_the_default_format_nothing_is_parsed() -> None:
    assert query_text(BY_NAME["top_talkers"], DEFAULT_LOG_FORMAT) == (
        "# Pairs of addresses with the most traffic.\n"
        'filter logStatus = "OK"\n'
        "| stats sum(bytes) as totalBytes, count(*) as records by srcAddr, dstAddr\n"
        "| sort totalBytes desc\n"
        "| limit 20"
    )


@pytest.mark.parametrize(
    ("log_format", "parsed"),
    [
        pytest.param("${srcaddr} ${dstaddr} ${bytes}", '"* * *" as srcAddr, dstAddr, bytes', id="fewer fields"),
        pytest.param(
            " ".join(reversed(DEFAULT_LOG_FORMAT.split())),
            '"* * * * * * * * * * * * * *" as ' + ", ".join(reversed(DISCOVERED.split())),
            id="all fields in another order",
        ),
        pytest.param(
            "${srcaddr} ${dstaddr} ${srcaddr} ${bytes}",
            '"* * * *" as srcAddr, dstAddr, srcAddr2, bytes',
            id="a field twice",
        ),
    ],
)
def test_any_other_format_is_parsed_in_its_own_order(log_format: str, parsed: str) -> None:
    lines = query_text(BY_NAME["top_talkers"], log_format).splitlines()

    assert lines[1] == f"parse @message {parsed}"
    assert all(line.startswith("| ") for line in lines[2:])


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
@pytest.mark.parametrize("log_format", [DEFAULT_LOG_FORMAT, None], ids=["default format", "just what it needs"])
def test_a_query_speaks_of_no_field_that_it_does_not_need(query: Query, log_format: str | None) -> None:
    needed = " ".join(f"${{{field}}}" for field in query.needs)
    text = query_text(query, log_format or needed)
    spoken = {name for name in DISCOVERED.split() if name in text.replace("totalBytes", "")}
    allowed = {insights_name(field) for field in query.needs}

    assert missing_fields(query, log_format or needed) == []
    assert spoken - {"logStatus"} == allowed - {"logStatus"}
    assert ("logStatus" in text) == (log_format is not None or "log-status" in query.needs)


def test_skipped_records_are_not_filtered_out_before_they_are_looked_for() -> None:
    assert '"OK"' not in query_text(BY_NAME["skipped_records"], DEFAULT_LOG_FORMAT)


def test_what_a_format_lacks() -> None:
    assert missing_fields(BY_NAME["top_talkers"], "${srcaddr} ${pkt-dstaddr}") == ["dstaddr", "bytes"]


def test_a_remark_is_a_line_of_its_own() -> None:
    lines = query_text(BY_NAME["traffic_over_time"], DEFAULT_LOG_FORMAT, "Mind this.").splitlines()

    assert lines[:2] == ["# Traffic for every five minutes.", "# Mind this."]
