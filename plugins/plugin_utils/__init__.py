# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What runs in Ansible's own process. All of it needs amazon.aws: without it, each import below here is a readable error."""

from __future__ import annotations

import re

from ansible.errors import AnsibleError

# As in galaxy.yml, which no installed collection has.
AMAZON_AWS = "9.0.0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:3])


def _require_amazon_aws() -> None:
    """Raises AnsibleError, which Ansible shows without a traceback, as nothing here can be imported then."""
    try:
        from ansible_collections.amazon.aws.plugins.module_utils.common import AMAZON_AWS_COLLECTION_VERSION as found
    except ImportError:
        found = ""
    if _numbers(found) >= _numbers(AMAZON_AWS):
        return
    what = f"is {found}, which is too old" if found else "is not installed"
    raise AnsibleError(
        f"netops.flow_logs needs the collection amazon.aws, {AMAZON_AWS} or later, where ansible-playbook runs; it {what}. Install it:"
        f" ansible-galaxy collection install --upgrade 'amazon.aws:>={AMAZON_AWS}'"
    )


_require_amazon_aws()
