# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: network
version_added: "1.0.0"
short_description: VPCs, subnets and network interfaces of an AWS account, and who has flow logs
description:
  - Makes a host of every VPC, or of every subnet and network interface (ENI) too, of one AWS account in many regions. The name of
    a host is the id of the resource.
  - The hosts have the variables that the role P(netops.flow_logs.flow_logs#role) needs to reach them, and the plugin knows
    which of them have flow logs already.
  - The inventory file is YAML, and its name ends in C(network.yml) or C(network.yaml), as in C(estate.network.yml).
author:
  - The netops.flow_logs contributors (@netops)
options:
  plugin:
    description: Says that the file is for this plugin.
    type: str
    required: true
    choices: [netops.flow_logs.network]
  regions:
    description:
      - The regions to look into.
      - If empty (the default), all regions that the account has enabled. O(region) then only says which one to ask for the list,
        which is needed in AWS GovCloud and China.
    type: list
    elements: str
    default: []
  resource_types:
    description:
      - What becomes hosts.
      - A flow log of a VPC records everything in it, so VPCs are what you want in most cases. With several types in one inventory,
        the role gives a flow log to each host, and the traffic of a network interface is recorded, and paid, several times.
    type: list
    elements: str
    choices: [vpc, subnet, eni]
    default: [vpc]
  project_tag:
    description:
      - Key of a tag that names the project of a resource.
      - The project becomes the variable C(flow_logs_project) and a group. In names of groups, characters that Ansible does not
        allow become underscores.
      - A resource without the tag belongs to the project of its subnet, or else of its VPC.
    type: str
  default_project:
    description:
      - Project of the resources for which O(project_tag) finds none, such as the default VPC of a region.
      - With an empty string they have no project. The role then refuses them, unless C(flow_logs_project) comes from
        C(group_vars).
    type: str
    default: untagged
  filters:
    description:
      - Only resources that pass all of these filters become hosts. A filter has a value or a list of values.
      - A filter has to exist for each of O(resource_types), as C(tag:KEY), C(tag-key), C(owner-id) and C(vpc-id) do. AWS
        refuses others.
      - The filters are those of DescribeVpcs
        (U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html)),
        DescribeSubnets (U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html)) and
        DescribeNetworkInterfaces
        (U(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html)).
    type: dict
    default: {}
  include_filters:
    description:
      - Resources that pass one of these sets of filters, or O(filters), become hosts.
      - Every set is a query of its own.
    type: list
    elements: dict
    default: []
  exclude_filters:
    description:
      - Resources that pass one of these sets of filters do not become hosts, whatever else is said of them.
      - Every set is a query of its own.
    type: list
    elements: dict
    default: []
  expected_account_id:
    description:
      - The 12 digits of the account that the credentials must belong to, within quotes. When they belong to another one, there are
        no hosts.
      - Anything else than 12 digits, an empty string too, is refused before any call.
    type: str
  strict_permissions:
    description:
      - By default a region that the credentials may not read is left out with a warning.
      - Set this to V(true) to fail instead. When no region can be read, the plugin always fails.
    type: bool
    default: false
  hostvars_prefix:
    description: Begins the names of the host variables, but for those of the role.
    type: str
  hostvars_suffix:
    description: Ends the names of the host variables, but for those of the role.
    type: str
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
notes:
  - Needs C(ec2:DescribeVpcs) and C(ec2:DescribeFlowLogs); C(ec2:DescribeSubnets) and C(ec2:DescribeNetworkInterfaces) where
    O(resource_types) has them; C(ec2:DescribeRegions) where O(regions) is empty.
  - Makes two calls for a region, up to four with several O(resource_types), side by side, one for the account, and one for each
    further thousand of resources.
  - "Groups that the plugin makes. C(flow_logs_uncovered): no flow log records any traffic of the target.
    C(flow_logs_partly_covered): accepted or rejected traffic is recorded, but not both. C(flow_logs_broken): a flow log that
    records the target does not deliver, as AWS says. The role does not take them for projects."
  - "No tag puts a resource into these groups, into C(all), C(ungrouped), C(localhost) or C(_meta), or into a group with the name
    of a host: neither a project nor O(keyed_groups) fills them. A warning then names the resource and the tag. The resource
    stays in the inventory, and keeps its C(flow_logs_project). O(groups) with one of the first three names is refused."
  - Names of groups that tags make have letters, digits and underscores only, whatever C(TRANSFORM_INVALID_GROUP_CHARS) says.
  - What others wrote (tags, descriptions, messages) becomes data, on every supported ansible-core. Ansible takes neither the keys nor
    the values for templates, and the results of O(compose) neither.
  - A flow log of a VPC covers its subnets and network interfaces, and one of a subnet its network interfaces. It counts wherever
    it delivers to. A VPC has no flow log because its subnets have.
  - "Variables for the role: C(flow_logs_resource_id), C(flow_logs_region), C(flow_logs_account_id) (the account in which the
    target was found), and where the inventory file sets these options, C(flow_logs_profile), C(flow_logs_assume_role_arn),
    C(flow_logs_endpoint_url) and C(flow_logs_project). They take precedence over C(group_vars). Keys that the file has are not
    passed on. C(flow_logs_expected_account_id) is never set by the plugin: it is your own guard."
  - "Other variables: C(resource_id), C(resource_name) (the Name tag, or the id), C(resource_type), C(resource_tags), C(region),
    C(account_id), C(owner_id), C(vpc_id), C(vpc_name), and what AWS says of the resource, such as C(cidr_block), C(subnet_id),
    C(availability_zone), C(is_default), C(interface_type), C(description). In O(compose), O(groups) and O(keyed_groups),
    C(tags) is the same as C(resource_tags); a variable of that name would be in Ansible's way."
  - "C(coverage) has C(covered), C(recorded) and C(missing) (lists of C(ACCEPT) and C(REJECT)) and C(broken). C(flow_logs) lists
    the flow logs that record the target: C(flow_log_id), C(resource_id) (whose flow log it is), C(through) (C(own), C(subnet)
    or C(vpc)), C(log_destination_type), C(log_group_name) or C(log_destination), C(traffic_type), C(delivering),
    C(managed_by_rule) (whether a CloudWatch telemetry rule made it), C(deliver_logs_status), C(deliver_logs_error_message)."
  - Of a VPC that another account shares with this one, neither the VPC nor its subnets become hosts, because AWS lets only their
    owner give them flow logs. Network interfaces of this account in it do. The owner's flow logs that cover them are visible to
    the owner only.
  - With O(cache), coverage is as old as the cache. After flow logs have changed, use C(--flush-cache).
  - With ansible-core 2.18 and amazon.aws 9, C(AWS_SECURITY_TOKEN) in the environment breaks all inventory plugins that are built on
    amazon.aws. Use C(AWS_SESSION_TOKEN).
