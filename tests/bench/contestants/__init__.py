# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to flow logs that are compared."""

from __future__ import annotations

from .amazon_aws import EverythingPerHost
from .amazon_aws import SharedPartsOnce
from .bare import Empty
from .bare import Floor
from .base import Contestant
from .base import Stage
from .custodian import Custodian
from .custodian import CustodianOrg
from .custodian import CustodianOrganisation
from .ours import Apply
from .ours import Copy
from .ours import Role
from .terraform import Terraform

# In the order of the page.
CONTESTANTS: tuple[type[Contestant], ...] = (
    Role,
    Apply,
    Custodian,
    CustodianOrg,
    Terraform,
    SharedPartsOnce,
    EverythingPerHost,
    Floor,
    Empty,
)
# For many accounts and regions.
OF_AN_ORGANISATION: tuple[type[Contestant], ...] = (Apply, CustodianOrganisation)

OURS: tuple[type[Contestant], ...] = (Apply, Role)

__all__ = ["CONTESTANTS", "OF_AN_ORGANISATION", "OURS", "Contestant", "Copy", "Stage"]
