# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What is wrong with the settings of a host, found before AWS is asked for anything. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from typing import Callable

from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import tag_wish
from ansible_collections.netops.flow_logs.plugins.module_utils._core.regions import require_region_name
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import EC2
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import IAM
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import TagRules
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import normalise
from ansible_collections.netops.flow_logs.plugins.module_utils._iam import options as role_options
from ansible_collections.netops.flow_logs.plugins.module_utils._iam.patterns import covered
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group.plan import require_key_arn
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import is_legal
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import policy_pattern
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import require_scoped

from .query_folders import check_queries


def reasons_against(settings: Mapping[str, Any]) -> list[str]:
    """What the modules would refuse; settings are the role's variables of a host. Empty when nothing is wrong."""
    # What is only set is of no matter to a removal.
    given = {} if settings.get("flow_logs_state") == "absent" else settings
    checks: tuple[Callable[[], Any], ...] = (
        lambda: _check_region(settings.get("flow_logs_region"), given.get("flow_logs_kms_key_id")),
        lambda: _check_template(settings),
        lambda: _check_scope(settings),
        lambda: normalise(settings.get("flow_logs_log_format")),
        lambda: _check_tags("flow_logs_tags", given, EC2, LOGS),
        lambda: _check_tags("flow_logs_iam_tags", given, IAM),
        lambda: check_queries(settings),
        lambda: _check_seconds(settings),
        lambda: policy_names(settings),
    )
    reasons = []
    for check in checks:
        try:
            check()
        except InvalidInput as error:
            reasons.append(str(error))
    return reasons


def reason_against_role(settings: Mapping[str, Any], account: Account) -> str:
    """What flow_log_iam would refuse; it is done for the whole account, which would stop for one host's operators. Empty when nothing."""
    given = {} if settings.get("flow_logs_state") == "absent" else settings
    options = {
        "role_name": settings["flow_logs_role_name"],
        "policy_name": settings["flow_logs_policy_name"],
        "permissions_boundary": given.get("flow_logs_permissions_boundary"),
        "pass_role_to": given.get("flow_logs_pass_role_to"),
        "tags": given.get("flow_logs_iam_tags"),
        # What the account's options make of all hosts.
        "purge_tags": False,
        "path": None,
        "log_group_names": None,
        "needed_log_group_names": None,
        "purge_log_group_names": False,
        "keep_names_in_use": True,
        "allow_create_log_group": None,
        "restrict_trust": None,
    }
    try:
        role_options.wish_from_options(options, account)
    except InvalidInput as error:
        return str(error)
    return ""


def _check_scope(settings: Mapping[str, Any]) -> None:
    if settings.get("flow_logs_least_privilege") and settings.get("flow_logs_state") == "present":
        for name in settings.get("flow_logs_policy_log_group_names") or [settings["flow_logs_log_group_name"]]:
            require_scoped(str(name), settings.get("flow_logs_region"))


def _check_region(region: Any, key: Any) -> None:
    """Raises InvalidInput. The region may come from elsewhere, such as a profile: then the module compares it with the key's."""
    if region:
        require_region_name(region, "flow_logs_region")
    if key:
        require_key_arn(str(key), str(region) if region else None)


def _check_seconds(settings: Mapping[str, Any]) -> None:
    for variable in ("flow_logs_removal_wait", "flow_logs_verify_timeout"):
        if (settings.get(variable) or 0) < 0:
            raise InvalidInput(f"{variable} is {settings[variable]}: give a number of seconds, 0 or more.")
    for variable in ("flow_logs_call_timeout", "flow_logs_account_timeout"):
        if not 0 < settings.get(variable, 1) < float("inf"):
            raise InvalidInput(f"{variable} is {settings[variable]}: give a number of seconds, more than 0.")


def _check_tags(variable: str, settings: Mapping[str, Any], *rules: TagRules) -> None:
    """Raises InvalidInput. Settings of hosts are compared in the order of their keys, which numbers and text have not in common."""
    tags = settings.get(variable)
    tag_wish(tags, True, *rules, option=variable)
    numbers = [key for key in tags or () if not isinstance(key, str)]
    if numbers and len(numbers) < len(tags or ()):
        raise InvalidInput(f"{variable} has the key {numbers[0]!r}, a number, beside keys that are text: write it in quotes.")


def _check_template(settings: Mapping[str, Any]) -> None:
    """Raises InvalidInput, which says so where it is the project that makes no name."""
    try:
        placeholders(settings["flow_logs_log_group_name"])
    except InvalidInput as error:
        project = str(settings.get("flow_logs_project") or "")
        if project and not is_legal(project) and project in settings["flow_logs_log_group_name"]:
            raise InvalidInput(
                f"its project {project!r} can't be part of a log group name ({error}) Set flow_logs_project for it,"
                " or a flow_logs_log_group_name without the project."
            ) from None
        raise


def policy_names(settings: Mapping[str, Any]) -> list[str]:
    """The patterns by which the role's policy names the host's log groups. Raises InvalidInput where they leave one out."""
    region = settings.get("flow_logs_region")
    # The module fills the account in.
    facts = {"account_id": "{account_id}", **({"region": region} if region else {})}
    template = policy_pattern(settings["flow_logs_log_group_name"], facts)
    own = settings.get("flow_logs_policy_log_group_names")
    if own is None:
        return [template]
    patterns = [policy_pattern(str(name), facts) for name in own]
    if not covered(template, patterns):
        listed = ", ".join(patterns) or "nothing"
        raise InvalidInput(
            f"flow_logs_policy_log_group_names ({listed}) does not take in {template}, the log groups of"
            " flow_logs_log_group_name: the role could not write there. Add a pattern that does."
        )
    return patterns
