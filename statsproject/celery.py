"""The Celery application of the host project."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")

app = Celery("statsproject")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """Add the statistics app's periodic tasks to the beat schedule."""
    from statistics_app.snapshots.schedule import beat_schedule  # noqa: PLC0415 - needs Django's settings

    sender.conf.beat_schedule = {**sender.conf.beat_schedule, **beat_schedule()}


@celeryd_init.connect
@beat_init.connect
def make_broker_folders(**_: object) -> None:
    """Create the folders of the filesystem broker, which is used without Redis."""
    from django.conf import settings  # noqa: PLC0415 - same reason

    if not settings.REDIS_URL:
        for name in ("tasks", "control"):
            (settings.BROKER_DIR / name).mkdir(parents=True, exist_ok=True)
