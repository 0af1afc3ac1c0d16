# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The saved queries for flow logs: what each answers, which fields it needs, and its text for a record format. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT


@dataclass(frozen=True)
class Query:
    """needs: fields under AWS's names. commands: what comes after the fields are known; they speak of insights_name().

    recorded_only: records of intervals without traffic, or without room for the records, are left out.
    """

    name: str
    about: str
    needs: tuple[str, ...]
    commands: tuple[str, ...]
    recorded_only: bool = True
    of_several_groups: bool = False


def _most_bytes(by: str, limit: int = 20) -> tuple[str, ...]:
    return (
        f"stats sum(bytes) as totalBytes, count(*) as records by {by}",
        "sort totalBytes desc",
        f"limit {limit}",
    )


QUERIES = (
    Query(
        "top_talkers",
        "Pairs of addresses with the most traffic.",
        ("srcaddr", "dstaddr", "bytes"),
        _most_bytes("srcAddr, dstAddr"),
    ),
    Query(
        "rejected_traffic",
        "What security groups and network ACLs reject most often.",
        ("srcaddr", "dstaddr", "dstport", "action"),
        (
            'filter action = "REJECT"',
            "stats count(*) as records by srcAddr, dstAddr, dstPort",
            "sort records desc",
            "limit 50",
        ),
    ),
    Query(
        "busiest_ports",
        "Destination ports with the most traffic; protocol is IANA's number, 6 for TCP, 17 for UDP.",
        ("dstport", "protocol", "bytes"),
        _most_bytes("dstPort, protocol"),
    ),
    Query(
        "traffic_by_interface",
        "Network interfaces with the most traffic.",
        ("interface-id", "bytes"),
        _most_bytes("interfaceId"),
    ),
    Query(
        "traffic_by_log_group",
        "How much traffic each log group tells of.",
        ("bytes",),
        _most_bytes("@log", 100),
        of_several_groups=True,
    ),
    Query(
        "traffic_over_time",
        "Traffic for every five minutes.",
        ("bytes",),
        ("stats sum(bytes) as totalBytes, count(*) as records by bin(5m)",),
    ),
    Query(
        "skipped_records",
        "Where records were skipped, as AWS had no room for them or met an error.",
        ("log-status",),
        (
            'filter logStatus = "SKIPDATA"',
            "stats count(*) as records by @log, @logStream",
            "sort records desc",
            "limit 50",
        ),
        recorded_only=False,
    ),
)
QUERY_NAMES = tuple(query.name for query in QUERIES)

# CloudWatch Logs Insights' names for the fields of the default format ("Supported logs and discovered fields"). In words,
# AWS separates those that have a hyphen in the record format only.
_WORDS = {
    "srcaddr": "srcAddr",
    "dstaddr": "dstAddr",
    "srcport": "srcPort",
    "dstport": "dstPort",
    "start": "startTime",
    "end": "endTime",
}


def fields_of(log_format: str) -> list[str]:
    """The fields of a record in their order, under AWS's names; the format is one that normalise() gave."""
    return [token[2:-1] for token in log_format.split()]


def missing_fields(query: Query, log_format: str) -> list[str]:
    """What the query needs and the format does not have."""
    there = set(fields_of(log_format))
    return [field for field in query.needs if field not in there]


def insights_name(field: str) -> str:
    """interface-id is interfaceId, srcaddr is srcAddr, pkt-srcaddr is pktSrcAddr."""
    first, *others = [_WORDS.get(word, word) for word in field.split("-")]
    return first + "".join(word[0].upper() + word[1:] for word in others if word)


def query_text(query: Query, log_format: str, remark: str = "") -> str:
    """The query in the language of CloudWatch Logs Insights, which knows by itself what fields the default format has."""
    fields = fields_of(log_format)
    commands = [] if fields == fields_of(DEFAULT_LOG_FORMAT) else [_parse(fields)]
    if query.recorded_only and "log-status" in fields:
        commands.append('filter logStatus = "OK"')
    remarks = [f"# {line}" for line in (query.about, remark) if line]
    return "\n".join([*remarks, "\n| ".join([*commands, *query.commands])])


def _parse(fields: Sequence[str]) -> str:
    """Names the fields of a record one by one. AWS takes a field twice, a name only once."""
    counts: dict[str, int] = {}
    names = []
    for field in fields:
        name = insights_name(field)
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name}{counts[name]}")
    return f'parse @message "{" ".join("*" for _name in names)}" as {", ".join(names)}'
