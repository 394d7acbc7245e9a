"""Waiting for the end of a burst of requests."""

import threading
import time

from statistics_app.snapshots.coalescing import MAX_WAIT_SECONDS, QUIET_SECONDS, Coalescer


def test_without_recent_requests_nobody_waits() -> None:
    coalescer = Coalescer()
    coalescer.last_arrival = time.monotonic() - QUIET_SECONDS
    began = time.process_time()
    coalescer.wait_until_quiet()
    assert time.process_time() - began < MAX_WAIT_SECONDS


def test_the_wait_ends_after_a_quiet_period_since_the_last_request() -> None:
    coalescer = Coalescer()
    arrival = coalescer.arrive()
    coalescer.wait_until_quiet()
    assert time.monotonic() >= arrival + QUIET_SECONDS


def test_the_wait_is_limited_during_an_endless_stream_of_requests() -> None:
    coalescer, stop = Coalescer(), threading.Event()

    def keep_arriving() -> None:
        while not stop.wait(QUIET_SECONDS / 10):
            coalescer.arrive()

    stream = threading.Thread(target=keep_arriving)
    stream.start()
    try:
        coalescer.wait_until_quiet()
    finally:
        stop.set()
        stream.join()
