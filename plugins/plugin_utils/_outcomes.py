# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What the accounts' outcomes mean to whoever reads the play's output. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any
from typing import Dict
from typing import List
from typing import Mapping
from typing import Sequence

from ansible_collections.netops.flow_logs.plugins.module_utils._core.command import module_command
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable_lines
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import in_sentences
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.drift import differing
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import remaining_lines
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.twice import twice_lines

# In the order in which they are counted up.
_ACTIONS = ("created", "replaced", "retagged", "deleted", "unchanged")
# Parts of an outcome that a module returned.
PARTS = ("iam", "iam_removal", "iam_info", "flow_logs", "log_groups", "insights_queries", "error")
# Refusals that are as they should be: the role is removed once nothing uses it, and something does.
_IN_ORDER = ("RoleInUse",)


def results(outcomes: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
    """All that modules returned, each once: an account's IAM stands in the outcomes of its deliveries and folders too."""
    found = []
    for outcome in outcomes:
        for part in PARTS:
            if outcome.get(part) is not None and not (part == "iam" and _is_part(outcome)):
                found.append(outcome[part])
    return found


def summary_lines(outcomes: Sequence[Mapping[str, Any]], mood: str = "was") -> List[str]:
    """For each account what became of its IAM, for each delivery a line of counts and one for each target that changed.

    mood is "was" for what was done and "would be" for what check mode found.
    """
    return printable_lines(line for outcome in outcomes for line in _summary(outcome, mood))


def failure_lines(outcomes: Sequence[Mapping[str, Any]]) -> List[str]:
    """A line for each account, delivery and target that failed, with what to do; empty when all went well."""
    return printable_lines(f"{_place(outcome)}: {line}" for outcome in outcomes for line in _failures(outcome))


def _is_part(outcome: Mapping[str, Any]) -> bool:
    """True for a delivery and for a folder of saved queries, which are parts of an account."""
    return "delivery" in outcome or "folder" in outcome


def _place(outcome: Mapping[str, Any]) -> str:
    account = _account(outcome)
    part = outcome.get("delivery") or outcome.get("folder")
    return f"{part['label']} ({account})" if part else account


def _account(outcome: Mapping[str, Any]) -> str:
    """The account's number out of the role's ARN, or what the account is called while that is not known."""
    arn = str(outcome.get("iam", {}).get("role", {}).get("arn", ""))
    return arn.split(":")[4] if arn.count(":") >= 5 else str(outcome["account"]["label"])


def _summary(outcome: Mapping[str, Any], mood: str) -> List[str]:
    place = _place(outcome)
    if "error" in outcome:
        skipped = [] if _is_part(outcome) else outcome["account"].get("deliveries", [])
        done = [f"  {line}" for line in outcome.get("flow_logs", {}).get("actions", [])]
        return [f"{place}: FAILED", *done, *(f"  {delivery['label']}: not done" for delivery in skipped)]
    if "insights_queries" in outcome:
        return _of_queries(outcome)
    if "iam" in outcome and "delivery" not in outcome:
        return [f"{place}: {line}" for line in _of_iam(outcome)]
    if "iam_removal" in outcome:
        kept = [f"{place}: {failure['message']}" for failure in _kept(outcome)]
        return [*(f"{place}: {action}" for action in outcome["iam_removal"]["actions"]), *kept]
    if "iam_info" in outcome:
        return [f"{place}: {line}" for line in _left_over(outcome)]
    return _of_delivery(outcome, mood)


def _of_iam(outcome: Mapping[str, Any]) -> List[str]:
    """What was done, and where IAM is not managed, what would have been."""
    iam = outcome["iam"]
    if iam.get("differs"):
        return [f"IAM differs: {'; '.join(iam['differs'])}"]
    if outcome.get("setup") and not iam["actions"]:
        return ["role and policy are as they were asked for"]
    return list(iam["actions"])


def _of_delivery(outcome: Mapping[str, Any], mood: str) -> List[str]:
    logs = outcome["flow_logs"]["flow_logs"]
    failures = _by_target(outcome)
    counts = Counter(log["action"] for log in logs if log["resource_id"] not in failures)
    counts["unchanged"] += outcome["flow_logs"].get("unchanged", 0)
    counts["failed"] = len(failures)
    counted = ", ".join(f"{counts[action]} {action}" for action in (*_ACTIONS, "failed") if counts[action])
    idle = "nothing to remove" if outcome["flow_logs"].get("remaining") else "nothing to do"
    lines = [f"{_place(outcome)}: {counted or idle}"]
    hosts: Mapping[str, str] = outcome["delivery"]["hosts"]
    for log in logs:
        if log["action"] != "unchanged" and log["resource_id"] not in failures:
            flow_log = log.get("flow_log_id", "a flow log")
            target = _named(hosts, log["resource_id"])
            lines.append(f"  {target}: {flow_log} {mood} {log['action']}, to {log['log_group_name']}")
    for group in (outcome["log_groups"] or {}).get("log_groups", []):
        if group["action"] == "deleted":
            lines.append(f"  log group {group['log_group_name']} {mood} deleted with its records")
    lines += [f"  {action}" for action in _corrections(outcome["log_groups"] or {})]
    if outcome["log_groups"] is None and counts["deleted"]:
        lines.append("  Log groups and their records are kept.")
    lines += twice_lines(outcome["flow_logs"], hosts) + remaining_lines(outcome["flow_logs"], hosts, mood)
    lines += [f"  {_named(hosts, resource_id)}: FAILED" for resource_id in failures]
    return lines + _proven(outcome.get("proof"))


def _corrections(result: Mapping[str, Any]) -> List[str]:
    """What changed on log groups that were there before; what a new one gets goes without saying."""
    corrected = {group["log_group_name"] for group in result.get("log_groups", []) if group["action"] == "updated"}
    return [action for action in result.get("actions", []) if corrected.intersection(action.split())]


def _proven(proof: Any) -> List[str]:
    """What came of waiting for records."""
    if not proof or "delivering" not in proof:
        return []
    waited = len(proof["delivering"]) + len(proof["failures"])
    return [f"  Records of {len(proof['delivering'])} of {waited} flow logs have arrived."]


def _of_queries(outcome: Mapping[str, Any]) -> List[str]:
    """A line of counts; nothing when all is as it was, as the flow logs are what the run is about."""
    result = outcome["insights_queries"]
    counts = Counter(query["action"] for query in result["queries"] if query["action"] not in ("unchanged", "failed"))
    told = [f"{count} {action}" for action, count in sorted(counts.items())]
    told += [f"{len(result['failures'])} failed"] if result.get("failures") else []
    return [f"{_place(outcome)}: {', '.join(told)}"] if told else []


def _kept(outcome: Mapping[str, Any]) -> List[Mapping[str, str]]:
    return [failure for failure in outcome["iam_removal"].get("failures") or [] if failure["code"] in _IN_ORDER]


def _left_over(outcome: Mapping[str, Any]) -> List[str]:
    """What of the account's IAM nothing uses any more, and how to remove it."""
    info = outcome["iam_info"]
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


def _command(outcome: Mapping[str, Any]) -> str:
    again = "To remove what is left, run the same removal once more with -e flow_logs_remove_iam=true"
    if not outcome.get("manage_iam", True):
        return f"{again} -e flow_logs_manage_iam=true, by somebody who may remove IAM."
    options = {name: value for name, value in outcome["names"].items() if value}
    command = module_command("netops.flow_logs.flow_log_iam", {**options, "state": "absent"})
    if outcome["assumed"] or command.text is None:
        return f"{again}."
    return f"{again}, or: {command.text}"


def _named(hosts: Mapping[str, str], resource_id: str) -> str:
    host = hosts.get(resource_id, resource_id)
    return resource_id if host == resource_id else f"{host} ({resource_id})"


def _by_target(outcome: Mapping[str, Any]) -> Dict[str, Mapping[str, str]]:
    """Failures of log groups and flow logs; a target that failed in both is told once."""
    failures: Dict[str, Mapping[str, str]] = {}
    for part in ("log_groups", "flow_logs"):
        for failure in (outcome.get(part) or {}).get("failures") or []:
            failures.setdefault(failure["resource_id"], failure)
    return failures


def _failures(outcome: Mapping[str, Any]) -> List[str]:
    lines = []
    if "error" in outcome:
        error = outcome["error"]
        lines.append(str(error.get("msg") or error.get("stderr") or error))
    if "iam_removal" in outcome:
        refused = [
            failure for failure in outcome["iam_removal"].get("failures") or [] if failure["code"] not in _IN_ORDER
        ]
        return in_sentences([Failure(**failure) for failure in refused])
    if "insights_queries" in outcome:
        failed = outcome["insights_queries"].get("failures") or []
        return in_sentences([Failure(**failure) for failure in failed])
    if "delivery" not in outcome:
        refused = outcome.get("iam", {}).get("failures") or []
        return [*lines, *_iam_differs(outcome), *in_sentences([Failure(**failure) for failure in refused])]
    proof = outcome.get("proof") or {}
    if proof.get("failed"):
        lines.append(f"whether records arrive could not be seen: {proof['msg']}")
    hosts = outcome["delivery"]["hosts"]
    return lines + in_sentences(
        [
            Failure(_named(hosts, failure["resource_id"]), failure["code"], failure["message"], failure.get("hint", ""))
            for failure in [*_by_target(outcome).values(), *proof.get("failures", [])]
        ]
    )


def _iam_differs(outcome: Mapping[str, Any]) -> List[str]:
    """IAM that is only compared, and is not as it was asked for. Its deliveries are done all the same."""
    differs = outcome.get("iam", {}).get("differs")
    return [differing(differs)] if differs else []
