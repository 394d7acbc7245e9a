"""Ctrl-C, and its kin, at moments when nothing can be lost by it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Turns the signals that end a program into KeyboardInterrupt, but not between starting something and noting it."""

    def __init__(self) -> None:
        self._is_held = False
        self._is_pending = False

    def install(self) -> None:
        """Begin to listen."""
        for ending in ENDINGS:
            signal.signal(ending, self._come)

    def ignore(self) -> None:
        """Listen no more: the end is under way."""
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let an interrupt that comes inside wait for the end of the block."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            if self._is_pending:
                raise KeyboardInterrupt

    def _come(self, *_: object) -> None:
        if self._is_held:
            self._is_pending = True
        else:
            raise KeyboardInterrupt
