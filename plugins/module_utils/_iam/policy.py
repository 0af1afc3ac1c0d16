# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of the policy that lets records be written: what it is to be, beside the one that is there. Pure.

One that is there is left alone as far as nothing is said of it, and gets added what a delivery needs. Names that are asked
for replace its scope, except for those that flow logs use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import fixed_beginning

from .documents import ACTIONS
from .documents import CREATE_LOG_GROUP
from .documents import DESCRIBE_LOG_GROUPS
from .documents import OF_STREAMS
from .documents import PUT_LOG_EVENTS
from .documents import VERSION
from .documents import Document
from .documents import Statement
from .documents import allow
from .documents import allows
from .documents import allows_on
from .documents import creation_statement
from .documents import is_open
from .documents import listed
from .documents import names_action
from .documents import publishing_document
from .documents import scoped_names
from .documents import statement_allows
from .documents import statements_of
from .documents import stream_statement
from .patterns import EVERYTHING
from .patterns import common_pattern
from .patterns import covered
from .patterns import covers
from .patterns import without_covered
from .usage import Unread

# IAM's quota for a managed policy, white space not counted.
MOST_CHARACTERS = 6144
# Names that a sentence lists before it only counts the others.
_NAMED = 10


@dataclass(frozen=True)
class PolicyWish:
    """names: None leaves the scope alone, and a new policy gets all. needed: names that have to be writable at least.

    purge: whether names take the place of those that are there; in_use_stays: except for those that flow logs use.
    create: None leaves alone whether log groups may be created; a new policy allows it.
    """

    names: tuple[str, ...] | None = None
    needed: tuple[str, ...] = ()
    purge: bool = True
    in_use_stays: bool = True
    create: bool | None = None

    @property
    def replaces(self) -> bool:
        """True when names that are there may go."""
        return self.names is not None and self.purge

    @property
    def narrows(self) -> bool:
        """True when flow logs of others may be what a name is kept for."""
        return self.replaces and self.in_use_stays and EVERYTHING not in (self.names or ())


@dataclass(frozen=True)
class InUse:
    """names: log groups that flow logs deliver to through the role. unread: regions of which nothing is known."""

    names: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = field(default=())


@dataclass(frozen=True)
class WantedPolicy:
    """changes: what the document does and the one before does not, for a sentence."""

    document: Document
    changes: str = ""
    warnings: tuple[str, ...] = ()


def new_policy(account: Account, wish: PolicyWish, in_use: InUse) -> dict[str, Any]:
    names = None if wish.names is None else without_covered([*wish.names, *in_use.names])
    return publishing_document(account, None if names == (EVERYTHING,) else names, wish.create is not False)


def wanted_policy(
    account: Account, name: str, document: Document, wish: PolicyWish, in_use: InUse, compare: Comparison
) -> WantedPolicy:
    """What the document of the policy of this name is to be. Raises InvalidInput where that can't be known."""
    opened = wish.replaces and EVERYTHING in (wish.names or ())
    if wish.replaces and not (opened and _completed(account, document, wish, compare) is document):
        wanted: Document = _rescoped(account, name, document, wish, in_use)
    else:
        wanted = _completed(account, document, wish, compare)
    if not compare.policies_differ(document, wanted):
        return WantedPolicy(document, warnings=_unread_warnings(name, wish, document, in_use))
    warnings = (*_unread_warnings(name, wish, document, in_use), *_opening_warnings(name, document, wanted))
    return WantedPolicy(wanted, _changes(document, wanted), warnings)


# Names that replace the scope.


def _rescoped(account: Account, name: str, document: Document, wish: PolicyWish, in_use: InUse) -> dict[str, Any]:
    """Statements about anything else stay, and so do conditions on those that let records be written."""
    names = _names(name, document, wish, in_use)
    if names != (EVERYTHING,):
        _require_actions(name, document)
    create = allows(document, CREATE_LOG_GROUP) if wish.create is None else wish.create
    condition = _condition(name, document, PUT_LOG_EVENTS)
    of_describing = _condition(name, document, DESCRIBE_LOG_GROUPS) or {}
    if names == (EVERYTHING,):
        alike = (condition or {}) == of_describing
        made = publishing_document(account, None if alike else names, create)
    else:
        made = publishing_document(account, names, create)
    statements: list[Statement] = []
    for statement in made["Statement"]:
        its = of_describing if statement["Action"] == [DESCRIBE_LOG_GROUPS] else condition
        statements.append({**statement, "Condition": its} if its else statement)
    return {"Version": VERSION, "Statement": [*statements, *_others(document)]}


