# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What became of an account's IAM, of a delivery and of a folder of queries: facts, so that nobody reads them out of sentences. Pure."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import NamedTuple

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step

# Lists of a result whose entries say by their action what became of them.
_LISTS = ("flow_logs", "log_groups", "queries")


class Action(NamedTuple):
    """A step without its arguments: what was done, or in check mode would be, to what, and the sentence for people."""

    kind: str
    subject: str
    sentence: str


class FlowLogEntry(NamedTuple):
    """A flow log in few words: a delivery may have thousands. flow_log_id is None for one that is not there yet."""

    resource_id: str
    flow_log_id: str | None
    log_group_name: str
    action: str


@dataclass(frozen=True)
class Returned:
    """What a module returned, and its steps as data."""

    result: dict[str, Any]
    actions: tuple[Action, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def failures(self) -> list[Failure]:
        """Those of targets, each of which stops no other."""
        return [Failure(**entry) for entry in self.result.get("failures") or []]

    @property
    def message(self) -> str:
        """Why nothing could be done."""
        return str(self.result.get("msg") or self.result.get("stderr") or self.result)

    @property
    def sentences(self) -> list[str]:
        return [action.sentence for action in self.actions]

    def of(self, *subjects: str | None) -> list[Action]:
        """What was done to any of these."""
        return [action for action in self.actions if action.subject in subjects]

    def in_short(self) -> Returned:
        """Without the entries that stayed as they were, which are counted: thousands of them take their time."""
        failed = {entry["resource_id"] for entry in self.result.get("failures") or []}
        lists = {key: self.result[key] for key in _LISTS if isinstance(self.result.get(key), list)}
        if not lists:
            return self
        told = {key: [entry for entry in entries if _is_told(entry, failed)] for key, entries in lists.items()}
        same = sum(
            entry["action"] == "unchanged" and entry.get("resource_id") not in failed
            for entries in lists.values()
            for entry in entries
        )
        return Returned({**self.result, **told, "unchanged": same}, self.actions)


def _is_told(entry: Mapping[str, Any], failed: Collection[str]) -> bool:
    """What changed, and a log group that was to be deleted and is not."""
    return entry["action"] != "unchanged" or entry.get("log_group_name") in failed


def returned(result: dict[str, Any], steps: Sequence[Step] = ()) -> Returned:
    """steps: in the order of the result's sentences, which are printable and hold no secret."""
    sentences = result.get("differs") or result.get("actions") or []
    actions = (Action(step.kind, step.subject, sentence) for step, sentence in zip(steps, sentences))
    return Returned(result, tuple(actions))


def flow_log_entries(logs: Returned) -> tuple[FlowLogEntry, ...]:
    """All flow logs that flow_log returned, also those that stayed as they were."""
    return tuple(
        FlowLogEntry(
            entry["resource_id"], entry.get("flow_log_id"), entry.get("log_group_name") or "", entry["action"]
        )
        for entry in logs.result.get("flow_logs") or []
    )


@dataclass(frozen=True)
class AccountName:
    """label: what the account is called while its number is not known."""

    label: str
    number: str | None = None

    def __str__(self) -> str:
        return self.number or self.label


@dataclass(frozen=True)
class Outcome:
    """What became of an account, or of a part of it. error: why nothing could be done."""

    account: AccountName
    error: Returned | None = None

    @property
    def place(self) -> str:
        """Where it was, for people."""
        return str(self.account)

    def parts(self) -> dict[str, Returned | None]:
        """What modules returned, by the names that the action's result has for them."""
        return {"error": self.error}

    def as_result(self) -> dict[str, Any]:
        told = {name: part.result for name, part in self.parts().items() if part is not None}
        return {"account": {"label": self.account.label, "account_id": self.account.number}, **told}


@dataclass(frozen=True)
class IamOutcome(Outcome):
    """The IAM that deliveries share. skipped: deliveries that were not done, as the account could not be. setup: nothing else was asked for."""

    iam: Returned | None = None
    skipped: tuple[str, ...] = ()
    setup: bool = False

    @property
    def differs(self) -> bool:
        """IAM is only compared, and is not as it was asked for. Its deliveries are done all the same."""
        return self.iam is not None and bool(self.iam.result.get("differs"))

    def parts(self) -> dict[str, Returned | None]:
        return {"iam": self.iam, "error": self.error}


@dataclass(frozen=True)
class RemovalOutcome(Outcome):
    """The account's IAM after its flow logs are gone."""

    iam_removal: Returned | None = None

    def parts(self) -> dict[str, Returned | None]:
        return {"iam_removal": self.iam_removal, "error": self.error}


@dataclass(frozen=True)
class LeftOverOutcome(Outcome):
    """What is left of the account's IAM that nobody asked to remove. names: options of flow_log_iam that name it."""

    iam_info: Returned = field(default_factory=lambda: Returned({}))
    names: Mapping[str, Any] = field(default_factory=dict)
    assumed: bool = False
    manage_iam: bool = True

    def parts(self) -> dict[str, Returned | None]:
        return {"iam_info": self.iam_info}


@dataclass(frozen=True)
class DeliveryOutcome(Outcome):
    """number: the delivery's place in its account's plan. hosts: resource id -> host. entries: all its flow logs.

    With an error, the other parts are what was done before it.
    """

    label: str = ""
    number: int = 0
    region: str | None = None
    hosts: Mapping[str, str] = field(default_factory=dict)
    log_groups: Returned | None = None
    flow_logs: Returned | None = None
    entries: tuple[FlowLogEntry, ...] = ()
    proof: Returned | None = None

    @property
    def place(self) -> str:
        return f"{self.label} ({self.account})"

    def parts(self) -> dict[str, Returned | None]:
        return {"flow_logs": self.flow_logs, "log_groups": self.log_groups, "proof": self.proof, "error": self.error}

    def failures(self) -> dict[str, Failure]:
        """Of log groups and flow logs, by their id or name; a target that failed in both is told once."""
        found: dict[str, Failure] = {}
        for part in (self.log_groups, self.flow_logs):
            for failure in part.failures if part else ():
                found.setdefault(failure.resource_id, failure)
        return found

    def unproven(self) -> list[Failure]:
        """Flow logs that do not deliver, by their resource."""
        return self.proof.failures if self.proof else []

    def as_result(self) -> dict[str, Any]:
        removed = {"log_groups": None} if self.error is None and self.log_groups is None else {}
        # Its hosts are in the result's hosts and deliveries: Ansible goes through every word of a result, several times.
        return {**super().as_result(), **removed, "delivery": {"label": self.label}}


@dataclass(frozen=True)
class QueriesOutcome(Outcome):
    """A folder of saved queries. number: its place in its account's plan."""

    label: str = ""
    number: int = 0
    queries: Returned | None = None

    @property
    def place(self) -> str:
        return f"{self.label} ({self.account})"

    def parts(self) -> dict[str, Returned | None]:
        return {"insights_queries": self.queries, "error": self.error}

    def as_result(self) -> dict[str, Any]:
        return {**super().as_result(), "folder": {"label": self.label}}
