# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page sends and loads nothing, and text from AWS does nothing in it. See also conftest.py: that holds in all tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.tests.browser.conftest import MODELS
from ansible_collections.netops.flow_logs.tests.browser.conftest import Open

# What a script in the page, should there be one that is not ours, could do to get data out or something in.
ATTEMPTS = {
    "fetch": "fetch(home + '?secret')",
    "beacon": "navigator.sendBeacon(home, 'secret')",
    "socket": "new WebSocket(home.replace('http', 'ws'))",
    "image": "new Image().src = home + '?secret'",
    "style": "document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: home }))",
    "script": "document.head.append(Object.assign(document.createElement('script'), { src: home }))",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), { src: home }))",
    "form": "document.body.appendChild(Object.assign(document.createElement('form'), { action: home })).submit()",
    "inline script": "document.body.append(Object.assign(document.createElement('script'), { text: `fetch('${home}')` }))",
    "markup": "document.body.insertAdjacentHTML('beforeend', `<img src='${home}'>`)",
    "handler": "document.body.setAttribute('onclick', `fetch('${home}')`), document.body.click()",
}


# Everything that can be pressed, chosen or searched for, and every row of the tables.
USE = """async () => {
  const pause = () => new Promise((done) => setTimeout(done));
  for (const select of document.querySelectorAll("select")) {
    for (const option of [...select.options, select.options[0]]) {
      select.value = option.value;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      await pause();
    }
  }
  for (const each of document.querySelectorAll("main button, summary, td, th")) each.click();
  for (const field of document.querySelectorAll("input")) {
    field.value = "<b>";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  await new Promise((done) => setTimeout(done, 200));
}"""


def use(page: Page) -> None:
    page.evaluate(USE)


class Listener:
    """A server that answers everything, and knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.asked.append(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Type", "text/css")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.home = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def was_asked(self) -> bool:
        for _attempt in range(100):
            if self.asked:
                return True
            sleep(0.1)
        return False


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


@pytest.mark.parametrize("name", [name for name in MODELS if name != "large"])
def test_opened_and_used_it_asks_for_nothing(open_page: Open, name: str) -> None:
    use(open_page(name))


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_the_policy_stops_whatever_tries_to_get_data_out(
    browser: Browser, files: Callable[[str], Path], listener: Listener, attempt: str, tmp_path: Path
) -> None:
    attempts = f"(home) => {{ try {{ {attempt} }} catch {{ }} }}"
    page = browser.new_page()
    page.goto(files("empty").as_uri())
    page.evaluate(attempts, listener.home)
    page.wait_for_timeout(500)
    assert listener.asked == []
    # The same without the policy, so that this test can fail.
    bare = re.sub(r"<meta http-equiv=[^>]+>", "", files("empty").read_text(encoding="utf-8"), count=1)
    (tmp_path / "bare.html").write_text(bare, encoding="utf-8")
    page.goto((tmp_path / "bare.html").as_uri())
    page.evaluate(attempts, listener.home)
    assert listener.was_asked()
    page.close()


def hacked(page: Page) -> list[str]:
    """What hostile text would have left behind had it become markup or script."""
    return page.evaluate(
        """() => [
          ...("hacked" in window ? ["it ran"] : []),
          ...[...document.querySelectorAll("img, iframe, object, embed, body script, body style, body svg[onload]")].map((e) => e.outerHTML),
          ...[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes])
            .filter((a) => a.name.startsWith("on") || /^\\s*javascript:/i.test(a.name === "href" ? a.value : ""))
            .map((a) => `${a.name}=${a.value}`),
        ]"""
    )


@pytest.mark.parametrize("name", ["hostile", "hostile-everywhere"])
def test_hostile_text_stays_text_whatever_is_done_with_it(open_page: Open, name: str) -> None:
    page = open_page(name)
    assert hacked(page) == []
    use(page)
    assert hacked(page) == []


def test_text_that_would_turn_its_surroundings_round_is_shown_as_escapes(open_page: Open) -> None:
    page = open_page("hostile")
    said = page.locator("main").text_content() or ""
    assert "user\\u202etxt.exe\\u202c" in said
    assert "nul\\x00 bell\\x07 escape\\x1b[31m half \\ud800 none \\uffff" in said
    assert [character for character in said if character != "\n" and not is_printable(character)] == []
