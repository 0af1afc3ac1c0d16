# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the role's variables may come from, and which wins."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader

from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ACCOUNT
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import POLICY
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import ROLE
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import SECRET
from ansible_collections.netops.flow_logs.tests.functional.support.cloud import Cloud
from ansible_collections.netops.flow_logs.tests.functional.support.estate import PLAY
from ansible_collections.netops.flow_logs.tests.functional.support.estate import hosts
from ansible_collections.netops.flow_logs.tests.functional.support.playbook import Ansible

ROLE_NAME = "netops.flow_logs.flow_logs"
OTHER = "111111111111"
PROJECTS = ("by_roles", "by_import", "by_include")


def test_precedence_is_ansibles_however_the_role_is_called(cloud: Cloud, ansible: Ansible) -> None:
    """Defaults < group_vars < host_vars < play vars < set_fact < the role's parameters < extra vars."""
    vpcs = {project: [cloud.vpc(f"{project}-{number}") for number in range(2)] for project in PROJECTS}
    inventory: dict[str, Any] = {"all": {"children": {}}}
    for project, (first, second) in vpcs.items():
        inventory["all"]["children"][project] = {"hosts": {first: {}, second: {}}}
        ansible.write(
            f"group_vars/{project}.yml",
            {
                "flow_logs_retention_in_days": 30,
                "flow_logs_max_aggregation_interval": 600,
                "flow_logs_traffic_type": "ALL",
                "flow_logs_log_format": "${srcaddr}",
                "flow_logs_tags": {"from": "group"},
            },
        )
        ansible.write(
            f"host_vars/{second}.yml", {"flow_logs_retention_in_days": 60, "flow_logs_log_format": "${dstaddr}"}
        )
    parameters = {"flow_logs_traffic_type": "REJECT", "flow_logs_tags": {"from": "parameter"}}
    calls: dict[str, dict[str, Any]] = {
        "by_roles": {"roles": [{"role": ROLE_NAME, **parameters}]},
        "by_import": {"tasks": [{"ansible.builtin.import_role": {"name": ROLE_NAME}, "vars": parameters}]},
        "by_include": {"tasks": [{"ansible.builtin.include_role": {"name": ROLE_NAME}, "vars": parameters}]},
    }
    facts = {
        "ansible.builtin.set_fact": {"flow_logs_log_format": "${action}"},
        "when": "inventory_hostname == ansible_play_hosts[0]",
    }
    plays = [
        {
            "hosts": project,
            "gather_facts": False,
            "vars": {"flow_logs_max_aggregation_interval": 60, "flow_logs_traffic_type": "ACCEPT"},
            "pre_tasks": [facts],
            **call,
        }
        for project, call in calls.items()
    ]
    ansible.run(plays, inventory, ["-e", '{"flow_logs_tags": {"from": "extra"}}']).succeeded()
    groups = cloud.log_groups()
    for project, (first, second) in vpcs.items():
        for vpc, log_format, days, number in ((first, "${action}", 30, 0), (second, "${dstaddr}", 60, 1)):
            log = cloud.flow_log_of(vpc)
            assert log["LogFormat"] == log_format, project
            assert (log["MaxAggregationInterval"], log["TrafficType"]) == (60, "REJECT"), project
            assert log["Tags"] == {"from": "extra"}, project
            assert groups[f"/aws/{project}/vpc/{project}-{number}/flowlogs"]["retentionInDays"] == days


