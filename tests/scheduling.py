"""Which tests the same process runs, of those that run side by side: those whose folders have an expensive fixture."""

from collections.abc import Mapping

from xdist.scheduler import LoadScopeScheduling

# A browser with a workspace, and an environment with the app's wheel.
TOGETHER: Mapping[str, str] = {"tests/browser/": "browser", "tests/install/": "install"}


class Scheduling(LoadScopeScheduling):
    """Gives the tests of a folder to one process, and each other test to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for folder, name in TOGETHER.items() if nodeid.startswith(folder)), nodeid)
