# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What an estate records twice in CloudWatch Logs, and so pays twice: one finding for each cause. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import with_note
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.destination import CLOUD_WATCH_LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.value import TRAFFIC

from .commands import Commands
from .estate import Entry
from .estate import Estate
from .estate import Place
from .findings import finding

_RECORDS = {"ALL": TRAFFIC, "ACCEPT": ("ACCEPT",), "REJECT": ("REJECT",)}
_WORDS: dict[tuple[str, ...], str] = {("ACCEPT",): "accepted ", ("REJECT",): "rejected "}
# From the outside in.
_ORDER = ("vpc", "subnet", "eni")

# Resource id -> its flow logs that cost.
_Logs = Mapping[str, list[Entry]]


def twice(estate: Estate, commands: Commands) -> list[Entry]:
    """A warning for a resource with several flow logs of its own. Where the second one is that of a VPC or subnet around it, a note
    at the outermost resource inside that has one: both may be meant.
    """
    by_place: dict[tuple[str, str], dict[str, list[Entry]]] = {}
    for log in estate.flow_logs:
        # What does not arrive is not paid.
        arrives = log["delivery"]["state"] != "failing" and log["delivery"]["log_group_exists"] is not False
        if log["log_destination_type"] == CLOUD_WATCH_LOGS and arrives:
            here = by_place.setdefault((log["account_id"], log["region"]), {})
            here.setdefault(log["resource_id"], []).append(log)
    found: list[Entry] = []
    for key, logs in by_place.items():
        place = estate.place(*key)
        if place is not None:
            found += _OfPlace(place, logs, commands).findings()
    return found


class _OfPlace:
    """One region of an account."""

    def __init__(self, place: Place, logs: _Logs, commands: Commands) -> None:
        self._place, self._logs, self._commands = place, logs, commands

    def findings(self) -> list[Entry]:
        order = {prefix: number for number, prefix in enumerate(_ORDER)}
        owners = sorted(self._logs, key=lambda owner: (order.get(owner.split("-")[0], len(order)), owner))
        found: list[Entry] = []
        told: set[str] = set()
        inner = self._inner(owners)
        for owner in owners:
            own, around = self._logs[owner], self._place.around(owner)[1:]
            outer = [log for each in around for log in self._logs.get(each, ())]
            alone = _overlapping(own, ())
            if alone:
                found.append(self._finding(owner, alone, own, "warning", ""))
            traffic = _overlapping(own, outer)
            if set(traffic) - set(alone) and not told.intersection(around):
                told.add(owner)
                found.append(self._finding(owner, traffic, [*own, *outer], "note", _also(inner.get(owner, set()))))
        # A resource with several of its own inside of one that is recorded has one finding, the heavier one.
        return list({entry["id"]: entry for entry in reversed(found)}.values())

    def _inner(self, owners: Sequence[str]) -> dict[str, set[str]]:
        """Owner -> the owners inside of it."""
        inner: dict[str, set[str]] = {}
        for owner in owners:
            for each in self._place.around(owner)[1:]:
                inner.setdefault(each, set()).add(owner)
        return inner

    def _finding(
        self, owner: str, traffic: tuple[str, ...], logs: Sequence[Entry], severity: str, also: str
    ) -> Entry:
        involved = [log for log in logs if set(_RECORDS.get(log["traffic_type"], ())) & set(traffic)]
        listed = " and ".join(_named(log, owner) for log in involved)
        message = (
            f"The {_WORDS.get(traffic, '')}traffic of {owner} is recorded by {len(involved)} flow logs to CloudWatch Logs: {listed}{also}."
            " It is ingested and paid more than once."
        )
        ids = [log["flow_log_id"] for log in involved]
        options = {"flow_log_ids": ids, "coverage": True, "region": self._place.region}
        note = "Remove the one that is not needed, at its owner: state: absent with flow_log_ids."
        look = self._commands.module(self._place.connection, "flow_log_info", options)
        first = self._logs[owner][0]
        return finding(
            "recorded_twice",
            self._place.stamp(),
            owner,
            message,
            severity=severity,
            project=first["project"],
            subject_name=first["resource_name"],
            **with_note(look, f"This shows them. {note}", note),
        )


def _overlapping(own: Sequence[Entry], outer: Sequence[Entry]) -> tuple[str, ...]:
    """The traffic that one of the resource's own records, and another one too."""

    def recording(kind: str, logs: Sequence[Entry]) -> int:
        return sum(kind in _RECORDS.get(log["traffic_type"], ()) for log in logs)

    return tuple(
        kind for kind in TRAFFIC if recording(kind, own) and recording(kind, own) + recording(kind, outer) > 1
    )


def _named(log: Entry, owner: str) -> str:
    whose = f" of {log['resource_id']}" if log["resource_id"] != owner else ""
    rule = ", which a CloudWatch telemetry rule made," if log["managed_by_rule"] else ""
    return f"{log['flow_log_id']}{whose}{rule} to {log['log_group_name']}"


def _also(inner: set[str]) -> str:
    if not inner:
        return ""
    return f"; {len(inner)} more resource{'' if len(inner) == 1 else 's'} in it {'has' if len(inner) == 1 else 'have'} a flow log, too"
