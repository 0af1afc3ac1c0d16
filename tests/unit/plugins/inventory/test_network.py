# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.errors import AnsibleParserError

from ansible_collections.netops.flow_logs.plugins.inventory.network import EXAMPLES
from ansible_collections.netops.flow_logs.plugins.inventory.network import InventoryModule
from ansible_collections.netops.flow_logs.tests.emulator import AwsLike
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import denied
from ansible_collections.netops.flow_logs.tests.emulator.named_scenarios import region_denied
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.unit.plugins.inventory.conftest import Files

OTHER = "111111111111"
OPERATOR = f"arn:aws:iam::{OTHER}:role/operator"
# No default VPCs.
OURS = {"is-default": "false"}


def tag(cloud: Cloud, resource_id: str, **tags: str) -> str:
    entries = [{"Key": key, "Value": value} for key, value in tags.items()]
    cloud.client("ec2").create_tags(Resources=[resource_id], Tags=entries)
    return resource_id


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        pytest.param("estate.network.yml", True, id="something.network.yml"),
        pytest.param("network.yaml", True, id="network.yaml"),
        pytest.param("estate.yml", False, id="any other YAML file"),
        pytest.param("estate.aws_ec2.yml", False, id="a file of another plugin"),
    ],
)
def test_the_name_of_the_file_says_whose_it_is(tmp_path: Path, name: str, mine: bool) -> None:
    path = tmp_path / name
    path.touch()

    assert InventoryModule().verify_file(str(path)) is mine


def test_vpcs_become_hosts_with_what_the_role_needs(cloud: Cloud, files: Files) -> None:
    vpc = tag(cloud, cloud.vpc("web"), project="Shop & Co")
    cloud.subnet(vpc)

    inventory = files.parse(filters=OURS, project_tag="project")

    assert inventory.hosts == {vpc}
    variables = inventory.vars(vpc)
    assert {name: value for name, value in variables.items() if name.startswith("flow_logs_")} == {
        "flow_logs_resource_id": vpc,
        "flow_logs_region": "eu-west-1",
        "flow_logs_account_id": ACCOUNT,
        "flow_logs_project": "Shop & Co",
    }
    assert (variables["resource_name"], variables["vpc_name"], variables["cidr_block"]) == ("web", "web", "10.0.0.0/16")
    assert inventory.groups_of(vpc) == {"Shop___Co", "flow_logs_uncovered"}
    assert sorted(inventory.calls.names) == ["ec2:DescribeFlowLogs", "ec2:DescribeVpcs", "sts:GetCallerIdentity"]


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        pytest.param({}, {"vpc"}, id="VPCs by default"),
        pytest.param({"resource_types": ["subnet", "eni"]}, {"subnet", "eni"}, id="subnets and interfaces"),
        pytest.param({"resource_types": ["eni", "vpc", "subnet"]}, {"vpc", "subnet", "eni"}, id="everything"),
    ],
)
def test_hosts_are_of_the_types_that_were_asked_for(
    cloud: Cloud, files: Files, options: dict[str, Any], kinds: set[str]
) -> None:
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    made = {"vpc": vpc, "subnet": subnet, "eni": cloud.eni(subnet)}

    inventory = files.parse(**options)

    assert inventory.hosts & set(made.values()) == {made[kind] for kind in kinds}
    assert {inventory.vars(host)["resource_type"] for host in inventory.hosts} == kinds


def test_an_interface_belongs_to_the_project_of_what_it_lies_in(cloud: Cloud, files: Files) -> None:
    vpc = tag(cloud, cloud.vpc(), team="network")
    first, second = cloud.subnet(vpc, cidr="10.0.1.0/24"), tag(cloud, cloud.subnet(vpc, cidr="10.0.2.0/24"), team="web")
    enis = [cloud.eni(first), cloud.eni(second), tag(cloud, cloud.eni(second), team="own")]
    lost = cloud.eni(cloud.subnet(cloud.vpc(), cidr="10.0.1.0/24"))

    inventory = files.parse(resource_types=["eni"], project_tag="team", default_project="others")

    projects = [inventory.vars(eni)["flow_logs_project"] for eni in [*enis, lost]]
    assert projects == ["network", "web", "own", "others"]
    assert inventory.group("web") == {enis[1]}


