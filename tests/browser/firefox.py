"""Debian's Firefox ESR, driven by WebDriver BiDi, which it speaks itself: no driver program is needed."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}
_PATIENCE = 20.0


class Firefox:
    """One tab of a browser with a fresh profile."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._count = 0
        self._ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self._tab: str = self._ask("browsingContext.create", type="tab")["context"]

    def goto(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def back(self) -> None:
        self._ask("browsingContext.traverseHistory", context=self._tab, delta=-1)

    @property
    def url(self) -> str:
        [tab] = self._ask("browsingContext.getTree", root=self._tab)["contexts"]
        return str(tab["url"])

    def wait_for(self, address: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self.url != address:
            if time.monotonic() > deadline:
                raise AssertionError(f"Firefox is at {self.url} and not at {address}")
            time.sleep(0.05)

    def follow(self, selector: str) -> None:
        """Press a link or a button from the keyboard: it cannot scroll away from under the key."""
        self._focus(selector)
        self.press("\ue007")

    def press(self, *keys: str) -> None:
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        keyboard = {"type": "key", "id": "keyboard", "actions": strokes}
        self._ask("input.performActions", context=self._tab, actions=[keyboard])

    def write(self, selector: str, text: str) -> None:
        self._focus(selector)
        self.press(*text)

    def evaluate(self, expression: str) -> Any:
        """Return what the page says, from outside of its own scripts."""
        target = {"context": self._tab, "sandbox": "test"}
        answer = self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return _plain(answer["result"])

    def _focus(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._count += 1
        self._connection.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self._connection.recv(timeout=_PATIENCE))
            if heard.get("id") == self._count:
                if heard["type"] == "error":
                    raise AssertionError(f"{method}: {heard['error']}: {heard['message']}")
                return heard["result"]


@contextmanager
def firefox(folder: Path, *, scripts: bool) -> Iterator[Firefox]:
    """Yield a browser; without scripts it is set up as people set it up who want none."""
    program = shutil.which("firefox-esr")
    if program is None:
        raise RuntimeError("There is no Firefox; script/test installs it.")
    preferences = {**_PREFERENCES, "javascript.enabled": scripts}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    log = folder / "firefox.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"],
            stdout=output,
            stderr=output,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
    try:
        with connect(f"{_listening(process, log)}/session", max_size=None, proxy=None) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait(30)


def _listening(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Firefox does not answer:\n{log.read_text(errors='replace')}")


def _plain(value: dict[str, Any]) -> Any:
    if value["type"] == "array":
        return [_plain(each) for each in value["value"]]
    return value.get("value")
