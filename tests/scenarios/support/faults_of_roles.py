# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that can't be used (yet)."""

from __future__ import annotations

import json

from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import scenario_named
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import EC2_TRUST
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_time
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import TRUST

_CREATE_IT = "netops.flow_logs.flow_log_iam creates or corrects it"


def _remove(stage: Stage) -> None:
    stage.cloud.client("iam").delete_role(RoleName=ROLE)


def _make_anew(stage: Stage) -> None:
    _remove(stage)
    stage.cloud.role(trust=TRUST)


def _trust_ec2(stage: Stage) -> None:
    document = json.dumps(EC2_TRUST)
    stage.cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)
    stage.clock.advance(HOUR)


def _trust_the_service(stage: Stage) -> None:
    stage.cloud.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(TRUST))


def _correct_the_trust_just_now(stage: Stage) -> None:
    _trust_ec2(stage)
    _trust_the_service(stage)


def _make_it(stage: Stage) -> None:
    stage.cloud.role(trust=TRUST)


OF_ROLES = (
    Fault(
        "a new role can't be assumed for 8 s",
        "1.5",
        lambda: scenario_named("young-role"),
        flow_log=Cell("waits, then done", before=_make_anew, proof=met_time),
    ),
    Fault(
        "the same, said in `Unsuccessful`",
        "1.4",
        lambda: scenario_named("young-role-listed"),
        flow_log=Cell("waits, then done", before=_make_anew, proof=met_time),
    ),
    Fault(
        "a role can't be assumed by its new trust for 8 s",
        "1.5",
        lambda: scenario_named("young-role"),
        flow_log=Cell("waits, then done", before=_correct_the_trust_just_now, proof=met_time),
    ),
    Fault(
        "a new role can't be assumed for longer than `wait_timeout`",
        "1.5",
        lambda: Scenario(role_delay=600),
        flow_log=Cell(
            "says to raise `wait_timeout` or to run it again",
            fails=("InvalidParameter",),
            hint="raise wait_timeout or run it again",
            before=_make_anew,
        ),
    ),
    Fault(
        "the same, said in `Unsuccessful`, for longer than `wait_timeout`",
        "1.4",
        lambda: Scenario(role_delay=600, unassumable="unsuccessful"),
        flow_log=Cell(
            "says to raise `wait_timeout` or to run it again",
            fails=("400",),
            hint="raise wait_timeout or run it again",
            before=_make_anew,
        ),
    ),
    Fault(
        "the role trusts somebody else",
        "1.5",
        Scenario,
        flow_log_iam=Cell("corrects the trust", proof=met_a_state),
        flow_log=Cell(
            "says which module corrects the role",
            fails=("InvalidParameter",),
            hint=_CREATE_IT,
            options={"wait_timeout": 10},
            before=_trust_ec2,
            heal=_trust_the_service,
        ),
    ),
    Fault(
        "the role does not exist",
        "1.5",
        Scenario,
        flow_log_iam=Cell("creates it", before=_remove, proof=met_a_state),
        flow_log=Cell(
            "says which module creates the role",
            fails=("InvalidParameter",),
            hint=_CREATE_IT,
            options={"wait_timeout": 10},
            before=_remove,
            heal=_make_it,
        ),
    ),
    Fault(
        "the caller may not pass the role",
        "1.5",
        lambda: scenario_named("pass-role-denied"),
        flow_log=Cell(
            "prints the policy to attach",
            fails=("UnauthorizedOperation",),
            hint='"Action": "iam:PassRole"',
        ),
    ),
)
