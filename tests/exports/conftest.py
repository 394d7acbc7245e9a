"""A fixture for tests that need Prometheus."""

from tests.monitoring.conftest import with_prometheus

__all__ = ["with_prometheus"]