def _names(name: str, document: Document, wish: PolicyWish, in_use: InUse) -> tuple[str, ...]:
    """What is asked for, what the policy has for names in use that nobody asked for, and those that it lacks."""
    asked = wish.names or ()
    if not wish.narrows:
        return without_covered(asked)
    others = [each for each in in_use.names if not covered(each, asked)]
    there = [pattern for pattern in scoped_names(document) if pattern != EVERYTHING]
    if in_use.unread:
        _require_scope(name, document, in_use)
        kept = there
    else:
        kept = [pattern for pattern in there if any(covers(pattern, each) for each in others)]
    return without_covered([*asked, *kept, *others])


def _require_actions(name: str, document: Document) -> None:
    """Raises InvalidInput where records may be written because a statement does not name that: it could not be scoped."""
    for statement in statements_of(document):
        if "NotAction" in statement and any(statement_allows(statement, action) for action in OF_STREAMS):
            raise InvalidInput(
                f"Policy {name} lets the role write to log groups by a statement with NotAction, which can't be scoped without"
                " changing what else it allows. Nothing was written. Change the statement by hand, or leave log_group_names (of"
                " the role: flow_logs_least_privilege) out."
            )


def _require_scope(name: str, document: Document, in_use: InUse) -> None:
    if is_open(document):
        raise InvalidInput(
            f"Policy {name} lets the role write to all log groups, and which of them flow logs use could not be seen in"
            f" {_listed_regions(in_use)}. Nothing was written, as flow logs there might stop delivering. Let the caller call"
            " ec2:DescribeRegions, ec2:DescribeFlowLogs in these regions, and iam:ListEntitiesForPolicy; or leave log_group_names (of the role:"
            " flow_logs_least_privilege) out. keep_names_in_use: false scopes the policy whoever uses it."
        )


def _listed_regions(in_use: InUse) -> str:
    return "; ".join(f"{region.region} ({region.code}: {region.message.rstrip('.')})" for region in in_use.unread)


def _unread_warnings(name: str, wish: PolicyWish, document: Document, in_use: InUse) -> tuple[str, ...]:
    kept = [each for each in scoped_names(document) if not covered(each, [*(wish.names or ()), *in_use.names])]
    if not (wish.narrows and in_use.unread and kept):
        return ()
    return (
        f"Policy {name} keeps {_some(kept)}, as whether flow logs use them could not be seen in {_listed_regions(in_use)}.",
    )


def _condition(name: str, document: Document, action: str) -> Mapping[str, Any] | None:
    """The condition on which the action is allowed. Raises InvalidInput when there are several."""
    conditions: list[Mapping[str, Any]] = []
    for statement in statements_of(document):
        if statement_allows(statement, action) and (statement.get("Condition") or {}) not in conditions:
            conditions.append(statement.get("Condition") or {})
    if len(conditions) > 1:
        raise InvalidInput(
            f"Policy {name} allows {action} in several statements with different conditions: to give it another scope would"
            " weaken some of them. Change it by hand, or leave log_group_names (of the role: flow_logs_least_privilege) out."
        )
    return conditions[0] if conditions and conditions[0] else None


def _others(document: Document) -> list[Statement]:
    """What the document says of anything else than writing records, refusals among them unless nothing could be written."""
    kept: list[Statement] = []
    for statement in statements_of(document):
        if statement.get("Effect") != "Allow":
            kept += _other_refusals(statement) if _refuses_all(statement) else [statement]
            continue
        actions = listed(statement.get("Action"))
        left = [each for each in actions if not any(names_action(each, action) for action in ACTIONS)]
        if left or "NotAction" in statement:
            kept.append(statement if len(left) == len(actions) else {**statement, "Action": left})
    return kept


