# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where moto is kinder than AWS, or other than AWS; always corrected."""

from . import flow_log_creation
from . import flow_log_deletion
from . import flow_log_listing
from . import flow_log_tags
from . import iam_policies
from . import iam_roles
from . import iam_tags
from . import kms_keys
from . import log_group_settings
from . import log_group_tags
from . import log_groups
from . import log_records
from . import pages
from . import query_definitions

__all__ = [
    "flow_log_creation",
    "flow_log_deletion",
    "flow_log_listing",
    "flow_log_tags",
    "iam_policies",
    "iam_roles",
    "iam_tags",
    "kms_keys",
    "log_group_settings",
    "log_group_tags",
    "log_groups",
    "log_records",
    "pages",
    "query_definitions",
]
