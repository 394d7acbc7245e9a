"""Tests of the browser tests' own checks: that errors of pages and accessibility violations are found."""

import pytest

from .accessibility import violations
from .conftest import PageFor
from .page_errors import PageErrors
from .sign_in import SIGN_IN

pytestmark = pytest.mark.slow

ADD_INLINE_SCRIPT = (
    "() => { document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'})) }"
)


def test_an_inline_script_is_blocked_and_recorded(page_for: PageFor) -> None:
    page = page_for(expected="Content Security Policy")
    log = PageErrors()
    log.record_page(page)
    page.goto(SIGN_IN)
    assert log.errors == []
    page.evaluate(ADD_INLINE_SCRIPT)
    page.wait_for_function("() => [...document.scripts].some((script) => !script.src)")
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy: script-src-elem forbids inline" in "\n".join(log.errors)


def test_an_error_in_a_script_is_recorded(page_for: PageFor) -> None:
    page = page_for(expected="out of order")
    log = PageErrors()
    log.record_page(page)
    page.goto(SIGN_IN)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('out of order') }) }")
    assert [error for error in log.errors if error.endswith("out of order")]


def test_accessibility_violations_are_found(page_for: PageFor) -> None:
    page = page_for()
    page.goto(SIGN_IN)
    page.evaluate("() => { for (const label of document.querySelectorAll('label')) label.remove() }")
    [violation] = violations(page)
    assert violation.id == "label"
    assert len(violation.nodes) == 2
    assert 'name="username"' in violation.nodes[0]
    assert "Fix any of the following" in violation.summary
