# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Targets whose log group could not be made as it was asked for: they get no flow log in this run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure

from .outcomes import Returned


@dataclass(frozen=True)
class Barred:
    """targets: resource id -> its failure. groups: what log_group returned, with the failures of the targets for the groups'."""

    groups: Returned
    targets: Mapping[str, Failure] = field(default_factory=dict)


def barred(groups: Returned, names: Mapping[str, str]) -> Barred:
    """names: resource id -> its log group. A failure of a target itself, which has no group, stays what it is."""
    failed = {failure.resource_id: failure for failure in groups.failures}
    targets = {target: _of_target(target, name, failed[name]) for target, name in names.items() if name in failed}
    if not targets:
        return Barred(groups)
    others = [failure for subject, failure in failed.items() if subject not in names.values()]
    failures = [failure.as_result() for failure in (*others, *targets.values())]
    # Before ansible-core 2.21 the list goes by the name of failed, too.
    same = {"failed": failures} if isinstance(groups.result.get("failed"), list) else {}
    return Barred(replace(groups, result={**groups.result, "failures": failures, **same}), targets)


def _of_target(target: str, name: str, failure: Failure) -> Failure:
    message = f"{failure.message.rstrip('.')}. No flow log is created to a log group that could not be made as asked: {name}."
    return Failure(target, failure.code, message, failure.hint)