def test_filters_sets_of_filters_and_exclusions(cloud: Cloud, files: Files) -> None:
    vpcs = {name: tag(cloud, cloud.vpc(name), stage=name[0]) for name in ("prod", "test", "qa", "play")}

    inventory = files.parse(
        filters={"tag:stage": ["p"]},
        include_filters=[{"tag:Name": "test"}],
        exclude_filters=[{"tag:Name": ["play", "none"]}],
    )

    assert inventory.hosts == {vpcs["prod"], vpcs["test"]}


def test_a_filter_that_does_not_exist_is_an_error_in_aws_words(aws: AwsLike, files: Files) -> None:
    aws.refuse("ec2:DescribeVpcs", "InvalidParameterValue", "The filter 'nonsense' is invalid")

    with pytest.raises(AnsibleParserError, match=r"describe VPCs in eu-west-1: .*The filter 'nonsense' is invalid"):
        files.parse(filters={"nonsense": "x"})


def test_coverage_by_ones_own_and_outer_flow_logs(cloud: Cloud, files: Files) -> None:
    cloud.role(trust=_flow_log_trust())
    covered, half, bare = (cloud.vpc(cidr=f"10.{number}.0.0/16") for number in range(3))
    inner, outer = cloud.subnet(covered, cidr="10.0.1.0/24"), cloud.subnet(bare, cidr="10.2.1.0/24")
    flow_log = cloud.flow_log(covered, LogGroupName="/x")
    cloud.flow_log(half, LogGroupName="/x", TrafficType="REJECT")
    cloud.flow_log(outer, LogGroupName="/x")

    inventory = files.parse(resource_types=["vpc", "subnet"])

    mine = {covered, half, bare, inner, outer}
    assert inventory.group("flow_logs_uncovered") & mine == {bare}
    assert inventory.group("flow_logs_partly_covered") == {half}
    assert inventory.group("flow_logs_broken") == set()
    [seen] = inventory.vars(inner)["flow_logs"]
    assert (seen["flow_log_id"], seen["resource_id"], seen["through"]) == (flow_log, covered, "vpc")
    assert inventory.vars(half)["coverage"]["missing"] == ["ACCEPT"]


def _flow_log_trust() -> dict[str, Any]:
    service = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [service]}


def test_a_flow_log_whose_delivery_failed_is_in_a_group_of_its_own(aws: AwsLike, cloud: Cloud, files: Files) -> None:
    cloud.role(trust=_flow_log_trust())
    vpc = cloud.vpc()
    cloud.flow_log(vpc, LogGroupName="/nobody-may-write-here")
    aws.deliver()

    inventory = files.parse(filters=OURS)

    assert inventory.groups_of(vpc) == {"flow_logs_broken"}
    assert inventory.vars(vpc)["flow_logs"][0]["deliver_logs_error_message"] == "Access error"


def test_all_groups_of_coverage_exist_when_nobody_is_in_them(files: Files) -> None:
    inventory = files.parse(filters={"tag-key": "nobody-has-this"})

    for name in ("flow_logs_uncovered", "flow_logs_partly_covered", "flow_logs_broken"):
        assert inventory.group(name) == set()


