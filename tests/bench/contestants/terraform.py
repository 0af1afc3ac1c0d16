# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Terraform with its AWS provider, where both are installed."""

from __future__ import annotations

import json
import shutil
from typing import Any

from ..estate import DELIVERY
from ..estate import LOG_GROUP
from ..estate import POLICY
from ..estate import REGION
from ..estate import RETENTION
from ..estate import ROLE
from ..estate import TRUST
from ..estate import Account
from ..estate import Estate
from ..measure import CHECKOUT
from .base import Contestant
from .base import Stage


class Terraform(Contestant):
    """A resource per VPC, as its provider wants it."""

    name = "terraform"
    title = "Terraform"

    @property
    def most_targets(self) -> int:
        """Ten thousand would take ten times the minute, and six gigabytes."""
        return 1000

    def why_not(self) -> str | None:
        return None if shutil.which("terraform") else "not installed here"

    def env(self, stage: Stage) -> dict[str, str]:
        """Its provider is large: it is fetched once, not for every run."""
        cache = CHECKOUT / ".cache" / "bench" / "terraform"
        cache.mkdir(parents=True, exist_ok=True)
        return {**super().env(stage), "TF_PLUGIN_CACHE_DIR": str(cache)}

    def preparation(self, stage: Stage) -> list[list[str]]:
        stage.write("main.tf.json", configuration(stage.estate))
        plugins = self.options.terraform_plugins
        return [["terraform", "init", "-input=false", "-no-color", *([f"-plugin-dir={plugins}"] if plugins else [])]]

    def commands(self, stage: Stage, number: int) -> list[list[str]]:
        return [["terraform", f"-chdir={stage.directory}", "apply", "-auto-approve", "-input=false", "-no-color"]]


def configuration(estate: Estate) -> dict[str, Any]:
    """main.tf.json for the estate. The provider takes AWS's address from the environment."""
    resources: dict[str, Any] = {}
    for account in estate.accounts:
        for kind, named in _resources(account).items():
            resources.setdefault(kind, {}).update(named)
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": [_provider(account) for account in estate.accounts]},
        "resource": resources,
    }


def _provider(account: Account) -> dict[str, Any]:
    return {
        "alias": account.name,
        "region": REGION,
        "skip_credentials_validation": True,
        "skip_metadata_api_check": "true",
        **({"assume_role": [{"role_arn": account.way_in}]} if account.way_in else {}),
    }


def _resources(account: Account) -> dict[str, dict[str, Any]]:
    name, provider = account.name, f"aws.{account.name}"
    attachment = {"role": f"${{aws_iam_role.{name}.name}}", "policy_arn": f"${{aws_iam_policy.{name}.arn}}"}
    return {
        "aws_iam_policy": {name: {"provider": provider, "name": POLICY, "policy": json.dumps(DELIVERY)}},
        "aws_iam_role": {name: {"provider": provider, "name": ROLE, "assume_role_policy": json.dumps(TRUST)}},
        "aws_iam_role_policy_attachment": {name: {"provider": provider, **attachment}},
        "aws_cloudwatch_log_group": {
            project: {
                "provider": provider,
                "name": LOG_GROUP.format(project=project),
                "retention_in_days": RETENTION,
            }
            for project in account.projects
        },
        "aws_flow_log": {
            project: {
                "provider": provider,
                "for_each": vpcs and f"${{toset({json.dumps(vpcs)})}}",
                "vpc_id": "${each.value}",
                "traffic_type": "ALL",
                "iam_role_arn": f"${{aws_iam_role.{name}.arn}}",
                "log_destination": f"${{aws_cloudwatch_log_group.{project}.arn}}",
            }
            for project, vpcs in account.projects.items()
        },
    }
