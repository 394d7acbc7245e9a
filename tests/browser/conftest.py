"""A browser, a workspace for it, and pages of people who are signed in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from .chromium import ARGUMENTS, MISSING, find_chromium
from .sign_in import SIGN_IN, sign_in
from .watching import Watch
from .world import World, new_world

PageFor = Callable[..., Page]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what there is no browser for, and say so at the end of the run."""
    if find_chromium() is None:
        item.user_properties.append(("say", MISSING))
        pytest.skip(MISSING)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make the workspace, once for all."""
    with new_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for one module: as long as it runs, Django refuses its models to this thread, and so to other tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def sign_ins() -> dict[str, StorageState]:
    """Keep each person's cookies, so that signing in happens once."""
    return {}


@pytest.fixture
def page_for(browser: Browser, world: World, sign_ins: dict[str, StorageState]) -> Iterator[PageFor]:
    """Open pages: `page_for("ada", color_scheme="dark")`; nobody is signed in on `page_for()`.

    The options are those of Playwright's contexts. A page that complains of anything fails the test at its end, but for
    what the pattern `expected` finds.
    """
    watches: list[Watch] = []
    with ExitStack() as stack:

        def open_page(person: str | None = None, *, expected: str | None = None, **options: Any) -> Page:
            if person and person not in sign_ins:
                sign_ins[person] = _cookies_of(browser, world, person)
            context = stack.enter_context(
                browser.new_context(base_url=world.url, storage_state=sign_ins[person] if person else None, **options)
            )
            watches.append(Watch(expected))
            watches[-1].over(context)
            return context.new_page()

        yield open_page
    assert [complaint for watch in watches for complaint in watch.unexpected()] == []


def _cookies_of(browser: Browser, world: World, person: str) -> StorageState:
    with browser.new_context(base_url=world.url) as context:
        page = context.new_page()
        sign_in(page, person, world.passwords[person])
        assert SIGN_IN not in page.url, f"{person} was not let in."
        return context.storage_state()
