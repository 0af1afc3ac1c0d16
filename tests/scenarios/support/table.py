# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_calls import OF_CALLS
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_destinations import OF_DESTINATIONS
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_iam import OF_IAM
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_queries import OF_QUERIES
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_removal import OF_REMOVAL
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_resources import OF_RESOURCES
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_roles import OF_ROLES
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import FlowLogSubject
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import IamSubject
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import LogGroupSubject
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import Subject
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_queries import QueriesRemoval
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_queries import QueriesSubject
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_removal import FlowLogRemoval
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_removal import IamInfo
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_removal import IamRemoval
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects_of_removal import LogGroupRemoval

TABLE = (*OF_ROLES, *OF_RESOURCES, *OF_DESTINATIONS, *OF_IAM, *OF_QUERIES, *OF_REMOVAL, *OF_CALLS)

# By the names of a row's cells.
SUBJECTS: dict[str, Subject] = {
    "flow_log_iam": IamSubject(),
    "log_group": LogGroupSubject(),
    "flow_log": FlowLogSubject(),
    "flow_log_removal": FlowLogRemoval(),
    "log_group_removal": LogGroupRemoval(),
    "flow_log_iam_removal": IamRemoval(),
    "flow_log_iam_info": IamInfo(),
    "insights_queries": QueriesSubject(),
    "insights_queries_removal": QueriesRemoval(),
}
