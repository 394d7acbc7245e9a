"""Waiting until those who come at once have come."""

import threading
import time

from statistics_app.snapshots.coalescing import MOST_SECONDS, QUIET_SECONDS, Coalescer


def test_after_a_quiet_moment_nobody_waits() -> None:
    gathering = Coalescer()
    gathering.last_came = time.monotonic() - QUIET_SECONDS
    began = time.process_time()
    gathering.wait_until_quiet()
    assert time.process_time() - began < MOST_SECONDS


def test_the_last_who_came_is_waited_for() -> None:
    gathering = Coalescer()
    came = gathering.come()
    gathering.wait_until_quiet()
    assert time.monotonic() >= came + QUIET_SECONDS


def test_an_unending_stream_is_not_waited_for() -> None:
    gathering, stop = Coalescer(), threading.Event()

    def keep_coming() -> None:
        while not stop.wait(QUIET_SECONDS / 10):
            gathering.come()

    stream = threading.Thread(target=keep_coming)
    stream.start()
    try:
        gathering.wait_until_quiet()
    finally:
        stop.set()
        stream.join()
