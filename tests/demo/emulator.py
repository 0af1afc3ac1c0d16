"""An AWS emulator (moto) on loopback, in a process of its own that cannot outlive the demo."""

import contextlib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from checks import DemoFailed


@contextlib.contextmanager
def running_emulator(log: Path) -> Iterator[str]:
    """Yields the emulator's address. Its log has a line for each call."""
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the emulator
        )
    with process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise DemoFailed(f"the emulator did not start, see {log}")
            _repeat_ids(url)
            yield url
        finally:
            process.terminate()


def _repeat_ids(url: str) -> None:
    """Gives the estate the same ids in every demo."""
    seed = urllib.request.Request(f"{url}/moto-api/seed?a=1", method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(seed, timeout=30).close()


def serve() -> None:
    """Serves until standard input closes, which it does however the demo ends."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve()
