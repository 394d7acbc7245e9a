"""The installation: a single permanent row, and a number for every snapshot begun."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from statistics_app.models import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

THREADS = 8
EACH = 10


def test_an_installation_is_created_once() -> None:
    before = timezone.now()
    first = Installation.objects.the_one()
    again = Installation.objects.the_one()
    assert len(first.unique_id) == 17
    assert (again.unique_id, again.installed_at) == (first.unique_id, first.installed_at)
    assert before <= first.installed_at <= timezone.now()


def test_a_second_installation_is_rejected() -> None:
    Installation.objects.the_one()
    with pytest.raises(IntegrityError), transaction.atomic():
        Installation(pk=2).save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Installation.objects.create()
    assert Installation.objects.count() == 1


def test_finding_it_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Installation.objects.the_one()
    with django_assert_num_queries(1):
        Installation.objects.the_one()


def test_numbers_start_at_one_and_are_consecutive() -> None:
    assert Installation.objects.generations_begun() == 0
    assert [Installation.objects.begin_generation() for _ in range(3)] == [1, 2, 3]
    assert Installation.objects.generations_begun() == 3


def test_the_last_failure_is_stored_in_one_line_of_limited_length() -> None:
    begin = timezone.now()
    assert Installation.objects.failure_after(begin) == ""
    Installation.objects.record_failure(begin + timedelta(seconds=1), "first\n  second " + "x" * 1000)
    assert Installation.objects.failure_after(begin) == ("first second " + "x" * 1000)[:500]
    Installation.objects.record_failure(begin + timedelta(seconds=2), "another")
    assert Installation.objects.failure_after(begin + timedelta(seconds=1)) == "another"
    assert Installation.objects.failure_after(begin + timedelta(seconds=2)) == ""


@pytest.mark.django_db(transaction=True)
def test_concurrent_callers_get_different_numbers() -> None:
    barrier = threading.Barrier(THREADS)

    def begin_some(_: int) -> list[int]:
        try:
            barrier.wait(30)
            return [Installation.objects.begin_generation() for _ in range(EACH)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(begin_some, range(THREADS)))
    assert sorted(number for numbers in results for number in numbers) == list(range(1, THREADS * EACH + 1))
    assert all(numbers == sorted(numbers) for numbers in results)