def _other_refusals(statement: Statement) -> list[Statement]:
    """A refusal to write records, without these: what it refuses besides by its name stays refused."""
    actions = listed(statement.get("Action"))
    left = [each for each in actions if not any(names_action(each, action) for action in ACTIONS)]
    return [{**statement, "Action": left}] if left else []


def _refuses_all(statement: Statement) -> bool:
    """True for a refusal that lets no record be written anywhere."""
    return (
        statement.get("Effect") == "Deny"
        and not statement.get("Condition")
        and "*" in listed(statement.get("Resource"))
        and any(names_action(each, action) for each in listed(statement.get("Action")) for action in OF_STREAMS)
    )


def _lets_write(document: Document) -> bool:
    statements = statements_of(document)
    return any(allows(document, action) for action in OF_STREAMS) and not any(map(_refuses_all, statements))


# Nothing, or not all, is said: what is there stays, and what is lacking comes to it.


def _completed(account: Account, document: Document, wish: PolicyWish, compare: Comparison) -> Document:
    asked = wish.names or wish.needed
    if not _lets_write(document):
        own = scoped_names(document)
        scope = without_covered([*own, *asked]) if own else wish.names
        default = publishing_document(account, None if scope == (EVERYTHING,) else scope, wish.create is not False)
        return {"Version": VERSION, "Statement": [*default["Statement"], *_others(document)]}
    names = asked or scoped_names(document) or (EVERYTHING,)
    lacking = {action: _lacking(account, document, action, names) for action in OF_STREAMS}
    creation = _lacking_creation(account, document, wish, names)
    describes = allows_on(document, DESCRIBE_LOG_GROUPS, account.log_group_arn("*", ":log-stream:"))
    complete = describes and not creation and not any(lacking.values())
    if complete and not (wish.create is False and allows(document, CREATE_LOG_GROUP)):
        return document
    create = allows(document, CREATE_LOG_GROUP) if wish.create is None else wish.create
    if _is_own(account, document, compare):
        own = scoped_names(document)
        scope = without_covered([*own, *(asked or names)]) if own else None
        return publishing_document(account, None if scope == (EVERYTHING,) else scope, create)
    statements = statements_of(document) if create else _without_creation(document)
    for missing in dict.fromkeys(each for each in lacking.values() if each):
        actions = [action for action in OF_STREAMS if lacking[action] == missing]
        statements = _added(statements, _on_streams(account, missing, actions))
    if not describes:
        statements = _added(statements, allow([DESCRIBE_LOG_GROUPS], "*"))
    if creation:
        statements = _added(statements, creation_statement(account, creation))
    return {**document, "Statement": statements}


def _on_streams(account: Account, names: Sequence[str], actions: Sequence[str]) -> dict[str, Any]:
    return allow(actions, "*") if EVERYTHING in names else stream_statement(account, names, actions)


