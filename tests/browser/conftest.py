"""Fixtures: a browser, a workspace for it, and pages of signed-in users."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from .chromium import ARGUMENTS, MISSING, find_chromium
from .page_errors import PageErrors
from .sign_in import SIGN_IN, sign_in
from .world import World, new_world

PageFor = Callable[..., Page]

# In milliseconds. A machine that runs the other tests too may take longer than the usual 5 seconds to answer.
expect.set_options(timeout=30_000)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the tests if there is no browser, and report that at the end of the run."""
    if find_chromium() is None:
        item.user_properties.append(("message", MISSING))
        pytest.skip(MISSING)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Create the workspace, once for all tests."""
    with new_world(tmp_path_factory.mktemp("world")) as created:
        yield created


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for one module.

    While Playwright runs in a thread, Django raises an error if its models are used there, and other tests need them.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def sign_ins() -> dict[str, StorageState]:
    """Return a cache of each person's cookies, so that each signs in only once."""
    return {}


@pytest.fixture
def page_for(browser: Browser, world: World, sign_ins: dict[str, StorageState]) -> Iterator[PageFor]:
    """Return a function that opens pages: `page_for("ada", color_scheme="dark")`; `page_for()` opens one without a sign-in.

    The options are those of Playwright's contexts. The test fails at its end if a page has logged errors, except those
    that match the pattern `expected`.
    """
    logs: list[PageErrors] = []
    with ExitStack() as stack:

        def open_page(person: str | None = None, *, expected: str | None = None, **options: Any) -> Page:
            if person and person not in sign_ins:
                sign_ins[person] = _cookies_of(browser, world, person)
            context = stack.enter_context(
                browser.new_context(base_url=world.url, storage_state=sign_ins[person] if person else None, **options)
            )
            logs.append(PageErrors(expected))
            logs[-1].record_context(context)
            return context.new_page()

        yield open_page
    assert [error for log in logs for error in log.unexpected()] == []


def _cookies_of(browser: Browser, world: World, person: str) -> StorageState:
    with browser.new_context(base_url=world.url) as context:
        page = context.new_page()
        sign_in(page, person, world.passwords[person])
        assert SIGN_IN not in page.url, f"{person} could not sign in."
        return context.storage_state()