seealso:
  - plugin: amazon.aws.aws_ec2
    plugin_type: inventory
  - module: netops.flow_logs.flow_log
  - name: Guide to the inventory
    description: From three lines to many accounts.
    link: https://github.com/netops/ansible-collection-flow-logs/blob/main/docs/inventory.md
"""

EXAMPLES = r"""
# estate.network.yml: the VPCs of the account, by the projects that their tags name.
#   ansible-inventory -i estate.network.yml --graph
#   ansible-playbook -i estate.network.yml netops.flow_logs.apply --limit flow_logs_uncovered
plugin: netops.flow_logs.network
regions: [eu-west-1, eu-central-1]
project_tag: project

---

# Another account, through a role. The hosts know it, so the role flow_logs goes the same way.
plugin: netops.flow_logs.network
assume_role_arn: arn:aws:iam::123456789012:role/NetworkOperations
regions:
  - eu-west-1
project_tag: project

---

# Subnets and network interfaces of the production VPCs, none of the sandboxes, grouped by VPC, region and type.
plugin: netops.flow_logs.network
profile: network-operations
expected_account_id: "123456789012"
regions:
  - eu-west-1
resource_types: [subnet, eni]
project_tag: project
filters:
  tag:stage: production
exclude_filters:
  - tag:purpose: [sandbox, training]
