"""The host: a deployable chat workspace around the statistics app."""

from .celery import app as celery_app

__all__ = ["celery_app"]