def test_constructed_features_know_all_variables_and_the_short_word_for_tags(cloud: Cloud, files: Files) -> None:
    vpc = tag(cloud, cloud.vpc("web"), project="shop", stage="test")

    inventory = files.parse(
        filters=OURS,
        compose={"flow_logs_project": "tags.project ~ '-' ~ resource_tags.stage"},
        groups={"to_do": "not coverage.covered"},
        keyed_groups=[{"key": "tags.stage", "prefix": "stage"}, {"key": "flow_logs_region", "separator": ""}],
    )

    assert inventory.vars(vpc)["flow_logs_project"] == "shop-test"
    assert inventory.groups_of(vpc) == {"to_do", "stage_test", "eu_west_1", "flow_logs_uncovered"}
    assert "tags" not in inventory.vars(vpc)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        pytest.param("flow_logs_broken", "flow_logs_broken", id="the plugin's"),
        pytest.param("flow-logs broken", "flow_logs_broken", id="the plugin's, once its characters are legal"),
        pytest.param("all", "all", id="everybody's"),
        pytest.param("ungrouped", "ungrouped", id="nobody's"),
        pytest.param("localhost", "localhost", id="the controller's"),
        pytest.param("_meta", "_meta", id="the listing's"),
    ],
)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"project_tag": "team"}, id="a project"),
        pytest.param({"keyed_groups": [{"key": "tags.team", "separator": ""}]}, id="a keyed group"),
        pytest.param({"keyed_groups": [{"key": "tags.team"}], "leading_separator": False}, id="no leading separator"),
        pytest.param({"keyed_groups": [{"key": "[tags.team]", "separator": ""}]}, id="a list"),
        pytest.param({"keyed_groups": [{"key": "{tags.team: ''}", "separator": ""}]}, id="a mapping"),
        pytest.param(
            {"compose": {"x": "tags.team"}, "keyed_groups": [{"key": "x", "separator": ""}]}, id="a composed variable"
        ),
        pytest.param(
            {"keyed_groups": [{"key": "'x'", "separator": "", "parent_group": "{{ tags.team }}"}]}, id="an outer group"
        ),
    ],
)
def test_no_tag_puts_a_resource_into_a_group_that_is_not_the_projects(
    cloud: Cloud, files: Files, text: str, group: str, options: dict[str, Any]
) -> None:
    vpc = tag(cloud, cloud.vpc("web"), team=text)

    inventory = files.parse(filters=OURS, **options)

    assert inventory.hosts == {vpc}
    assert inventory.groups_of(vpc) <= {"flow_logs_uncovered", "x"}
    [warning] = inventory.warnings
    assert f"The group '{group}' is" in warning
    assert f"{vpc} (tag 'team' = '{text}')" in warning
    if "project_tag" in options:
        assert inventory.vars(vpc)["flow_logs_project"] == text


def test_a_group_with_the_name_of_another_inventorys_host_is_not_made(cloud: Cloud, files: Files) -> None:
    vpc = tag(cloud, cloud.vpc(), project="db1")

    inventory = files.parse(filters=OURS, project_tag="project", others=["db1"])

    assert "db1" not in inventory.data.groups
    assert inventory.groups_of(vpc) == {"flow_logs_uncovered"}
    assert "'db1' has the name of a host" in inventory.warnings[0]


def test_tags_that_nest_groups_in_circles_stop_nobody(cloud: Cloud, files: Files) -> None:
    vpcs = [
        tag(cloud, cloud.vpc(), inner=inner, outer=outer)
        for inner, outer in (("a", "b"), ("b", "a"), ("c", "c"), ("", "d"))
    ]

    inventory = files.parse(
        filters=OURS,
        keyed_groups=[{"key": "[tags.inner]", "separator": "", "parent_group": "{{ tags.outer }}"}],
    )

    assert inventory.hosts == set(vpcs)
    # Whichever came first.
    assert {vpcs[0], vpcs[1]} in (inventory.group("a"), inventory.group("b"))
    assert any("can't have the group" in warning for warning in inventory.warnings)


def test_many_resources_of_one_bad_name_are_one_warning(cloud: Cloud, files: Files) -> None:
    vpcs = [tag(cloud, vpc, project="flow_logs_broken") for vpc in cloud.vpcs(12)]

    inventory = files.parse(filters=OURS, project_tag="project")

    assert inventory.hosts == set(vpcs)
    [warning] = inventory.warnings
    assert "and 2 more" in warning