keyed_groups:
  - key: vpc_id
    separator: ""
  - key: region
    prefix: region
  - key: resource_type
    prefix: type

---

# Projects that are not simply a tag, and a group of what costs too much: targets with more than one flow log.
plugin: netops.flow_logs.network
regions:
  - eu-west-1
compose:
  flow_logs_project: tags.project | default('shared') | lower
  flow_logs_traffic_type: "'ALL' if tags.stage | default('') == 'production' else 'REJECT'"
groups:
  several_flow_logs: flow_logs | length > 1
keyed_groups:
  - key: tags.project | default('shared') | lower
    separator: ""

---

# An hour's cache in files. --flush-cache reads everything again.
plugin: netops.flow_logs.network
project_tag: project
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible-network
cache_timeout: 3600
"""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleParserError

# First: without amazon.aws it raises an error that can be read.
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.base import AWSInventoryBase
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.base import get_aws_connection_info

# isort: split
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import parse_account_id
from ansible_collections.netops.flow_logs.plugins.module_utils._core.account import require_account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import RETRY
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import AwsError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.regions import may_be_of_the_region
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import plain_url
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember_surroundings
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import secrets_of_options
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import without_secrets
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import limited
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.wire import guarded
from ansible_collections.netops.flow_logs.plugins.module_utils._target.ids import parse_targets
from ansible_collections.netops.flow_logs.plugins.plugin_utils._foreign import as_data
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import SDK_ERRORS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import Denied
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import Reads
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import caller_account
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import ec2_clients
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import enabled_regions
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.api import read_regions
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.groups import Names
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.groups import OneHost
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.groups import safe_group_name
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import COVERAGE_GROUPS
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Region
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import Row
from ansible_collections.netops.flow_logs.plugins.plugin_utils._inventory.rows import rows

# Options that decide what is read: rows in the cache that were read with others are no use.
_DECISIVE = (
    "regions",
    "resource_types",
    "project_tag",
    "default_project",
    "filters",
    "include_filters",
    "exclude_filters",
    "expected_account_id",
    "strict_permissions",
    "profile",
    "assume_role_arn",
    "endpoint_url",
)
# Variable of the role -> the option with its aliases. Passed on only from the file: the environment is the role's as well.
_PASSED_ON = {
    "flow_logs_profile": ("profile", "aws_profile"),
    "flow_logs_assume_role_arn": ("assume_role_arn", "iam_role_arn"),
    "flow_logs_endpoint_url": ("endpoint_url", "aws_endpoint_url"),
}


class InventoryModule(AWSInventoryBase):
    """Reads rows, or takes them from the cache; from there on both go the same way."""

    NAME = "netops.flow_logs.network"
    INVENTORY_FILE_SUFFIXES = ("network.yml", "network.yaml")

    # A tag that reads "True", "5" or "['a']" is no text to some versions of core, which then refuse the whole file: names of groups,
    # and the keys that they are made of (below), are always text.
    _sanitize_group_name = staticmethod(safe_group_name)
    _keys_are_text = False

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True, *sdk: Any, **versions: Any) -> None:
        try:
            super().parse(inventory, loader, path, cache, *sdk, **versions)
            self._require_possible_options()
            found = self._found(path, cache)
        except (AwsError, InvalidInput, *SDK_ERRORS) as error:
            remember_surroundings()
            hint = error.hint if isinstance(error, AwsError) else ""
            what = limited(printable(without_secrets(error)))
            raise AnsibleParserError(f"{what}. {hint}" if hint else what) from error
        for warning in found["warnings"]:
            self.warn(limited(printable(warning)))
        for group in COVERAGE_GROUPS:
            # Also when they are empty: --limit and patterns complain about groups that do not exist.
            inventory.add_group(group)
        names = Names(frozenset((*inventory.hosts, *(row["resource_id"] for row in found["rows"]))))
        connection = {**self._passed_on, "flow_logs_account_id": as_data(found["account_id"])}
        for row in found["rows"]:
            self._add(inventory, row, connection, names)
        for warning in names.warnings():
            self.warn(warning)

    # Configuration.

    def _read_config_data(self, path: str) -> Any:
        config = super()._read_config_data(path)
        # A password in the address is of no use, and would be in everybody's variables.
        endpoint_url, had_user = plain_url(self.get_option("endpoint_url"))
        if had_user:
            self.set_option("endpoint_url", endpoint_url)
            self.warn("endpoint_url has a user name or a password. Calls to AWS use neither, so they are left out.")
        remember(secrets_of_options({name: self.get_option(name) for name in ("secret_key", "session_token")}))
        self._passed_on = {
            variable: self.get_option(names[0])
            for variable, names in _PASSED_ON.items()
            if any(config.get(name) for name in names)
        }
        return config

    def _require_possible_options(self) -> None:
        """Raises InvalidInput for what can't be right, before any call."""
        expected = self.get_option("expected_account_id")
        if expected is not None:
            parse_account_id(expected, "expected_account_id")
        for group in self.get_option("groups") or {}:
            if safe_group_name(str(group)) in COVERAGE_GROUPS:
                raise InvalidInput(f"The option groups can't fill {group}: only the plugin does. Choose another name.")

    def _set_frozen_credentials(self) -> None:
        """Not yet: amazon.aws assumes the role before anybody has looked into the cache."""

    def client(self, *service: Any, **connection: Any) -> Any:
        return guarded(super().client(*service, **connection))

    # From AWS or the cache.

    def _found(self, path: str, cache: bool) -> dict[str, Any]:
        """account_id, rows and warnings, all of them plain."""
        asked = json.dumps({name: self.get_option(name) for name in _DECISIVE}, sort_keys=True, default=str)
        was_cached, cached = self.get_cached_result(path, cache)
        if was_cached and cached.get("asked") == asked and isinstance(cached.get("found"), str):
            return dict(json.loads(cached["found"]))
        found = self._read()
        # As text: what caches make of dicts depends on their keys ("__ansible_vault", "__ansible_type"), and those of tags are not ours.
        # What the cache has is of no use, or it has nothing: cache=False overwrites it.
        self.update_cached_result(path, False, {"asked": asked, "found": json.dumps(found)})
        return found

    def _read(self) -> dict[str, Any]:
        super()._set_frozen_credentials()
        regions = self._regions()
        account_id = self._account_id(regions)
        reads = Reads.of(
            self.get_option("resource_types"),
            [filters for filters in (self.get_option("filters"), *self.get_option("include_filters")) if filters],
            self.get_option("exclude_filters"),
        )
        _region, endpoint_url, connection = get_aws_connection_info(self)
        connection.update(self._frozen_credentials)
        answers = read_regions(ec2_clients(regions, endpoint_url, connection), reads)
        warnings = self._warnings(
            {name: answer for name, answer in answers.items() if isinstance(answer, Denied)}, regions
        )
        projects = self.get_option("project_tag"), self.get_option("default_project")
        found = [
            row
            for answer in answers.values()
            if isinstance(answer, Region)
            for row in rows(answer, account_id, *projects)
        ]
        legal = [row for row in found if _is_an_id(row["resource_id"])]
        if len(legal) < len(found):
            warnings.append(f"{len(found) - len(legal)} resources are left out: their ids are not valid ids of AWS.")
        return {"account_id": account_id, "rows": legal, "warnings": warnings}

    def _regions(self) -> list[str]:
        given = list(dict.fromkeys(self.get_option("regions")))
        # As amazon.aws does: the list of regions is the same wherever it is asked for, within a partition.
        return given or enabled_regions(self.client("ec2", region=self.region or "us-east-1", retry_decorator=RETRY))

    def _account_id(self, regions: Sequence[str]) -> str:
        """The account of the credentials; that of a role to assume is in its ARN. Raises InvalidInput for an unexpected one."""
        arn = str(self.get_option("assume_role_arn") or "").split(":")
        # In regions of the right partition: without one, the SDK asks the commercial one.
        account_id = arn[4] if len(arn) > 4 else self._asked([self.region] if self.region else regions)
        require_account(Account(account_id, ""), self.get_option("expected_account_id"))
        return account_id

    def _asked(self, regions: Sequence[str]) -> str:
        """The account that STS names; one of the regions may not be enabled. Raises AwsError."""
        *first, last = regions
        for region in first:
            try:
                return str(caller_account(self.client("sts", region=region, retry_decorator=RETRY)))
            except AwsError as error:
                if not may_be_of_the_region(error.code):
                    raise
        return str(caller_account(self.client("sts", region=last, retry_decorator=RETRY)))

    def _warnings(self, denied: Mapping[str, Denied], regions: Sequence[str]) -> list[str]:
        """A warning for each reason why regions can't be read. Raises InvalidInput where that is an error."""
        causes: dict[Denied, list[str]] = {}
        for region, cause in denied.items():
            causes.setdefault(cause, []).append(region)
        lines = [f"{', '.join(names)}: {cause}" for cause, names in causes.items()]
        if denied and (self.get_option("strict_permissions") or len(denied) == len(regions)):
            raise InvalidInput(f"Regions that can't be read: {'; '.join(lines)}")
        return [f"Regions that can't be read are left out: {line}" for line in lines]

    # Into the inventory.

    def _add(self, inventory: Any, row: Row, connection: Mapping[str, Any], names: Names) -> None:
        host, project, tags = row["resource_id"], row["project"], row["facts"]["resource_tags"]
        row = as_data(row)
        variables = {
            **self._renamed(row["facts"]),
            **connection,
            "flow_logs_resource_id": row["resource_id"],
            "flow_logs_region": row["region"],
        }
        groups = list(row["groups"])
        if project:
            variables["flow_logs_project"] = row["project"]
            group = safe_group_name(project)
            if names.allow(group, host, {self.get_option("project_tag"): project}):
                groups.append(group)
        inventory.add_host(host)
        for name, value in variables.items():
            inventory.set_variable(host, name, value)
        for group in groups:
            inventory.add_group(group)
            inventory.add_child(group, host)
        self._construct(
            OneHost(inventory, names, host, tags), host, {**variables, "tags": row["facts"]["resource_tags"]}
        )

    def _construct(self, inventory: Any, host: str, known: Mapping[str, Any]) -> None:
        """Ansible's constructed features, at work on what stands in for the inventory."""
        whole, strict = self.inventory, self.get_option("strict")
        self.inventory = inventory
        try:
            self._set_composite_vars(self.get_option("compose"), known, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict=strict)
            self._keys_are_text = True
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict=strict)
        finally:
            self._keys_are_text = False
            self.inventory = whole

    def _compose(self, *expression: Any, **settings: Any) -> Any:
        value = super()._compose(*expression, **settings)
        is_name = value is None or isinstance(value, (str, list, Mapping))
        return value if is_name or not self._keys_are_text else str(value)

    def _renamed(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        prefix, suffix = self.get_option("hostvars_prefix") or "", self.get_option("hostvars_suffix") or ""
        return {f"{prefix}{name}{suffix}": value for name, value in facts.items()}


def _is_an_id(resource_id: str) -> bool:
    try:
        return bool(parse_targets([resource_id]))
    except InvalidInput:
        return False
