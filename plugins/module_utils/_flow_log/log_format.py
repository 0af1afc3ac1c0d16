# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The grammar of a flow log's record format. Pure."""

from __future__ import annotations

import re

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput

# What AWS gives a flow log that asked for no format (version 2 of the record), spelled out as DescribeFlowLogs does.
DEFAULT_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol}"
    " ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)

# The shape, not a list of names: AWS keeps adding fields.
_FIELD = re.compile(r"\$\{[a-z0-9-]+\}")


def normalise(log_format: str | None) -> str | None:
    """The format with single blanks between fields, as AWS insists on (a folded YAML block adds a line end).

    None stays None: leave alone. Raises InvalidInput that names the first thing that is no ${field}.
    """
    if log_format is None:
        return None
    fields = log_format.split()
    if not fields:
        raise InvalidInput("log_format is empty: give at least one field such as ${srcaddr}, or leave the option out.")
    for field in fields:
        if not _FIELD.fullmatch(field):
            raise InvalidInput(
                f"log_format has {field!r}, which is no field. Write fields as ${{name}} with blanks between them,"
                " for example '${version} ${srcaddr} ${dstaddr} ${action}'."
            )
    return " ".join(fields)
