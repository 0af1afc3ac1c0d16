# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plugin as Ansible runs it, but in this process: a file in, an inventory out, an AWS-like emulator behind it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from ansible import constants
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed
from ansible.plugins.doc_fragments import inventory_cache
from botocore.loaders import create_loader

from ansible_collections.amazon.aws.plugins.doc_fragments import assume_role
from ansible_collections.amazon.aws.plugins.doc_fragments import common
from ansible_collections.amazon.aws.plugins.doc_fragments import region
from ansible_collections.netops.flow_logs.plugins.inventory import network
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.calls import Calls
from ansible_collections.netops.flow_logs.tests.functional.support import settings
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud

# Reading the model of EC2 anew for every region and test would cost most of the time.
_loader = functools.cache(create_loader)


class Inventory:
    """What became of a file."""

    def __init__(self, data: InventoryData, warnings: list[str], calls: Calls) -> None:
        self.data = data
        self.warnings = warnings
        self.calls = calls

    @property
    def hosts(self) -> set[str]:
        return set(self.data.hosts)

    def group(self, name: str) -> set[str]:
        return {host.name for host in self.data.groups[name].get_hosts()}

    def groups_of(self, host: str) -> set[str]:
        return {group.name for group in self.data.hosts[host].get_groups()} - {"all"}

    def vars(self, host: str) -> dict[str, Any]:
        variables: dict[str, Any] = self.data.hosts[host].get_vars()
        return variables


class Files:
    """Inventory files of one test."""

    def __init__(self, aws: AwsLike, directory: Path) -> None:
        self.aws = aws
        self.directory = directory

    def parse(
        self,
        name: str = "estate.network.yml",
        flush_cache: bool = False,
        others: Sequence[str] = (),
        **options: Any,
    ) -> Inventory:
        """The inventory of a file with these options, which comes after one with other hosts."""
        path = self.directory / name
        path.write_text(json.dumps({"plugin": "netops.flow_logs.network", "regions": ["eu-west-1"], **options}))
        self.aws.forget()
        plugin, warnings = _plugin(), []
        plugin.warn = warnings.append
        assert plugin.verify_file(str(path))
        data = InventoryData()
        for host in others:
            data.add_host(host)
        plugin.parse(data, DataLoader(), str(path), cache=not flush_cache)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        data.reconcile_inventory()
        return Inventory(data, warnings, self.aws.calls)


@functools.cache
def _options() -> dict[str, Any]:
    """The plugin's options with those of its documentation fragments."""
    fragments = [
        constructed.ModuleDocFragment.DOCUMENTATION,
        inventory_cache.ModuleDocFragment.DOCUMENTATION,
        common.ModuleDocFragment.PLUGINS,
        region.ModuleDocFragment.PLUGINS,
        assume_role.ModuleDocFragment.PLUGINS,
        network.DOCUMENTATION,
    ]
    return {name: option for text in fragments for name, option in yaml.safe_load(text)["options"].items()}


def _plugin() -> Any:
    """As Ansible's loader makes it."""
    name = network.InventoryModule.NAME
    constants.config.initialize_plugin_configuration_definitions("inventory", name, _options())
    plugin = network.InventoryModule()
    plugin._load_name = plugin.ansible_name = name
    plugin._redirected_names = [name]
    return plugin


@pytest.fixture(scope="session")
def running() -> Iterator[AwsLike]:
    with AwsLike() as aws:
        yield aws


@pytest.fixture
def aws(running: AwsLike, monkeypatch: pytest.MonkeyPatch) -> AwsLike:
    """Empty accounts but for the default VPCs, and the environment of somebody who uses them."""
    running.reset()
    for name in settings.foreign():
        monkeypatch.delenv(name)
    for name, value in settings.aws_environment(running.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(botocore.session, "create_loader", _loader)
    return running


@pytest.fixture
def cloud(aws: AwsLike) -> Cloud:
    return Cloud(aws)


@pytest.fixture
def files(aws: AwsLike, tmp_path: Path) -> Files:
    return Files(aws, tmp_path)
