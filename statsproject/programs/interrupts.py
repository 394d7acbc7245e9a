"""Signal handling that does not interrupt starting a program."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """A signal handler that raises KeyboardInterrupt for each signal that ends a program, and can delay it.

    Delaying it while a program is started ensures that the program is registered, and so stopped later.
    """

    def __init__(self) -> None:
        self._is_delayed = False
        self._is_pending = False

    def install(self) -> None:
        """Install the signal handler."""
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def ignore(self) -> None:
        """Ignore the signals from now on."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    @contextmanager
    def delayed(self) -> Iterator[None]:
        """Delay an interrupt that arrives within the block until the end of the block."""
        self._is_delayed = True
        try:
            yield
        finally:
            self._is_delayed = False
            if self._is_pending:
                raise KeyboardInterrupt

    def _handle(self, *_: object) -> None:
        if self._is_delayed:
            self._is_pending = True
        else:
            raise KeyboardInterrupt
