"""Waiting for the end of a burst of requests, and sharing in a crowd."""

import threading
import time
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from statistics_app.models import Snapshot
from statistics_app.snapshots.coalescing import CROWD, MAX_WAIT_SECONDS, QUIET_SECONDS, Coalescer


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


@pytest.mark.parametrize(("number", "seconds", "is_shared"), [(CROWD, 1, False), (CROWD + 1, 1, True), (CROWD + 1, 0, False)])
def test_only_a_crowd_shares_a_snapshot_of_a_moment_ago(
    settings: Settings, number: int, seconds: float, is_shared: bool
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": seconds}
    coalescer, snapshot = Coalescer(), Snapshot()
    coalescer.record(snapshot, time.monotonic())
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(coalescer.counted())
        assert (coalescer.begun_after(coalescer.acceptable_since()) is snapshot) is is_shared
    assert coalescer.under_way == 0


def test_a_crowd_gets_no_snapshot_that_was_begun_earlier(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": 1}
    coalescer = Coalescer(under_way=CROWD + 1)
    coalescer.record(Snapshot(), time.monotonic() - 1)
    assert coalescer.begun_after(coalescer.acceptable_since()) is None


def test_the_snapshot_that_was_begun_last_is_the_one_that_counts() -> None:
    coalescer, later = Coalescer(), Snapshot()
    coalescer.record(later, 20.0)
    coalescer.record(Snapshot(), 10.0)
    assert coalescer.begun_after(15.0) is later
    assert coalescer.begun_after(20.0) is None
