"""A fixture for tests that need Prometheus."""

from collections.abc import Callable

import pytest

from tests.services.prometheus import MISSING, is_installed


@pytest.fixture
def with_prometheus(record_property: Callable[[str, object], None]) -> None:
    """Skip the test, and say so at the end of the run, if Prometheus is not installed."""
    if not is_installed():
        record_property("message", MISSING)
        pytest.skip(MISSING)
