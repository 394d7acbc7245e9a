"""The host project: a deployable chat workspace that uses the statistics app."""

from .celery import app as celery_app

__all__ = ["celery_app"]
