"""The app's configuration for Django."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# The package that the tests of a host name in MIGRATION_MODULES to do without the app's tables.
NO_MIGRATIONS = "statistics_app.migrations.none"


class StatisticsConfig(AppConfig):
    """The configuration of the app."""

    name = "statistics_app"
    label = "statistics_app"
    verbose_name = _("Workspace statistics")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and the handlers that run before and after migrations.

        If the tests of a host have taken the app's tables away, there is nothing to do at migrations and deletions.
        """
        from . import checks  # noqa: F401, PLC0415 - models are not loaded before
        from .accounts import viewers_group  # noqa: PLC0415 - likewise
        from .accounts.deleted_users import follow_deleted_users, forget_deleted_users  # noqa: PLC0415 - likewise

        if _has_no_tables():
            # Otherwise each flush creates the content types and permissions of the app again.
            self.models_module = None
            forget_deleted_users()
            return
        pre_migrate.connect(_before_migrations, sender=self)
        post_migrate.connect(_after_migrations, sender=self)
        post_migrate.connect(_collate, sender=self)
        post_migrate.connect(viewers_group.restore_after_flush, sender=self)
        follow_deleted_users()


def _has_no_tables() -> bool:
    modules = settings.MIGRATION_MODULES  # pytest-django's is no dict
    return "statistics_app" in modules and modules["statistics_app"] == NO_MIGRATIONS


def _collate(using: str, **_: Any) -> None:
    from .models.collation import distinguish_texts  # noqa: PLC0415 - only migrations need it

    distinguish_texts(using)


def _before_migrations(**arguments: Any) -> None:
    from .tallies.signals import uninstall_before_migrations  # noqa: PLC0415 - only migrations need it

    uninstall_before_migrations(**arguments)


def _after_migrations(**arguments: Any) -> None:
    from .tallies.signals import install_after_migrations  # noqa: PLC0415 - only migrations need it

    install_after_migrations(**arguments)
