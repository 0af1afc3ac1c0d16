"""All rows."""

from __future__ import annotations

from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_calls import OF_CALLS
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_destinations import OF_DESTINATIONS
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_iam import OF_IAM
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_resources import OF_RESOURCES
from ansible_collections.netops.flow_logs.tests.scenarios.support.faults_of_roles import OF_ROLES

TABLE = (*OF_ROLES, *OF_RESOURCES, *OF_DESTINATIONS, *OF_IAM, *OF_CALLS)
