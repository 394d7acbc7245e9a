"""The app as Django sees it."""

from typing import Any

from django.apps import AppConfig
from django.core.signals import request_started
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """Statistics of a chat workspace."""

    name = "statistics_app"
    label = "statistics_app"
    verbose_name = _("Workspace statistics")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks; let a process that serves its first request begin to beat."""
        from . import checks  # noqa: F401, PLC0415 - models are not there before
        from .probes.instances import heartbeat  # noqa: PLC0415

        def beat(**_kwargs: Any) -> None:
            heartbeat.start()

        request_started.connect(beat, weak=False, dispatch_uid="statistics_app.heartbeat")
