# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One address for several emulators: a call goes to the one that has its account, a question about all of them goes to all.

It runs in a thread of its own, on one event loop. A client's connection stays open from call to call, as AWS's does.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HEAD_ENDS = b"\r\n\r\n"
_CREDENTIAL = re.compile(rb"Credential=([^/,\s]+)/\d+/[^/]+/([^/]+)/aws4_request")
_ROLE = re.compile(rb"RoleArn=arn%3A[a-z-]+%3Aiam%3A%3A(\d{12})%3A")
_GIVEN_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")


@dataclass(frozen=True)
class Message:
    """A request or an answer."""

    head: bytes
    body: bytes = b""

    def header(self, name: str) -> bytes:
        """Its value, in small letters; empty where it is missing."""
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].lower() if found else b""

    def kept_open(self) -> bytes:
        """The answer as one after which the connection stays open: its end is told by its length."""
        lines = [
            line for line in self.head[: -len(_HEAD_ENDS)].split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        if not self.header("content-length") and self.header("transfer-encoding") != b"chunked":
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join(lines) + _HEAD_ENDS + self.body


class Router:
    """Listens on a free port of 127.0.0.1 for as long as the process lives. ports: account id -> port of its emulator."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = dict(ports)
        # Whose keys they are is learnt from the answers that hand them out.
        self._accounts_of_keys: dict[bytes, str] = {}
        self._port = 0
        listening = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._listen(listening)), daemon=True).start()
        if not listening.wait(60):
            raise TimeoutError("the router of the emulators does not listen")

    @property
    def url(self) -> str:
        """What clients take as their endpoint_url."""
        return f"http://127.0.0.1:{self._port}"

    async def _listen(self, listening: threading.Event) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=1024)
        self._port = server.sockets[0].getsockname()[1]
        listening.set()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(await self._answer(await _request(reader)))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # one of the two hung up, and the other one learns it
        finally:
            writer.close()

    async def _answer(self, request: Message) -> bytes:
        credential = _CREDENTIAL.search(request.head)
        if credential is None:
            return await self._answer_of_all(request)
        key, service = credential.groups()
        account = self._account(key, service, request)
        answer = await _ask(self._port_of(account), request)
        if service == b"sts" and (given := _GIVEN_KEY.search(answer.body)):
            self._accounts_of_keys[given[1]] = account
        return answer.kept_open()

    def _account(self, key: bytes, service: bytes, request: Message) -> str:
        """Only the emulator that hands out an account's keys knows them: it has to be the one that serves them."""
        if service == b"sts" and (role := _ROLE.search(request.body)):
            return role[1].decode()
        return self._accounts_of_keys.get(key, "")

    def _port_of(self, account: str) -> int:
        """The caller's own account has no VPCs; any emulator does for it, as long as it is always the same."""
        return self._ports.get(account, next(iter(self._ports.values())))

    async def _answer_of_all(self, request: Message) -> bytes:
        answers = await asyncio.gather(*(_ask(port, request) for port in dict.fromkeys(self._ports.values())))
        together = added_up(json.loads(answer.body) for answer in answers)
        if isinstance(together, dict) and "cpu_seconds" in together:
            together["cpu_seconds"] += time.process_time()
        body = json.dumps(together).encode()
        return Message(b"HTTP/1.1 200 OK\r\nContent-Type: application/json" + _HEAD_ENDS, body).kept_open()


def added_up(answers: Iterable[Any]) -> Any:
    """Lists are joined, numbers of the same name are added; what is neither is the same everywhere."""
    first, *others = answers
    if isinstance(first, list):
        return [entry for answer in (first, *others) for entry in answer]
    return {
        name: sum((other[name] for other in others), value) if isinstance(value, int | float) else value
        for name, value in first.items()
    }


async def _request(reader: asyncio.StreamReader) -> Message:
    """Of a length that is given in its head, as the SDKs do it."""
    head = await reader.readuntil(_HEAD_ENDS)
    return Message(head, await reader.readexactly(int(Message(head).header("content-length") or 0)))


async def _ask(port: int, request: Message) -> Message:
    """The emulator closes each connection after its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.head + request.body)
        head = await reader.readuntil(_HEAD_ENDS)
        return Message(head, await reader.read())
    finally:
        writer.close()
