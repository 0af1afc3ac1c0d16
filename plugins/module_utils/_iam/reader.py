# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Reading the role and the policies of flow_log_iam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from typing import Callable

from . import api
from .plan import Policy
from .plan import Role
from .plan import Wish


class DeliveryRoleReader:
    """read_document(client, ARN, version id): how to read a document. An empty one means that the policy has just gone."""

    def __init__(
        self, client: Any, wish: Wish, read_document: Callable[..., Mapping[str, Any]] = api.policy_document
    ) -> None:
        self.client = client
        self.wish = wish
        self.read_document = read_document

    def role(self) -> Role | None:
        """The role of the wish's name, whatever its path and case, or None."""
        name = self.wish.role_name
        found = api.get_role(self.client, name)
        if found is None:
            other_case = api.find_role_name(self.client, name)
            found = api.get_role(self.client, other_case) if other_case else None
        if found is None:
            return None
        return Role(
            name=found["RoleName"],
            arn=found["Arn"],
            path=found["Path"],
            trust=found["AssumeRolePolicyDocument"],
            permissions_boundary=(found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            tags=api.tags_of(found),
            attached=api.attached_policies(self.client, found["RoleName"]),
        )

    def policy(self, name: str) -> Policy | None:
        """The account's policy of this name, whatever its path and case, or None."""
        found = api.get_policy(self.client, self.wish.account.iam_arn("policy", self.wish.new_path, name))
        if found is None:
            elsewhere = api.find_policy_arn(self.client, name)
            found = api.get_policy(self.client, elsewhere) if elsewhere else None
        if found is None:
            return None
        version = found["DefaultVersionId"]
        document = self.read_document(self.client, found["Arn"], version)
        if not document:
            return None
        return Policy(
            found["PolicyName"],
            found["Arn"],
            document,
            version,
            tags=api.tags_of(found),
            attachments=int(found.get("AttachmentCount") or 0),
        )
