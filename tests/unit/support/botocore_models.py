# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the oldest supported botocore does not know yet, and tests that need it."""

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import supports
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client

needs_deletion_protection = pytest.mark.skipif(
    not supports(real_client("logs"), "CreateLogGroup", "deletionProtectionEnabled"),
    reason="botocore before 1.41.3 does not know the deletion protection",
)
