# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can happen to saved queries."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.emulator.calls import Call
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Refusal
from ansible_collections.netops.flow_logs.tests.emulator.scenario import Scenario
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Cell
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import Fault
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_a_state
from ansible_collections.netops.flow_logs.tests.scenarios.support.fault import met_time
from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_queries import TWICE
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_queries import WRONG


def _somebody_saves_the_same(stage: Stage) -> None:
    """Just before the first new query is saved, somebody saves one of its name."""
    waiting = [True]

    def act(call: Call, when: str) -> None:
        is_new = call.operation == "PutQueryDefinition" and "queryDefinitionId" not in call.parameters
        if is_new and when == "before" and waiting:
            waiting.clear()
            stage.cloud.client("logs").put_query_definition(name=call.parameters["name"], queryString="limit 2")

    stage.aws.on_call = act


def _somebody_deletes(stage: Stage, name: str, operation: str) -> None:
    """Just before the first call of this operation somebody deletes all queries of this name."""
    waiting = [entry["queryDefinitionId"] for entry in stage.cloud.all_queries() if entry["name"] == name]

    def act(call: Call, when: str) -> None:
        if call.operation == operation and when == "before" and call.parameters.get("queryDefinitionId") in waiting:
            while waiting:
                stage.cloud.client("logs").delete_query_definition(queryDefinitionId=waiting.pop())

    stage.aws.on_call = act


OF_QUERIES = (
    Fault(
        "somebody else saves the same query at the same moment",
        "6.5",
        Scenario,
        insights_queries=Cell(
            "looks again; one of the two stays", during=_somebody_saves_the_same, proof=met_time, foretold=False
        ),
    ),
    Fault(
        "somebody deletes a query while it is corrected",
        "6.5",
        Scenario,
        insights_queries=Cell(
            "looks again, saves it anew",
            during=lambda stage: _somebody_deletes(stage, WRONG, "PutQueryDefinition"),
        ),
    ),
    Fault(
        "somebody deletes the same query at the same moment",
        "6.5",
        Scenario,
        insights_queries_removal=Cell(
            "fine: it had to go",
            during=lambda stage: _somebody_deletes(stage, TWICE, "DeleteQueryDefinition"),
            proof=met_a_state,
        ),
    ),
    Fault(
        "the account has as many saved queries as it may",
        "6.5",
        lambda: Scenario(
            refusals=[
                Refusal(["logs:PutQueryDefinition"], code="LimitExceededException", message="The maximum is reached.")
            ]
        ),
        insights_queries=Cell(
            "those that are too many go; says to remove some or to raise the quota",
            fails=("LimitExceededException",),
            hint="remove what is no longer needed, or ask AWS for a higher quota",
        ),
    ),
)
