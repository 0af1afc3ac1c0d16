# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.session import Session as BotocoreSession
from botocore.utils import parse_timestamp

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.netops.flow_logs.plugins.module_utils._core.converge import answer
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.modules import flow_log
from ansible_collections.netops.flow_logs.plugins.modules import log_group
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import InProcessModule
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Models
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import Session
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import timestamp
from ansible_collections.netops.flow_logs.plugins.plugin_utils._accounts.module_stand_in import validated

KEYS = {"access_key": "AKIA", "secret_key": "very-secret-key", "region": "eu-west-1"}


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


def module(models: Models, **options: Any) -> InProcessModule:
    return InProcessModule(validated(log_group.ARGUMENT_SPEC, options), Session(models), check_mode=False, diff=False)


def test_options_are_as_a_module_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    options = validated(log_group.ARGUMENT_SPEC, {"log_group_name": "/x", "deletion_protection": "yes"})
    assert (options["deletion_protection"], options["state"], options["region"]) == (True, "present", "eu-central-1")
    assert options["retention_in_days"] is None


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"log_group_name": "/x", "retention_in_days": 4}, "retention_in_days", id="a choice"),
        pytest.param({}, "log_group_name", id="a missing one"),
        pytest.param({"log_group_name": "/x", "retention": 5}, "retention", id="an unknown one"),
    ],
)
def test_what_a_module_refuses_is_refused(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        validated(log_group.ARGUMENT_SPEC, options)


def test_rules_among_options_hold() -> None:
    with pytest.raises(InvalidInput, match="log_group_name"):
        validated(flow_log.ARGUMENT_SPEC, {"resource_ids": ["vpc-00000001"]}, **flow_log.RULES)


def test_modules_of_a_session_share_clients_and_read_models_once(models: Models) -> None:
    session = Session(models)
    options = validated(log_group.ARGUMENT_SPEC, {"log_group_name": "/x", **KEYS})
    first, second = (InProcessModule(options, session, check_mode=False, diff=False) for _twice in range(2))
    assert first.client("ec2") is second.client("ec2")
    assert first.client("ec2", region="us-east-1") is not first.client("ec2")
    assert first.client("ec2", region="us-east-1").meta.region_name == "us-east-1"
    assert Session(models).client("ec2", "eu-west-1", None, {}) is not first.client("ec2")


def test_a_profile_that_does_not_exist_is_an_error_of_aws(models: Models) -> None:
    with pytest.raises(AnsibleAWSError, match=r"Couldn't connect to AWS.*nobody"):
        module(models, log_group_name="/x", profile="nobody").client("ec2")


def own_sts(directory: Path, version: str) -> Path:
    """A folder with a model of STS of a version that the SDK does not have."""
    model = BotocoreSession().get_component("data_loader").load_service_model("sts", "service-2")
    model["metadata"]["apiVersion"] = version
    file = directory / "sts" / version / "service-2.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(model))
    return directory


def version_of_sts(models: Models, profile: str | None = None) -> str:
    client = models.session(profile).client("sts", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
    return str(client.meta.service_model.api_version)


def test_models_are_looked_for_where_the_sdk_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(own_sts(tmp_path / "one", "2098-01-01")))
    assert version_of_sts(Models()) == "2098-01-01"


def test_a_profile_may_have_models_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile own]\ndata_path = {own_sts(tmp_path / 'own', '2097-01-01')}\n[profile other]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    models = Models()
    versions = [version_of_sts(models, profile) for profile in (None, "other", "own")]
    assert versions == ["2011-06-15", "2011-06-15", "2097-01-01"]


def test_connection_options_that_exclude_each_other_end_it(models: Models) -> None:
    here = module(models, log_group_name="/x", profile="nobody", **KEYS)
    result = here.end(lambda it: answer(it, lambda: {"client": it.client("ec2")}))
    assert result["failed"] is True
    assert "profile and access tokens" in result["msg"]


def test_the_result_has_the_warnings(models: Models) -> None:
    def program(it: InProcessModule) -> None:
        it.warn("Careful\n\x9b.")
        it.exit_json(changed=False)

    assert module(models, log_group_name="/x").end(program) == {"changed": False, "warnings": ["Careful\\n\\x9b."]}


def test_secrets_that_an_error_repeats_are_blotted_out(models: Models) -> None:
    def program(it: InProcessModule) -> None:
        it.fail_json(msg="AWS does not know very-secret-key")

    result = module(models, log_group_name="/x", **KEYS).end(program)
    assert result["failed"] is True
    assert "very-secret-key" not in str(result)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("2026-11-24T11:30:05.123Z", id="EC2's"),
        pytest.param("2026-11-24T11:30:05Z", id="IAM's"),
        pytest.param("2026-11-24T11:30:05+0100", id="another zone"),
        pytest.param("20261124T113005Z", id="without signs between"),
        pytest.param("Tue, 24 Nov 2026 11:30:05 GMT", id="HTTP's"),
        pytest.param("2026-11-24T11:30:05.1234567Z", id="more digits than Python takes"),
        pytest.param(1795519805, id="a number"),
        pytest.param("1795519805.5", id="a number as text"),
    ],
)
def test_times_are_read_as_botocore_reads_them(value: Any) -> None:
    assert timestamp(value) == parse_timestamp(value)
    assert timestamp(value).isoformat() == parse_timestamp(value).isoformat()


def test_what_is_no_time_is_refused_as_botocore_refuses_it() -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        timestamp("neverZ")


class Body(io.BytesIO):
    """An answer's body as botocore reads it."""

    def stream(self, **_more: Any) -> Iterator[bytes]:
        yield self.read()


def test_clients_read_times_so(models: Models) -> None:
    xml = b"""<DescribeFlowLogsResponse><flowLogSet><item><flowLogId>fl-1</flowLogId>
        <creationTime>2026-11-24T11:30:05.123Z</creationTime></item></flowLogSet></DescribeFlowLogsResponse>"""
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "very-secret-key"}
    client = Session(models).client("ec2", "eu-west-1", None, keys)
    client.meta.events.register("before-send", lambda **_more: AWSResponse("http://x", 200, {}, Body(xml)))
    (log,) = client.describe_flow_logs()["FlowLogs"]
    assert log["CreationTime"] == datetime(2026, 11, 24, 11, 30, 5, 123000, UTC)
    # Not of dateutil, which botocore would have asked.
    assert log["CreationTime"].tzinfo is UTC
