"""What the other tests rely on: that a page which does wrong is noticed."""

import pytest

from .accessibility import violations
from .conftest import PageFor
from .sign_in import SIGN_IN
from .watching import Watch

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

WRONG = "() => { document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'})) }"


def test_a_script_in_a_page_is_not_run_and_is_complained_of(page_for: PageFor) -> None:
    page = page_for(expected="Content Security Policy")
    watch = Watch()
    watch.listen(page)
    page.goto(SIGN_IN)
    assert watch.complaints == []
    page.evaluate(WRONG)
    page.wait_for_function("() => [...document.scripts].some((script) => !script.src)")
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy: script-src-elem forbids inline" in "\n".join(watch.complaints)


def test_an_error_of_a_script_is_complained_of(page_for: PageFor) -> None:
    page = page_for(expected="out of order")
    watch = Watch()
    watch.listen(page)
    page.goto(SIGN_IN)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('out of order') }) }")
    assert [said for said in watch.complaints if said.endswith("out of order")]


def test_what_not_all_can_use_is_found(page_for: PageFor) -> None:
    page = page_for()
    page.goto(SIGN_IN)
    page.evaluate("() => { for (const label of document.querySelectorAll('label')) label.remove() }")
    [found] = violations(page)
    assert found.id == "label"
    assert len(found.nodes) == 2
    assert 'name="username"' in found.nodes[0]
    assert "Fix any of the following" in found.summary