def test_each_of_many_hosts_has_its_own_variables(cloud: Cloud, ansible: Ansible) -> None:
    """Hosts of one group whose variables have the same names, but for some of them, on which others speak, too."""
    vpcs = [cloud.vpc(f"net-{number}") for number in range(8)]
    aliases = [f"alias-{number}" for number in range(8)]
    inventory = {
        "shop": {
            "hosts": {
                alias: {"flow_logs_resource_id": vpc, "stage": f"stage{number % 2}", "flow_logs_traffic_type": "ALL"}
                for number, (alias, vpc) in enumerate(zip(aliases, vpcs, strict=True))
            },
            "vars": {"flow_logs_log_group_name": "/{{ flow_logs_project }}/{{ stage }}", "skipped": False},
        }
    }
    ansible.write(f"host_vars/{aliases[5]}.yml", {"stage": "from-a-file"})
    ansible.write(f"host_vars/{aliases[6]}.yml", {"skipped": True})
    say = {"stage": "from-a-fact"}
    play = {
        **PLAY[0],
        "vars": {"flow_logs_traffic_type": "REJECT"},
        "pre_tasks": [{"ansible.builtin.set_fact": say, "when": f"inventory_hostname == '{aliases[7]}'"}],
        "roles": [{"role": ROLE_NAME, "when": "not skipped"}],
    }
    ansible.run([play], inventory).succeeded()
    stages = {log["ResourceId"]: log["LogGroupName"] for log in cloud.flow_logs()}
    assert stages == {
        **{vpc: f"/shop/stage{number % 2}" for number, vpc in enumerate(vpcs[:5])},
        vpcs[5]: "/shop/from-a-file",
        vpcs[7]: "/shop/from-a-fact",
    }
    assert {log["TrafficType"] for log in cloud.flow_logs()} == {"REJECT"}