def test_the_plugins_groups_can_not_be_filled_by_an_expression(files: Files) -> None:
    with pytest.raises(AnsibleParserError, match=r"groups can't fill flow_logs_broken"):
        files.parse(groups={"flow_logs_broken": "true"})
    assert files.aws.calls == []


def test_keys_of_tags_survive_a_cache_whatever_they_mean_to_it(cloud: Cloud, files: Files, tmp_path: Path) -> None:
    tags = {"__ansible_type": "TrustedAsTemplate", "__ansible_vault": "x", "__ansible_unsafe": "y"}
    vpc = tag(cloud, cloud.vpc(), **tags)
    files.parse(**cached(tmp_path, filters=OURS))

    again = files.parse(**cached(tmp_path, filters=OURS))

    assert (again.calls, again.vars(vpc)["resource_tags"]) == ([], tags)


def test_strict_makes_an_expression_that_fails_an_error(cloud: Cloud, files: Files) -> None:
    cloud.vpc()

    assert files.parse(compose={"x": "tags.none.none"}).hosts
    with pytest.raises(AnsibleError, match="x"):
        files.parse(compose={"x": "tags.none.none"}, strict=True)


def test_names_of_variables_get_the_prefix_and_suffix_but_for_those_of_the_role(cloud: Cloud, files: Files) -> None:
    vpc = cloud.vpc("web")

    variables = files.parse(filters=OURS, hostvars_prefix="aws_", hostvars_suffix="_ec2").vars(vpc)

    assert variables["aws_resource_name_ec2"] == "web"
    assert variables["flow_logs_region"] == "eu-west-1"
    assert "resource_name" not in variables


