"""Packages that the app can do without: what takes their place where an extra was not installed."""

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from .exceptions import MissingPackage
from .texts import gettext_noop as _

DISTRIBUTION = "workspace-statistics"


@cache
def has_celery() -> bool:
    """Return whether Celery is installed; if it is not, the host runs the commands by cron or in another way."""
    return importlib.util.find_spec("celery") is not None


def imported(module: str, extra: str, purpose: str) -> ModuleType:
    """Import a module of an extra, or one of the app that needs one. Errors: MissingPackage, if a package is missing."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith(__package__):
            raise
        hint = f"python -m pip install '{DISTRIBUTION}[{extra}]'"
        text = _("%(purpose)s needs a package that is not installed, %(package)s: `%(command)s`.")
        raise MissingPackage(text, purpose=purpose, package=error.name, command=hint) from error


def progress_bar(iterable: Iterable[Any] | None = None, **options: Any) -> Any:
    """Return a progress bar of tqdm, or one that shows nothing if tqdm is not installed."""
    try:
        from tqdm import tqdm  # noqa: PLC0415 - only the extra `cli` installs it
    except ModuleNotFoundError:
        return _NoBar(iterable or ())
    return tqdm(iterable, **options)


class _NoBar:
    """What the app uses of a progress bar, without anything to see."""

    def __init__(self, iterable: Iterable[Any]) -> None:
        self.iterable = iterable
        self.total: float | None = None
        self.n: float = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __enter__(self) -> "_NoBar":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, steps: float) -> None:
        self.n += steps
