# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import DEFAULT_LOG_FORMAT
from ansible_collections.netops.flow_logs.plugins.module_utils._flow_log.log_format import normalise


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        pytest.param("${version} ${srcaddr}", "${version} ${srcaddr}", id="one that is right stays"),
        pytest.param("${version}\n${srcaddr}\n", "${version} ${srcaddr}", id="a folded YAML block loses its line ends"),
        pytest.param("  ${version}   ${srcaddr} ", "${version} ${srcaddr}", id="blanks are collapsed"),
        pytest.param("${srcaddr} ${version}", "${srcaddr} ${version}", id="the order is kept"),
        pytest.param("${account-id} ${account-id}", "${account-id} ${account-id}", id="a field may come twice"),
        pytest.param("${instance-tag-2}", "${instance-tag-2}", id="fields of any name, as AWS adds new ones"),
        pytest.param(DEFAULT_LOG_FORMAT, DEFAULT_LOG_FORMAT, id="the default format"),
        pytest.param(None, None, id="left out stays left out"),
    ],
)
def test_a_format_is_brought_into_the_shape_that_aws_wants(given: str | None, sent: str | None) -> None:
    assert normalise(given) == sent


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param(" \n", "empty", id="blanks only"),
        pytest.param("${version} srcaddr", "'srcaddr'", id="a name without its braces"),
        pytest.param("$${version}", r"'\$\$\{version\}'", id="escaped as for Terraform"),
        pytest.param("${!version}", r"'\$\{!version\}'", id="escaped as for CloudFormation"),
        pytest.param("${version ${srcaddr}", r"'\$\{version'", id="a missing brace"),
        pytest.param("${version},${srcaddr}", ",", id="commas between fields"),
        pytest.param("${Version}", "Version", id="capitals"),
    ],
)
def test_anything_else_is_refused_and_named(given: str, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        normalise(given)