def test_the_way_into_the_account_is_passed_on_from_the_file_and_secrets_are_not(
    aws: AwsLike, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    vpc = Cloud(aws, OTHER).vpc()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    inventory = files.parse(
        filters=OURS, assume_role_arn=OPERATOR, endpoint_url=aws.url, access_key="testing", secret_key=SECRET
    )

    assert inventory.hosts == {vpc}
    variables = inventory.vars(vpc)
    assert {name: value for name, value in variables.items() if name.startswith("flow_logs_")} == {
        "flow_logs_resource_id": vpc,
        "flow_logs_region": "eu-west-1",
        "flow_logs_account_id": OTHER,
        "flow_logs_assume_role_arn": OPERATOR,
        "flow_logs_endpoint_url": aws.url,
    }
    assert SECRET not in str(variables)
    assert "sts:GetCallerIdentity" not in inventory.calls.names


def test_a_profile_of_the_file_is_passed_on_and_one_of_the_environment_is_not(
    cloud: Cloud, files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vpc = cloud.vpc()
    (tmp_path / "credentials").write_text(f"[ops]\naws_access_key_id = testing\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert files.parse(profile="ops").vars(vpc)["flow_logs_profile"] == "ops"
    assert files.parse(aws_profile="ops").vars(vpc)["flow_logs_profile"] == "ops"
    monkeypatch.setenv("AWS_PROFILE", "ops")
    assert "flow_logs_profile" not in files.parse().vars(vpc)


def test_credentials_of_another_account_than_expected_are_an_error(cloud: Cloud, files: Files) -> None:
    cloud.vpc()

    with pytest.raises(AnsibleParserError, match=f"belong to account {ACCOUNT}, but expected_account_id is {OTHER}"):
        files.parse(expected_account_id=OTHER)


@pytest.mark.parametrize("number", ["", 0o12345670123, "1402433619", "my account"])
def test_a_malformed_expected_account_is_refused_before_any_call(cloud: Cloud, files: Files, number: Any) -> None:
    with pytest.raises(AnsibleParserError, match=r"expected_account_id is .*quote"):
        files.parse(expected_account_id=number)
    assert files.aws.calls == []


def test_the_account_that_was_found_is_no_guard(cloud: Cloud, files: Files) -> None:
    vpc = cloud.vpc()
    variables = files.parse(expected_account_id=ACCOUNT).vars(vpc)

    assert variables["flow_logs_account_id"] == ACCOUNT
    assert "flow_logs_expected_account_id" not in variables


def test_a_role_that_may_not_be_assumed_is_an_error(aws: AwsLike, files: Files) -> None:
    aws.scenario.refusals += denied("sts:AssumeRole")

    with pytest.raises(AnsibleError, match="not authorized"):
        files.parse(assume_role_arn=OPERATOR)


def test_regions_that_are_denied_are_left_out_with_one_warning(aws: AwsLike, cloud: Cloud, files: Files) -> None:
    vpc = cloud.vpc()
    aws.scenario.refusals += region_denied("eu-south-1") + region_denied("ap-east-1")
    regions = ["eu-south-1", "eu-west-1", "ap-east-1"]

    inventory = files.parse(filters=OURS, regions=regions)

    assert inventory.hosts == {vpc}
    [warning] = inventory.warnings
    assert "eu-south-1, ap-east-1: may not describe VPCs (AuthFailure" in warning
    with pytest.raises(AnsibleParserError, match="eu-south-1, ap-east-1"):
        files.parse(filters=OURS, regions=regions, strict_permissions=True)


def test_no_region_at_all_is_an_error_and_not_an_empty_inventory(aws: AwsLike, files: Files) -> None:
    aws.scenario.refusals += denied("ec2:DescribeFlowLogs")

    with pytest.raises(AnsibleParserError, match=r"eu-west-1: may not describe flow logs \(UnauthorizedOperation"):
        files.parse()


def test_all_enabled_regions_when_none_is_given(aws: AwsLike, cloud: Cloud, files: Files) -> None:
    enabled = cloud.client("ec2").describe_regions()["Regions"]
    here, there = cloud.vpc(), cloud.elsewhere(region="ap-southeast-2").vpc()

    inventory = files.parse(regions=[], filters=OURS)

    assert inventory.hosts == {here, there}
    assert {inventory.vars(host)["flow_logs_region"] for host in (here, there)} == {"eu-west-1", "ap-southeast-2"}
    assert inventory.calls.counted() == {
        "ec2:DescribeRegions": 1,
        "sts:GetCallerIdentity": 1,
        "ec2:DescribeVpcs": len(enabled),
        "ec2:DescribeFlowLogs": len(enabled),
    }


def test_small_pages_and_throttling_are_gone_through(
    aws: AwsLike, cloud: Cloud, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    vpcs = set(cloud.vpcs(7, "net"))
    aws.use("small-pages,throttling")

    assert files.parse().hosts >= vpcs


def cached(tmp_path: Path, **options: Any) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache"), **options}


def test_rows_from_the_cache_cost_no_call_and_go_the_same_way(cloud: Cloud, files: Files, tmp_path: Path) -> None:
    vpc = tag(cloud, cloud.vpc("web"), project="shop")
    options = cached(tmp_path, project_tag="project", filters=OURS, keyed_groups=[{"key": "region", "prefix": "in"}])
    fresh = files.parse(**options)
    cloud.vpc()

    again = files.parse(**options)

    assert again.calls == []
    assert again.hosts == fresh.hosts == {vpc}
    assert again.vars(vpc) == fresh.vars(vpc)
    assert again.groups_of(vpc) == fresh.groups_of(vpc) == {"shop", "in_eu_west_1", "flow_logs_uncovered"}
    # What is made of the rows is not in the cache.
    options["keyed_groups"] = [{"key": "resource_type", "prefix": "type"}]
    assert files.parse(**options).groups_of(vpc) == {"shop", "type_vpc", "flow_logs_uncovered"}


def test_flush_cache_reads_again_and_keeps_what_it_read(cloud: Cloud, files: Files, tmp_path: Path) -> None:
    options = cached(tmp_path, filters=OURS)
    first = cloud.vpc()
    assert files.parse(**options).hosts == {first}
    second = cloud.vpc()

    assert files.parse(flush_cache=True, **options).hosts == {first, second}
    kept = files.parse(**options)
    assert (kept.hosts, kept.calls) == ({first, second}, [])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"resource_types": ["subnet"]}, id="types"),
        pytest.param({"filters": {"is-default": "true"}}, id="filters"),
        pytest.param({"regions": ["eu-central-1"]}, id="regions"),
        pytest.param({"assume_role_arn": OPERATOR}, id="account"),
    ],
)
def test_rows_that_were_read_with_other_options_are_not_taken(
    cloud: Cloud, files: Files, tmp_path: Path, changed: dict[str, Any]
) -> None:
    vpc = cloud.vpc()
    assert vpc in files.parse(**cached(tmp_path)).hosts

    assert vpc not in files.parse(**cached(tmp_path, **changed)).hosts
    assert files.parse(**cached(tmp_path, **changed)).calls == []


