# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages and examples against the emulator in which records flow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netops.flow_logs.tests.emulator import AwsLike


@pytest.fixture(scope="session")
def emulator() -> Iterator[AwsLike]:
    with AwsLike() as aws:
        yield aws
