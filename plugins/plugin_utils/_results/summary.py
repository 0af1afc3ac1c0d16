# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What the accounts' outcomes mean to whoever reads the play's output. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import module_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.diff import entry_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import in_sentences
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.drift import differing
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import DeliveryOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import IamOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import LeftOverOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Outcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import QueriesOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import RemovalOutcome
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.outcomes import Returned
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import remaining_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import twice_lines

# In the order in which they are counted up.
_ACTIONS = ("created", "replaced", "retagged", "deleted", "unchanged")
# Lines of one kind that a delivery has in the summary.
_SHOWN = 20
# Refusals that are as they should be: the role is removed once nothing uses it, and something does.
_IN_ORDER = ("RoleInUse",)


def results(outcomes: Sequence[Outcome]) -> list[Mapping[str, Any]]:
    """All that modules returned."""
    return [part.result for outcome in outcomes for part in outcome.parts().values() if part is not None]


def summary_lines(outcomes: Sequence[Outcome], mood: str = "was") -> list[str]:
    """For each account what became of its IAM, for each delivery a line of counts and one for each target that changed.

    mood is "was" for what was done and "would be" for what check mode found.
    """
    return printable_lines(line for outcome in outcomes for line in _summary(outcome, mood))


def failure_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each account, delivery and target that failed, with what to do; empty when all went well."""
    return printable_lines(f"{outcome.place}: {line}" for outcome in outcomes for line in failures_of(outcome))


def total_line(totals: Mapping[str, int], check: bool, failed_hosts: int) -> str:
    """One line for the whole run. failed_hosts: those that nothing was done for, as something is wrong with their variables."""
    failed = [f"{totals['failed']} failed"] if totals["failed"] else []
    hosts = [f"{failed_hosts} host{'' if failed_hosts == 1 else 's'} left out"] if failed_hosts else []
    if check:
        verbs = {"created": "create", "replaced": "replace", "retagged": "retag", "deleted": "delete"}
        planned = [f"{totals[name]} to {verb}" for name, verb in verbs.items() if totals[name] or name != "retagged"]
        same = [f"{totals['unchanged']} unchanged"] if totals["unchanged"] else []
        return f"Plan: {', '.join([*planned, *same, *failed, *hosts])}"
    done = [f"{totals[name]} {name}" for name in _ACTIONS if totals[name]]
    return f"Flow logs: {', '.join([*done, *failed, *hosts]) or 'nothing to do'}"


def diffs(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """What differs, with a line for each flow log, log group and query, and IAM as its module shows it."""
    return [diff for outcome in outcomes for diff in _diffs(outcome) if diff["before"] != diff["after"]]


def _diffs(outcome: Outcome) -> list[dict[str, Any]]:
    place = printable(outcome.place)
    header = {"before_header": place, "after_header": place}
    shown = [part.result["diff"] for part in outcome.parts().values() if part is not None and "diff" in part.result]
    if not isinstance(outcome, (DeliveryOutcome, QueriesOutcome)):
        return [{**header, **diff} for diff in shown]
    names = outcome.hosts if isinstance(outcome, DeliveryOutcome) else {}
    sides = {side: [line for diff in shown for line in _diff_lines(diff[side], names)] for side in ("before", "after")}
    return [{**header, **{side: "".join(f"{line}\n" for line in lines) for side, lines in sides.items()}}]


_NOUNS = {"log_groups": "log group", "flow_logs": "flow log of", "queries": "query"}


def _diff_lines(state: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    return [line for key, noun in _NOUNS.items() for line in entry_lines(noun, state.get(key) or [], names)]


def _summary(outcome: Outcome, mood: str) -> list[str]:
    place = outcome.place
    if outcome.error is not None:
        skipped = outcome.skipped if isinstance(outcome, IamOutcome) else ()
        logs = outcome.flow_logs if isinstance(outcome, DeliveryOutcome) else None
        done = [f"  {line}" for line in (logs.sentences if logs else ())]
        return [f"{place}: FAILED", *done, *(f"  {label}: not done" for label in skipped)]
    if isinstance(outcome, DeliveryOutcome):
        return _of_delivery(outcome, mood)
    if isinstance(outcome, QueriesOutcome):
        return [f"{place}: {line}" for line in _of_queries(outcome)]
    if isinstance(outcome, IamOutcome):
        return [f"{place}: {line}" for line in _of_iam(outcome)]
    if isinstance(outcome, RemovalOutcome):
        return [f"{place}: {line}" for line in _of_removal(outcome)]
    if isinstance(outcome, LeftOverOutcome):
        return [f"{place}: {line}" for line in _left_over(outcome)]
    return []


def _of_iam(outcome: IamOutcome) -> list[str]:
    """What was done, and where IAM is not managed, what would have been."""
    if outcome.iam is None:
        return []
    if outcome.differs:
        return [f"IAM differs: {'; '.join(outcome.iam.sentences)}"]
    if outcome.setup and not outcome.iam.actions:
        return ["role and policy are as they were asked for"]
    return outcome.iam.sentences


def _of_delivery(outcome: DeliveryOutcome, mood: str) -> list[str]:
    failures = outcome.failures()
    counts = Counter(entry.action for entry in outcome.entries if entry.resource_id not in failures)
    counts["failed"] = len(failures)
    counted = ", ".join(f"{counts[action]} {action}" for action in (*_ACTIONS, "failed") if counts[action])
    logs = outcome.flow_logs.result if outcome.flow_logs else {}
    idle = "nothing to remove" if logs.get("remaining") else "nothing to do"
    lines = [f"{outcome.place}: {counted or idle}"]
    lines += _shortened(
        [
            f"  {_named(outcome.hosts, entry.resource_id)}: {entry.flow_log_id or 'a flow log'} {mood} {entry.action},"
            f" to {entry.log_group_name}"
            for entry in outcome.entries
            if entry.action != "unchanged" and entry.resource_id not in failures
        ]
    )
    lines += _of_groups(outcome.log_groups, mood)
    if outcome.log_groups is None and counts["deleted"]:
        lines.append("  Log groups and their records are kept.")
    lines += twice_lines(logs, outcome.hosts) + remaining_lines(logs, outcome.hosts, mood)
    lines += _shortened([f"  {_named(outcome.hosts, resource_id)}: FAILED" for resource_id in failures])
    return lines + _proven(outcome.proof)


def _of_groups(groups: Returned | None, mood: str) -> list[str]:
    """What was deleted, and what changed on log groups that were there before; what a new one gets goes without saying."""
    if groups is None:
        return []
    actions = {group["log_group_name"]: group["action"] for group in groups.result.get("log_groups") or []}
    deleted = [f"  log group {name} {mood} deleted with its records" for name, action in actions.items() if action == "deleted"]
    updated = [f"  {action.sentence}" for action in groups.actions if actions.get(action.subject) == "updated"]
    return [*_shortened(deleted), *_shortened(updated)]


def _shortened(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are: the result's hosts have them all."""
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"  and {more} more, see hosts"] if more > 1 else lines