def test_a_cached_inventory_still_says_what_it_lacks(aws: AwsLike, cloud: Cloud, files: Files, tmp_path: Path) -> None:
    aws.scenario.refusals += region_denied("eu-south-1")
    options = cached(tmp_path, regions=["eu-west-1", "eu-south-1"], assume_role_arn=OPERATOR)
    fresh = files.parse(**options)

    again = files.parse(**options)

    assert again.warnings == fresh.warnings != []
    assert again.calls == []


def test_nothing_secret_is_in_the_cache(cloud: Cloud, files: Files, tmp_path: Path) -> None:
    cloud.vpc()
    files.parse(**cached(tmp_path, access_key="testing", secret_key=SECRET, session_token="token-of-the-session"))

    [kept] = (tmp_path / "cache").iterdir()
    assert "vpc-" in kept.read_text()
    assert SECRET not in kept.read_text()
    assert "token-of-the-session" not in kept.read_text()


GUIDE = (Path(__file__).parents[4] / "docs" / "inventory.md").read_text("utf-8")


@pytest.mark.parametrize(
    "example",
    [
        *(pytest.param(text, id=f"documentation {number}") for number, text in enumerate(EXAMPLES.split("\n---\n"))),
        *(
            pytest.param(text, id=f"guide {number}")
            for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
        ),
    ],
)
def test_examples_do_what_they_say(
    aws: AwsLike, files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, example: str
) -> None:
    options = yaml.safe_load(example)
    del options["plugin"]
    if "profile" in options:
        text = f"[{options['profile']}]\naws_access_key_id = testing\naws_secret_access_key = {SECRET}\n"
        (tmp_path / "credentials").write_text(text)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    if "cache_connection" in options:
        # Whole names are for processes of Ansible's own.
        options.update(cache_connection=str(tmp_path / "cache"), cache_plugin="jsonfile")
    arn = options.get("assume_role_arn", f"::::{ACCOUNT}")
    there = Cloud(aws, arn.split(":")[4])
    vpc = tag(there, there.vpc("web"), project="shop", application="Shop", stage="production")
    subnet = tag(there, there.subnet(vpc), stage="production")

    inventory = files.parse(strict=True, **options)

    types = options.get("resource_types", ["vpc"])
    assert inventory.hosts >= {target for target in (vpc, subnet) if target.split("-")[0] in types}
    if "project_tag" in options or "compose" in options:
        host = vpc if "vpc" in types else subnet
        assert inventory.vars(host)["flow_logs_project"] == "shop"
        assert "shop" in inventory.groups_of(host)


def test_the_guides_policy_has_the_actions_that_are_needed_and_no_other(files: Files) -> None:
    [policy] = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    [statement] = json.loads(policy)["Statement"]

    calls = files.parse(regions=[], resource_types=["vpc", "subnet", "eni"]).calls

    assert {name for name in calls.names if name != "sts:GetCallerIdentity"} == set(statement["Action"])
