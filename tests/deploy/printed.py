"""The commands that the documentation prints, as a reader would copy them."""

import re

from tests.services.programs import ROOT

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page: str, heading: str) -> list[str]:
    """Return the blocks of shell commands below a heading of a page, up to the next heading."""
    section = (ROOT / "docs" / page).read_text().split(f"# {heading}\n", 1)[1]
    return BLOCK.findall(re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0])