def _proven(proof: Returned | None) -> list[str]:
    """What came of waiting for records."""
    if proof is None or "delivering" not in proof.result:
        return []
    delivering = len(proof.result["delivering"])
    return [f"  Records of {delivering} of {delivering + len(proof.failures)} flow logs have arrived."]


def _of_queries(outcome: QueriesOutcome) -> list[str]:
    """A line of counts; nothing when all is as it was, as the flow logs are what the run is about."""
    if outcome.queries is None:
        return []
    entries = outcome.queries.result["queries"]
    counts = Counter(query["action"] for query in entries if query["action"] not in ("unchanged", "failed"))
    told = [f"{count} {action}" for action, count in sorted(counts.items())]
    told += [f"{len(outcome.queries.failures)} failed"] if outcome.queries.failures else []
    return [", ".join(told)] if told else []


def _of_removal(outcome: RemovalOutcome) -> list[str]:
    if outcome.iam_removal is None:
        return []
    kept = [failure.message for failure in outcome.iam_removal.failures if failure.code in _IN_ORDER]
    return [*outcome.iam_removal.sentences, *kept]


def _left_over(outcome: LeftOverOutcome) -> list[str]:
    """What of the account's IAM nothing uses any more, and how to remove it."""
    info = outcome.iam_info.result
    if info.get("failed"):
        return [f"whether anything still uses the IAM role could not be seen: {info['msg']}"]
    unread = [f"{region['region']} ({region['code']})" for region in info["regions_not_read"]]
    users = [
        f"role {role['role_name']} is used by {len(role['in_use_by'])} more flow logs"
        for role in info["roles"]
        if role["in_use_by"]
    ]
    if users:
        return users
    if unread and info["roles"]:
        return [f"whether anything still uses the IAM role could not be seen in {', '.join(unread)}"]
    unused = [f"role {name}" for name in info["orphaned"]["roles"]]
    unused += [f"policy {name}" for name in info["orphaned"]["policies"]]
    if not unused:
        return []
    listed = " and ".join(unused) if len(unused) < 3 else f"{', '.join(unused[:-1])} and {unused[-1]}"
    return [f"nothing uses {listed} any more. {_command(outcome)}"]


def _command(outcome: LeftOverOutcome) -> str:
    again = "To remove what is left, run the same removal once more with -e flow_logs_remove_iam=true"
    if not outcome.manage_iam:
        return f"{again} -e flow_logs_manage_iam=true, by somebody who may remove IAM."
    options = {name: value for name, value in outcome.names.items() if value}
    command = module_command("netops.flow_logs.flow_log_iam", {**options, "state": "absent"})
    if outcome.assumed or command.text is None:
        return f"{again}."
    return f"{again}, or: {command.text}"


def _named(hosts: Mapping[str, str], resource_id: str) -> str:
    host = hosts.get(resource_id, resource_id)
    return resource_id if host == resource_id else f"{host} ({resource_id})"


def failures_of(outcome: Outcome) -> list[str]:
    """What failed and what to do, in sentences without the place."""
    lines = [] if outcome.error is None else [outcome.error.message]
    if isinstance(outcome, RemovalOutcome):
        removal = outcome.iam_removal.failures if outcome.iam_removal else []
        return lines + in_sentences([failure for failure in removal if failure.code not in _IN_ORDER])
    if isinstance(outcome, QueriesOutcome):
        return lines + in_sentences(outcome.queries.failures if outcome.queries else [])
    if isinstance(outcome, IamOutcome):
        refused = outcome.iam.failures if outcome.iam else []
        return [*lines, *iam_differs(outcome), *in_sentences(refused)]
    if not isinstance(outcome, DeliveryOutcome):
        return lines
    failures = [*outcome.failures().values(), *outcome.unproven()]
    named = [replace(failure, resource_id=_named(outcome.hosts, failure.resource_id)) for failure in failures]
    return [*lines, *unseen_records(outcome), *in_sentences(named)]


def unseen_records(outcome: DeliveryOutcome) -> list[str]:
    if outcome.proof is None or not outcome.proof.result.get("failed"):
        return []
    return [f"whether records arrive could not be seen: {outcome.proof.message}"]


def iam_differs(outcome: IamOutcome) -> list[str]:
    """IAM that is only compared, and is not as it was asked for. Its deliveries are done all the same."""
    return [differing(outcome.iam.sentences)] if outcome.iam and outcome.differs else []
