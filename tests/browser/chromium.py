"""Where the browser is that the tests drive."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "The browser tests were left out, since there is no Chromium here: install one (on Debian and Ubuntu: "
    "apt-get install chromium), or say where one is: CHROMIUM=/path/to/chromium."
)
# It runs as root too, and asks nobody on the network for anything.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None: the one that CHROMIUM names, and no other then."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
