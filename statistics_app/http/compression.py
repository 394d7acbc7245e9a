"""Which compression a client asks for."""

import re

# RFC 9110, section 12.5.3; a weight of 0 means "not acceptable".
_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?:,|$)", re.IGNORECASE)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether the header `Accept-Encoding` names gzip; a `*` alone asks for nothing."""
    found = _GZIP.search(accept_encoding)
    return found is not None and (found[1] is None or found[1].strip("0.") != "")
