# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role and the inventory plugin where something lacks: a collection, a profile, a file, credentials."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.netops.flow_logs.plugins.plugin_utils import AMAZON_AWS
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

CHECKOUT = Path(__file__).parents[2]
HOST = "vpc-0123456789abcdef0"
# Whatever the machine has.
NO_CREDENTIALS: dict[str, str | None] = {
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")),
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def inventory(hosts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"all": {"hosts": hosts, "vars": {"flow_logs_project": "shop"}}}


def test_the_needed_release_is_that_of_galaxy_yml() -> None:
    dependencies = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text("utf-8"))["dependencies"]
    assert dependencies["amazon.aws"] == f">={AMAZON_AWS}"


@pytest.fixture(params=["", "8.2.1"], ids=["missing", "too old"])
def collections(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Collections without amazon.aws, or with one that is too old."""
    root = tmp_path / "few" / "ansible_collections"
    (root / "netops").mkdir(parents=True)
    (root / "netops" / "flow_logs").symlink_to(CHECKOUT)
    if request.param:
        common = root / "amazon" / "aws" / "plugins" / "module_utils" / "common.py"
        common.parent.mkdir(parents=True)
        common.write_text(f'AMAZON_AWS_COLLECTION_VERSION = "{request.param}"\n', "utf-8")
    return root.parent


@pytest.mark.parametrize("what", ["netops.flow_logs.apply", "netops.flow_logs.remove", "netops.flow_logs.report", "inventory"])
def test_without_amazon_aws_it_says_what_to_install(ansible: Ansible, collections: Path, what: str) -> None:
    env = {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    if what == "inventory":
        env["ANSIBLE_INVENTORY_ENABLED"] = "netops.flow_logs.network,yaml"
    playbook = "netops.flow_logs.apply" if what == "inventory" else what
    run = ansible.run(playbook, inventory({HOST: {}}), env=env).failed()

    output = " ".join(run.output.split())
    assert f"needs the collection amazon.aws, {AMAZON_AWS} or later" in output
    assert ("8.2.1, which is too old" in output) == (collections / "ansible_collections" / "amazon").exists()
    assert f"ansible-galaxy collection install --upgrade 'amazon.aws:>={AMAZON_AWS}'" in output


def test_a_profile_that_is_none_fails_only_those_who_use_it(cloud: Cloud, ansible: Ansible) -> None:
    good = cloud.vpc()
    run = ansible.run("netops.flow_logs.apply", inventory({good: {}, HOST: {"flow_logs_profile": "nobody"}})).failed()

    assert run.failed_hosts == [HOST]
    assert "The config profile (nobody) could not be found" in run.failures
    assert "flow_logs_profile" in run.failures and "~/.aws/config" in run.failures


@pytest.mark.parametrize(
    ("content", "env", "words"),
    [
        pytest.param("", {"AWS_PROFILE": "nobody"}, ("The config profile (nobody)", "AWS_PROFILE"), id="AWS_PROFILE"),
        pytest.param("[default\n", {}, ("Unable to parse config file: {file}", "AWS_CONFIG_FILE"), id="a broken file"),
        pytest.param("", {}, ("Unable to locate credentials", "AWS_ACCESS_KEY_ID"), id="no credentials"),
    ],
)
@pytest.mark.parametrize("playbook", ["apply", "remove"])
def test_what_the_environment_lacks_is_named_with_the_variable(
    ansible: Ansible, playbook: str, content: str, env: dict[str, str], words: tuple[str, str]
) -> None:
    file = ansible.write("aws-config", content)
    settings = {**NO_CREDENTIALS, "AWS_CONFIG_FILE": str(file), **env}
    run = ansible.run(f"netops.flow_logs.{playbook}", inventory({HOST: {}}), env=settings).failed()

    assert run.failed_hosts == [HOST]
    assert "Task failed: The config" not in run.output
    for text in words:
        assert text.format(file=file) in run.failures
