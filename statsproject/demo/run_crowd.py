"""Run the simulated people until the demonstration stops: `python -m statsproject.demo.run_crowd MESSAGES_PER_HOUR`."""

import logging
import os
import signal
import sys
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from .crowd import Crowd

logger = logging.getLogger(__name__)

# The pace of the crowd changes with time, so it is looked up at least so often.
LONGEST_WAIT = 60


def main() -> None:
    """Run the crowd until a signal."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    django.setup()
    from .crowd import Crowd  # noqa: PLC0415 - needs Django's settings

    run(Crowd(float(sys.argv[1]), Random()), stopped)


def run(crowd: "Crowd", stopped: Event) -> None:
    """Let people act until an event is set, or until the process that started this one has ended.

    An error of the database is logged, and does not end it.
    """
    from django.db import Error, connection  # noqa: PLC0415 - needs Django's settings
    from django.utils import timezone  # noqa: PLC0415 - likewise

    parent = os.getppid()
    while os.getppid() == parent:
        seconds = crowd.seconds_until_next(timezone.now())
        if stopped.wait(min(seconds, LONGEST_WAIT)):
            return
        if seconds > LONGEST_WAIT:
            continue
        try:
            crowd.act(timezone.now())
        except Error as error:
            logger.warning("Nobody could do anything, since the database failed: %s", error)
            connection.close()


if __name__ == "__main__":
    main()