def test_least_privilege_adds_up_over_plays(cloud: Cloud, ansible: Ansible) -> None:
    alice = "alice"
    cloud.client("iam").create_user(UserName=alice)
    one, two = cloud.vpc("one"), cloud.vpc("two")
    common = {
        "flow_logs_least_privilege": True,
        "flow_logs_pass_role_to": [f"arn:aws:iam::{ACCOUNT}:user/{alice}"],
        "flow_logs_iam_tags": {"owner": "network"},
    }
    for project, vpc in (("shop", one), ("bank", two)):
        ansible.run(PLAY, hosts(project, [vpc], **common)).succeeded()
    document = cloud.document()
    arns = [f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/{project}/vpc/*/flowlogs:*" for project in ("bank", "shop")]
    assert document["Statement"][0]["Resource"] == arns
    assert "CreateLogGroup" not in str(document)
    (statement,) = cloud.trust()["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert cloud.attached("user", alice) == [f"PassRole-{ROLE}"]
    again = ansible.run(PLAY, hosts("shop", [one], **common)).succeeded()
    assert (again.changed, again.calls.mutating) == (0, [])


def test_names_of_ones_own(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    variables = {
        "flow_logs_role_name": "FlowLogs",
        "flow_logs_policy_name": "WriteFlowLogs",
        "flow_logs_project": "Shop 2",
        "flow_logs_log_group_name": "/corp/{{ flow_logs_project | replace(' ', '-') | lower }}/{vpc_name}/{region}",
        "flow_logs_endpoint_url": ansible.emulator.url,
        "flow_logs_region": "eu-central-1",
    }
    there = cloud.elsewhere(region="eu-central-1")
    vpc = there.vpc("web")
    # Region and address come from the variables, whatever the environment says.
    env = {"AWS_ENDPOINT_URL": None, "AWS_REGION": None}
    ansible.run(PLAY, hosts("shop", [vpc], **variables), env=env).succeeded()
    assert set(there.log_groups()) == {"/corp/shop-2/web/eu-central-1"}
    assert (cloud.roles(), cloud.policies()) == (["FlowLogs"], ["WriteFlowLogs"])
    assert POLICY not in cloud.policies()


def test_a_group_of_settings_can_be_a_projects_module_defaults(cloud: Cloud, ansible: Ansible) -> None:
    """module_defaults of the collection's action group reach the modules, in plays of one's own and in the role."""
    there = cloud.elsewhere(OTHER)
    vpc = there.vpc("web")
    iam = {"role_name": ROLE, "policy_name": POLICY}
    defaults = {"endpoint_url": ansible.emulator.url, "region": "eu-west-1", "profile": "other"}
    ansible.write(
        "aws.ini",
        f"[profile base]\naws_access_key_id = testing\naws_secret_access_key = {SECRET}\n"
        f"[profile other]\nrole_arn = arn:aws:iam::{OTHER}:role/operator\nsource_profile = base\n",
    )
    env = {
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        "AWS_CONFIG_FILE": str(ansible.directory / "aws.ini"),
        # Only for the profile's own session: the modules get the address by their option.
        "AWS_ENDPOINT_URL_STS": ansible.emulator.url,
    }
    own = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/netops.flow_logs.aws": defaults},
        "tasks": [
            {"netops.flow_logs.flow_log_iam": iam, "register": "iam"},
            {"amazon.aws.aws_caller_info": {}, "register": "me", "name": "me"},
        ],
    }
    flow_logs_group = {**PLAY[0], "hosts": "shop", "module_defaults": {"group/netops.flow_logs.flow_logs": defaults}}
    run = ansible.run([own, flow_logs_group], hosts("shop", [vpc]), env=env).succeeded()
    assert run.registered("me")["account"] == OTHER
    assert (there.roles(), cloud.roles()) == ([ROLE], [])
    assert there.flow_log_of(vpc)["LogGroupName"] == "/aws/shop/vpc/web/flowlogs"
    assert cloud.flow_logs() == []


def test_null_and_omit_unset_what_a_group_has_set(cloud: Cloud, ansible: Ansible) -> None:
    null, omitted, grouped = (cloud.vpc(name) for name in ("null", "omitted", "grouped"))
    inventory: dict[str, Any] = hosts("shop", [null, omitted, grouped], flow_logs_retention_in_days=90)
    own = inventory["all"]["children"]["shop"]["hosts"]
    own[null] = {"flow_logs_retention_in_days": None}
    own[omitted] = {"flow_logs_retention_in_days": "{{ omit }}", "flow_logs_role_name": "{{ omit }}"}
    ansible.run(PLAY, inventory).succeeded()
    days = {name.split("/")[4]: group.get("retentionInDays") for name, group in cloud.log_groups().items()}
    assert days == {"null": None, "omitted": None, "grouped": 90}
    assert cloud.roles() == [ROLE]


def test_a_switch_is_no_text(cloud: Cloud, ansible: Ansible) -> None:
    """YAML reads yes as true, which Ansible would take for the 1 of the days; the country NO is no project."""
    vpc, norway = cloud.vpc("web"), cloud.vpc("web")
    inventory = {
        "all": {
            "children": {
                "shop": {"hosts": {vpc: {}}, "vars": {"flow_logs_retention_in_days": True}},
                "north": {"hosts": {norway: {}}, "vars": {"flow_logs_project": False}},
            }
        }
    }
    run = ansible.run(PLAY, inventory).failed()
    assert run.calls == []
    assert "flow_logs_retention_in_days is True" in run.output and "flow_logs_project is False" in run.output
    assert "quotes" in run.output


@pytest.mark.parametrize("keyword", ["module_defaults", "environment"])
def test_keywords_of_the_play_that_differ_by_host_are_refused(cloud: Cloud, ansible: Ansible, keyword: str) -> None:
    first, second = cloud.vpc("first"), cloud.vpc("second")
    inventory = {"all": {"children": {"shop": {"hosts": {first: {"days": "7"}, second: {"days": "1096"}}}}}}
    content = {
        "module_defaults": {"netops.flow_logs.log_group": {"retention_in_days": "{{ days }}"}},
        "environment": {"AWS_PROFILE_OF": "{{ days }}"},
    }
    run = ansible.run([{**PLAY[0], keyword: content[keyword]}], inventory).failed()
    assert run.calls == []
    assert f"{keyword} of the play speaks of days" in run.output
    for host in (first, second):
        inventory["all"]["children"]["shop"]["hosts"][host] = {"days": "7"}
    ansible.run([{**PLAY[0], keyword: content[keyword]}], inventory).succeeded()


@pytest.mark.parametrize("around", ["role", "block"])
def test_so_is_the_environment_of_what_the_role_is_in(cloud: Cloud, ansible: Ansible, around: str) -> None:
    environment = {"environment": {"AWS_REGION": "{{ home }}"}}
    name = "netops.flow_logs.flow_logs"
    plays = {
        "role": [{**PLAY[0], "roles": [{"role": name, **environment}]}],
        "block": [
            {
                "hosts": "all",
                "gather_facts": False,
                "tasks": [{**environment, "block": [{"ansible.builtin.import_role": {"name": name}}]}],
            }
        ],
    }
    children = {
        project: {"hosts": {cloud.vpc(project): {}}, "vars": {"home": home}}
        for project, home in (("shop", "eu-west-1"), ("bank", "us-east-1"))
    }
    run = ansible.run(plays[around], {"all": {"children": children}}).failed()
    assert run.calls == []
    assert "environment of the play speaks of home" in run.output


def test_options_of_module_defaults_are_no_variables_of_the_hosts(cloud: Cloud, ansible: Ansible) -> None:
    """The inventory plugin gives each host a variable region, which "region:" as an option's name does not speak of."""
    first, second = cloud.vpc("first"), cloud.vpc("second")
    inventory = {
        "all": {
            "vars": {"flow_logs_project": "shop", "home": "eu-west-1"},
            "hosts": {first: {"region": "eu-west-1"}, second: {"region": "us-east-2"}},
        }
    }
    defaults = {"netops.flow_logs.flow_log": {"region": "{{ home }}"}}
    ansible.run([{**PLAY[0], "module_defaults": defaults}], inventory).succeeded()
    assert len(cloud.flow_logs()) == 2


def test_a_playbook_does_what_its_name_says(cloud: Cloud, ansible: Ansible) -> None:
    vpc = cloud.vpc("web")
    inventory = hosts("shop", [vpc])
    refused = ansible.run("netops.flow_logs.remove", inventory, ["-e", "flow_logs_state=present"]).failed()
    assert "use netops.flow_logs.apply" in refused.output
    assert refused.calls == []
    ansible.run("netops.flow_logs.apply", inventory).succeeded()
    for playbook, variable, meant in (
        ("netops.flow_logs.apply", "flow_logs_state=absent", "use netops.flow_logs.remove"),
        ("netops.flow_logs.remove", "flow_logs_host=bank", "Is flow_logs_hosts meant?"),
        ("netops.flow_logs.remove", "flow_log_hosts=bank", "Is flow_logs_hosts meant?"),
        ("netops.flow_logs.remove", "flowlogs_hosts=bank", "Is flow_logs_hosts meant?"),
        ("netops.flow_logs.remove", "flow_logs_remove_log_group=true", "Is flow_logs_remove_log_groups meant?"),
        ("netops.flow_logs.remove", "flow_logs_group=shop", "-e flow_logs_group: there is no such variable."),
    ):
        run = ansible.run(playbook, inventory, ["-e", variable]).failed()
        assert meant in run.output
        assert run.calls == []
    assert [log["ResourceId"] for log in cloud.flow_logs()] == [vpc]


def test_models_of_aws_are_looked_for_in_aws_data_path(cloud: Cloud, ansible: Ansible) -> None:
    """As by the modules, and also where the play's environment sets it."""
    inventory = hosts("shop", [cloud.vpc("web")])
    model = Loader().load_service_model("sts", "service-2")
    model["metadata"]["apiVersion"] = "2098-01-01"
    ansible.write("models/sts/2098-01-01/service-2.json", model)
    play = {**PLAY[0], "environment": {"AWS_DATA_PATH": str(ansible.directory / "models")}}
    run = ansible.run([play], inventory).succeeded()
    assert {call.parameters["Version"] for call in run.calls.of("GetCallerIdentity")} == {"2098-01-01"}
