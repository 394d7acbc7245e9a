"""The Firefox that a test uses, controlled by Marionette, the protocol that every Firefox speaks.

Its messages are JSON preceded by their length: `[0, id, command, parameters]`, answered by `[1, id, error, result]`. Mozilla's
client for it requires a dozen further packages, some of them deprecated.
"""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from statsproject.programs.processes import Program, free_port, wait_until

NAMES = ("firefox-esr", "firefox")
MISSING = (
    "The tests with Firefox were skipped, since none was found: install it (on Debian and Ubuntu: apt-get install firefox-esr)."
)
_SECONDS = 60


def find_firefox() -> str | None:
    """Return the path of Firefox, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """A connection to a running Firefox, with one window."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _SECONDS)
        self._file = self._socket.makefile("rb")
        self._ids = count(1)
        self._receive()
        self._send("WebDriver:NewSession")

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()

    def open(self, url: str) -> None:
        """Load a page."""
        self._send("WebDriver:Navigate", url=url)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self._send("WebDriver:SetWindowRect", width=width, height=height)

    def value_of(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self._send("WebDriver:ExecuteScript", script=f"return {expression};", args=[])["value"]

    def wait_for(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        wait_until(lambda: self.value_of(expression), expression, [], _SECONDS)

    def click(self, selector: str) -> None:
        """Click an element, which must be visible."""
        self._send("WebDriver:ElementClick", id=self._find(selector))

    def fill_in(self, selector: str, text: str) -> None:
        """Type a text into a field."""
        self._send("WebDriver:ElementSendKeys", id=self._find(selector), text=text)

    def _find(self, selector: str) -> str:
        found = self._send("WebDriver:FindElement", using="css selector", value=selector)
        return next(iter(found["value"].values()))

    def _send(self, command: str, **parameters: Any) -> Any:
        message = json.dumps([0, next(self._ids), command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        assert error is None, error
        return result

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._file.read(1)
        return json.loads(self._file.read(int(length[:-1])))


@contextmanager
def running_firefox(**preferences: int) -> Iterator[Firefox]:
    """Start Firefox without a screen, with a profile of its own and some preferences, and stop it after the block."""
    with tempfile.TemporaryDirectory(prefix="stats-", ignore_cleanup_errors=True) as folder:
        profile, port = Path(folder), free_port()
        # No requests of its own to the network.
        chosen = {"marionette.port": port, "network.captive-portal-service.enabled": "false", **preferences}
        (profile / "user.js").write_text("".join(f'user_pref("{name}", {value});\n' for name, value in chosen.items()))
        command = [find_firefox() or NAMES[0], "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
        program = Program.start("firefox", command, log_dir=profile / "log", env=dict(os.environ))
        try:
            wait_until(lambda: "Listening on port" in program.log.read_text(), "Firefox", [program], 2 * _SECONDS)
            with closing(Firefox(port)) as connected:
                yield connected
        finally:
            program.stop()
