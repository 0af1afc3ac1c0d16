# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import EC2
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import IAM
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import LOGS
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import TagRules
from ansible_collections.netops.flow_logs.plugins.module_utils._core.tags import texts_and_problems

COMMA = "the value 'ops, network' has ,, but CloudWatch Logs (log groups) takes letters, numbers, spaces and the characters"


@pytest.mark.parametrize(
    ("tags", "rules", "complaint"),
    [
        pytest.param({"": "x"}, [EC2], "'': a key has at least one character", id="an empty key"),
        pytest.param({"k" * 128: "x"}, [EC2], "EC2 (flow logs) takes keys of 127 characters at most", id="a long key"),
        pytest.param({"k" * 129: "x"}, [LOGS], "keys of 128 characters at most, and this one has 129", id="a longer one"),
        pytest.param({"aws:x": "x"}, [IAM], "'aws:x': keys that begin with aws: belong to AWS", id="a key of AWS's"),
        pytest.param({"AWS:x": "x"}, [EC2], "belong to AWS", id="the same in capitals"),
        pytest.param({"a": "Aws:x"}, [IAM], "takes no value that begins with aws:", id="a value of AWS's, to IAM"),
        pytest.param({"a": "x" * 257}, [EC2], "256 characters at most, and this one has 257", id="a long value"),
        pytest.param({"a": None}, [EC2], "'a': the value is missing", id="a null value"),
        pytest.param({"a": ["x"]}, [EC2], "'a': the value has to be text, not a list", id="a list"),
        pytest.param({"a": {"b": "c"}}, [EC2], "'a': the value has to be text, not a dictionary", id="a dictionary"),
        pytest.param({True: "x"}, [EC2], "'True': YAML reads the key as a value of its own", id="a boolean key"),
        pytest.param({date(2026, 1, 2): "x"}, [EC2], "'2026-01-02': YAML reads the key", id="a day for a key"),
        pytest.param({None: "x"}, [EC2], "write it in quotes", id="a null key"),
        pytest.param({1: "x", "1": "y"}, [EC2], "'1': the key is given twice", id="a number and its text"),
        pytest.param({f"k{number}": "x" for number in range(51)}, [EC2], "there are 51 tags", id="more than fifty"),
        pytest.param({"owner": "ops, network"}, [EC2, LOGS], f"'owner': {COMMA}", id="a comma for a log group"),
        pytest.param({"about": "Test #2 (of ops)"}, [IAM], "has # ( ), but IAM (roles and policies)", id="signs for a role"),
        pytest.param({"cost&": "x"}, [LOGS], "'cost&': the key has &", id="a sign in a key"),
        pytest.param({"a": "b\nc"}, [LOGS], r"has \n, but CloudWatch Logs", id="a line break, shown as an escape"),
        pytest.param({"a": "ops, network"}, [LOGS, IAM], "(log groups) and IAM (roles and policies) takes", id="two services"),
        pytest.param({"Owner": "a", "owner": "b"}, [IAM], "'Owner' and 'owner': to IAM (roles and policies) keys", id="case"),
    ],
)
def test_what_a_service_refuses_is_named(tags: dict[Any, Any], rules: list[TagRules], complaint: str) -> None:
    _texts, problems = texts_and_problems(tags, rules)
    assert [problem for problem in problems if complaint in problem] == problems != []


@pytest.mark.parametrize(
    ("tags", "rules"),
    [
        pytest.param({"a": "aws:x"}, [EC2, LOGS], id="a value that begins with aws:"),
        pytest.param({"owner": "ops, network"}, [EC2], id="any character for a flow log alone"),
        pytest.param({"k" * 128: "x" * 256}, [LOGS], id="the longest of a log group"),
        pytest.param({"Owner": "a", "owner": "b"}, [EC2, LOGS], id="keys in two cases, for who tells them apart"),
        pytest.param({"Eigentümer": "Größe 中文 ١٢", "a_.:/=+-@ b": "a_.:/=+-@ b\u00a0c"}, [EC2, LOGS, IAM], id="all scripts"),
        pytest.param({f"k{number}": "" for number in range(50)}, [EC2, LOGS, IAM], id="fifty, with empty values"),
    ],
)
def test_what_the_services_take_is_taken(tags: dict[Any, Any], rules: list[TagRules]) -> None:
    assert texts_and_problems(tags, rules) == (tags, [])


KEYS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates()


@given(st.dictionaries(KEYS, KEYS | st.lists(st.text())), st.sets(st.sampled_from([EC2, LOGS, IAM])))
def test_whatever_yaml_can_give_is_text_or_a_problem_and_never_a_python_error(
    tags: dict[Any, Any], rules: set[TagRules]
) -> None:
    texts, problems = texts_and_problems(tags, list(rules))
    assert all(isinstance(part, str) for tag in texts.items() for part in tag)
    assert problems or len(texts) == len(tags)
    # In one line each, whatever the tag has.
    assert not any(re.search(r"[\x00-\x1f\x7f]", problem) for problem in problems)


def test_the_rules_are_those_of_botocores_models() -> None:
    session = Session()
    logs, iam, ec2 = (session.get_service_model(name) for name in ("logs", "iam", "ec2"))
    pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
    for model, key, value in ((logs, "TagKey", "TagValue"), (iam, "tagKeyType", "tagValueType")):
        assert pattern in model.shape_for(key).metadata["pattern"]
        assert pattern in model.shape_for(value).metadata["pattern"]
        assert (model.shape_for(key).metadata["max"], model.shape_for(value).metadata["max"]) == (LOGS.longest_key, 256)
    assert IAM.longest_key == LOGS.longest_key == 128
    assert logs.shape_for("Tags").metadata["max"] == iam.shape_for("tagListType").metadata["max"] == 50
    assert "a maximum of 127 Unicode characters" in ec2.shape_for("Tag").members["Key"].documentation
    assert "pattern" not in ec2.shape_for("Tag").members["Key"].metadata
