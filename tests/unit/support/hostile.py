# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An endpoint on loopback that means harm, or stands for a proxy that is broken."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PAGE = (
    '<DescribeFlowLogsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>'
    "<flowLogSet/><nextToken>{mark}</nextToken></DescribeFlowLogsResponse>"
)
ERROR = (
    "<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>{message}</Message></Error></Errors>"
    "<RequestID>1</RequestID></Response>"
)
NOTHING = (
    '<DescribeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><vpcSet/><subnetSet/>'
    "<networkInterfaceSet/><flowLogSet/></DescribeResponse>"
)
IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>A</UserId><Account>123456789012</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Hostile(socketserver.ThreadingTCPServer):
    """manner: how requests are answered. requests: their heads, as they came."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, manner: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manner = manner
        self.told = ""
        self.reply = ("200 OK", "")
        self.requests: list[str] = []
        self.stopping = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


class _Handler(socketserver.BaseRequestHandler):
    server: Hostile

    def handle(self) -> None:
        try:
            while not self.server.stopping.is_set() and (head := self._read()):
                self.server.requests.append(head)
                getattr(self, f"_{self.server.manner}")(head)
        except OSError:
            pass

    def _read(self) -> str:
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.request.recv(65536)
            if not more:
                return ""
            data += more
        head, _end, body = data.partition(b"\r\n\r\n")
        length = next((int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self.request.recv(65536)
        return head.decode("latin-1")

    def _send(self, status: str, body: str) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body.encode())}\r\n\r\n"
        self.request.sendall((head + body).encode())

    def _silent(self, _head: str) -> None:
        self.server.stopping.wait()

    def _drip(self, data: bytes) -> None:
        for number in range(len(data)):
            if self.server.stopping.wait(0.05):
                return
            self.request.sendall(data[number : number + 1])

    def _dripping_head(self, _head: str) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Patience: please\r\n" * 1000)

    def _dripping_body(self, _head: str) -> None:
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        self._drip(b"<" * 100000)

    def _endless(self, _head: str) -> None:
        self.request.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not self.server.stopping.is_set():
            self.request.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def _repeating(self, _head: str) -> None:
        self._send("200 OK", PAGE.format(mark="again"))

    def _talkative(self, _head: str) -> None:
        self._send("400 Bad Request", ERROR.format(message="blah " * 4_000_000))

    def _echoing(self, head: str) -> None:
        """Says what it was sent, as a careless service or a proxy does."""
        token = next((line for line in head.split("\r\n") if line.lower().startswith("x-amz-security-token")), "none")
        self._send("400 Bad Request", ERROR.format(message=f"Not understood: {token} secret {self.server.told}"))

    def _a_page(self, _head: str) -> None:
        """As a proxy that wants a login."""
        self._send("200 OK", "<!doctype html><html lang=en><title>\x1b[2JLog in</title></html>")

    def _a_page_but_for_sts(self, head: str) -> None:
        if "/sts/aws4_request" in head:
            self._send("200 OK", IDENTITY)
        else:
            self._a_page(head)

    def _silent_but_for_sts(self, head: str) -> None:
        if "/sts/aws4_request" in head:
            self._send("200 OK", IDENTITY)
        else:
            self._silent(head)

    def _replying(self, _head: str) -> None:
        self._send(*self.server.reply)

    def _replying_but_for_sts(self, head: str) -> None:
        if "/sts/aws4_request" in head:
            self._send("200 OK", IDENTITY)
        else:
            self._replying(head)

    def _replying_in_one_region(self, head: str) -> None:
        """Only what is sent to us-east-1, as of a network where that region's endpoint leads elsewhere."""
        if "/us-east-1/ec2/aws4_request" in head:
            self._replying(head)
        elif "/sts/aws4_request" in head:
            self._send("200 OK", IDENTITY)
        else:
            self._send("200 OK", NOTHING)

    def _greeting(self, _head: str) -> None:
        """As a server of something else than HTTP."""
        self.request.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
        raise OSError

    def _failing(self, _head: str) -> None:
        self._send("503 Service Unavailable", "<html>no</html>")


@contextmanager
def hostile(manner: str, told: str = "", reply: tuple[str, str] = ("200 OK", "")) -> Iterator[Hostile]:
    """told: what an echoing one knows besides. reply: status and body of one that replies."""
    server = Hostile(manner)
    server.told = told
    server.reply = reply
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took < seconds, f"took {took:.1f} s"
