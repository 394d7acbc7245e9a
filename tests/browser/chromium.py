"""The Chromium that the browser tests use."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "The browser tests were skipped, since no Chromium was found: install it (on Debian and Ubuntu: "
    "apt-get install chromium), or set its path: CHROMIUM=/path/to/chromium."
)
# These options let Chromium run as root, and without requests of its own to the network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the path of Chromium, or None; if the variable CHROMIUM is set, only its path is considered."""
    configured = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [configured] if configured else NAMES)), None)
