# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import Failure
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import in_sentences


@pytest.mark.parametrize(
    ("failures", "sentences"),
    [
        pytest.param([], [], id="none"),
        pytest.param([Failure("vpc-1", "Code", "Words.")], ["vpc-1: Code: Words."], id="one without a hint"),
        pytest.param([Failure("vpc-1", "Code", "Words.", "Do.")], ["vpc-1: Code: Words. Do."], id="one with a hint"),
        pytest.param([Failure("vpc-1", "Code", "Words", "Do.")], ["vpc-1: Code: Words. Do."], id="one without a full stop"),
        pytest.param(
            [Failure("vpc-1", "Code", "Words."), Failure("vpc-2", "Code", "Words.")],
            ["vpc-1, vpc-2: Code: Words."],
            id="one cause for two",
        ),
        pytest.param(
            [Failure("vpc-1", "Code", "Unknown vpc-1."), Failure("vpc-2", "Code", "Unknown vpc-2.")],
            ["vpc-1, vpc-2: Code: Unknown vpc-1."],
            id="one cause, told with the id of each",
        ),
        pytest.param(
            [Failure("vpc-1", "A", "Words."), Failure("vpc-2", "B", "Words."), Failure("vpc-3", "A", "Words.")],
            ["vpc-1, vpc-3: A: Words.", "vpc-2: B: Words."],
            id="two causes, in the order in which they came",
        ),
        pytest.param(
            [Failure("vpc-1", "A", "Words.", "Do."), Failure("vpc-2", "A", "Words.", "Do not.")],
            ["vpc-1: A: Words. Do.", "vpc-2: A: Words. Do not."],
            id="two hints",
        ),
    ],
)
def test_failures_in_sentences(failures: list[Failure], sentences: list[str]) -> None:
    assert in_sentences(failures) == sentences


def test_of_many_targets_with_one_cause_ten_are_named_and_the_rest_counted() -> None:
    [sentence] = in_sentences([Failure(f"vpc-{number}", "Code", "Words.") for number in range(300)])

    assert sentence.count("vpc-") == 10
    assert "and 290 more: Code: Words." in sentence