def _lacking(account: Account, document: Document, action: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names that the action on streams is not allowed on."""
    arns = {name: f"{account.log_group_arn('*', name)}:log-stream:*" for name in names}
    return without_covered([name for name, arn in arns.items() if not allows_on(document, action, arn)])


def _lacking_creation(account: Account, document: Document, wish: PolicyWish, names: Sequence[str]) -> tuple[str, ...]:
    if not wish.create:
        return ()
    arns = {name: account.log_group_arn("*", name) for name in names}
    return without_covered([name for name, arn in arns.items() if not allows_on(document, CREATE_LOG_GROUP, arn)])


def _is_own(account: Account, document: Document, compare: Comparison) -> bool:
    """True for a document as this collection makes them."""
    own = publishing_document(account, scoped_names(document) or None, allows(document, CREATE_LOG_GROUP))
    return not compare.policies_differ(document, own)


def _added(statements: Sequence[Statement], new: Mapping[str, Any]) -> list[Statement]:
    """With the new statement: as part of one that allows just the same actions, where there is one."""
    for number, statement in enumerate(statements):
        alike = set(statement) - {"Sid"} == set(new) and statement["Effect"] == new["Effect"]
        if alike and set(listed(statement["Action"])) == set(new["Action"]):
            resources = list(dict.fromkeys([*listed(statement["Resource"]), *listed(new["Resource"])]))
            return [*statements[:number], {**statement, "Resource": resources}, *statements[number + 1 :]]
    return [*statements, new]


def _without_creation(document: Document) -> list[Statement]:
    """Patterns that take in the creation of log groups, such as logs:*, become the actions that a delivery needs."""
    kept: list[Statement] = []
    for statement in statements_of(document):
        if not statement_allows(statement, CREATE_LOG_GROUP) or "NotAction" in statement:
            kept.append(statement)
            continue
        actions: list[str] = []
        for pattern in listed(statement["Action"]):
            if names_action(pattern, CREATE_LOG_GROUP):
                actions += [each for each in ACTIONS if each != CREATE_LOG_GROUP and names_action(pattern, each)]
            else:
                actions.append(pattern)
        if actions:
            kept.append({**statement, "Action": list(dict.fromkeys(actions))})
    return kept


# What a change means, in words.


def _scope(document: Document) -> tuple[str, ...]:
    return (EVERYTHING,) if is_open(document) else scoped_names(document)


def _changes(before: Document, after: Document) -> str:
    old, new = _scope(before), _scope(after)
    added = [each for each in new if not covered(each, old)]
    gone = [each for each in old if not covered(each, new)]
    told = []
    if added:
        told.append(f"lets flow logs publish to {_some(added)}")
    if gone:
        told.append(f"no longer to {_some(gone)}" if added else f"no longer lets flow logs publish to {_some(gone)}")
    if allows(before, CREATE_LOG_GROUP) != allows(after, CREATE_LOG_GROUP):
        told.append(f"{'with' if allows(after, CREATE_LOG_GROUP) else 'without'} {CREATE_LOG_GROUP}")
    if any(map(_refuses_all, statements_of(before))):
        told.append("no longer refuses to write any")
    lost = [each for each in _patterns(before) if each not in (*ACTIONS, *_patterns(after))]
    if lost:
        told.append(f"no longer allows {_some(lost)}")
    return ", ".join(told)


def _patterns(document: Document) -> list[str]:
    allowed = [each for each in statements_of(document) if each.get("Effect") == "Allow"]
    return sorted({str(action) for each in allowed for action in listed(each.get("Action"))})


def _some(names: Sequence[str]) -> str:
    named = ", ".join("all log groups" if name == EVERYTHING else name for name in names[:_NAMED])
    return f"{named} and {len(names) - _NAMED} more" if len(names) > _NAMED else named


def _opening_warnings(name: str, before: Document, after: Document) -> tuple[str, ...]:
    """What was tighter for all that use the role, where the policy is opened as a whole."""
    old, new = _scope(before), _scope(after)
    if EVERYTHING not in new or EVERYTHING in old:
        return ()
    creation = "" if allows(before, CREATE_LOG_GROUP) else f", and did not allow {CREATE_LOG_GROUP}"
    tighter = f"was limited to {_some(old)}" if old else "let no log group be written"
    return (
        f"Policy {name} {tighter}{creation}: it is opened for all log groups, for all flow logs that use the role.",
    )


def require_fitting(document: Document, policy_name: str) -> None:
    """Raises InvalidInput when the document is longer than IAM takes."""
    length = len(json.dumps(document, separators=(",", ":")))
    if length <= MOST_CHARACTERS:
        return
    names = scoped_names(document)
    pattern = common_pattern(names)
    example = f", for example ['{pattern}']" if fixed_beginning(pattern) else ""
    raise InvalidInput(
        f"The document of policy {policy_name} would have {length} characters with its {len(names)} log groups, and IAM takes"
        f" {MOST_CHARACTERS}. Nothing was written. Name the log groups by patterns that take in many: log_group_names, or for"
        f" the role flow_logs_policy_log_group_names{example}."
    )
