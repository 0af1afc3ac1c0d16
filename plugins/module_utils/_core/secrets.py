# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Credentials that must not leave: what they are, and text without them.

What is secret is found out where it is used: options, the environment, the profiles, what is sent. Every text that comes from AWS
or the SDK goes through without_secrets().
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

try:
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session as BotocoreSession
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    BotoCoreError = Exception

# Options of the modules and of amazon.aws.sts_assume_role.
OPTIONS = ("secret_key", "session_token", "mfa_token", "external_id")
_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "EC2_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "EC2_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
_OF_A_PROFILE = ("aws_secret_access_key", "aws_session_token", "aws_security_token", "external_id")
# Where the SDK's files are, when not in their usual place.
_FILES = ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "HOME")
BLOT = "********"
# Shorter ones are parts of ordinary words and numbers: they are blotted out only where they were used.
_SHORTEST = 8

# The user name and password of a URL.
_USER_INFO = re.compile(r"(?<=://)[^/?#\s\"'<>]*@")

_lock = threading.Lock()
_known: set[str] = set()


def remember(secrets: Iterable[Any]) -> None:
    """Secrets of this process, to be blotted out of every text from now on."""
    found = {str(secret) for secret in secrets if secret and len(str(secret)) >= _SHORTEST}
    with _lock:
        _known.update(found)


def known_secrets() -> set[str]:
    with _lock:
        return set(_known)


def without_secrets(text: Any, more: Iterable[str] = ()) -> str:
    """The text without remembered secrets, without those of more, and without passwords in URLs."""
    written = without_user_info(str(text))
    # A secret may begin with another one.
    for secret in sorted({*known_secrets(), *more}, key=len, reverse=True):
        written = written.replace(secret, BLOT)
    return written


def without_user_info(text: str) -> str:
    """The text with the user names and passwords of its URLs blotted out."""
    return _USER_INFO.sub(f"{BLOT}@", text) if "@" in text else text


def plain_url(url: str | None) -> tuple[str | None, bool]:
    """The URL without user name and password, and whether it had any. Calls of AWS are signed and use neither."""
    plain = _USER_INFO.sub("", url, count=1) if url else url
    return plain, plain != url


def secrets_of_options(params: Mapping[str, Any]) -> set[str]:
    """What is secret among a module's options, short ones too."""
    found = {str(params[name]) for name in OPTIONS if params.get(name)}
    return found | _in_url(params.get("endpoint_url"))


def remember_surroundings() -> None:
    """Remembers what the environment and the profiles hold. Reads the files of the AWS SDK: for when something went wrong."""
    remember(os.environ.get(name) for name in _VARIABLES)
    for name, value in os.environ.items():
        if name.startswith("AWS_ENDPOINT_URL") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            remember(_in_url(value))
    remember(_of_profiles(tuple(os.environ.get(name, "") for name in _FILES)))


@lru_cache(maxsize=None)
def _of_profiles(_files: tuple[str, ...]) -> frozenset[str]:
    """The secrets in the SDK's files, which the environment may name. Read once: errors are many."""
    try:
        profiles = BotocoreSession().full_config.get("profiles") or {}
    except (BotoCoreError, OSError, NameError):
        # Files that can't be read have given out no credentials.
        return frozenset()
    return frozenset(str(profile[name]) for profile in profiles.values() for name in _OF_A_PROFILE if profile.get(name))


def cleaned(result: Any, more: Iterable[str] = ()) -> Any:
    """A result with all its texts, keys too, without secrets."""
    if isinstance(result, str):
        return without_secrets(result, more)
    if isinstance(result, dict):
        return {cleaned(key, more): cleaned(value, more) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [cleaned(each, more) for each in result]
    return result


def _in_url(url: Any) -> set[str]:
    found = _USER_INFO.search(str(url or ""))
    if not found:
        return set()
    _user, _colon, password = found.group()[:-1].partition(":")
    return {password, unquote(password)} - {""}
