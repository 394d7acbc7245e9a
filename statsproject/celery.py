"""Celery of the host project."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")

app = Celery("statsproject")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """Give beat the app's entries."""
    from statistics_app.snapshots.schedule import beat_schedule  # noqa: PLC0415 - Django's settings are not read before

    sender.conf.beat_schedule = {**sender.conf.beat_schedule, **beat_schedule()}


@celeryd_init.connect
@beat_init.connect
def make_broker_folders(**_: object) -> None:
    """Make the folders that carry the tasks where there is no Redis."""
    from django.conf import settings  # noqa: PLC0415 - likewise

    if not settings.REDIS_URL:
        for name in ("tasks", "control"):
            (settings.BROKER_DIR / name).mkdir(parents=True, exist_ok=True)
