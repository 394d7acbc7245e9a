"""Hypothesis strategies for values: arbitrary and almost valid ones."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.conftest import PASSWORD

KEYS = ["createdAt", "_id", "$gt", "$gte", "$lt", "$lte", "$date", "$where", "totalMessages", "_updatedAt"]
KEYS += ["user", "username", "email", "password", "resume", "hashed", "tokenName", ""]
NASTY = [b"%", b"%0", b"%00", b"%FF", b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b"'", b'"', b"/"]
# Opening and closing brackets, to be nested deeply.
NESTINGS = [(b"[", b"]"), (b'{"":', b"}"), (b'{"createdAt":', b"}"), (b'{"user":', b"}"), (b'[{"a":[', b"]}]")]

any_bytes = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(NASTY), max_size=5).map(b"".join))
# The characters include unpaired surrogates.
any_text = st.one_of(st.sampled_from(KEYS), st.text(st.characters(), max_size=20))
numbers = st.one_of(st.sampled_from([0, 1, -1, 10**18, 10**400, -(2**63), 1e308]), st.integers(), st.floats())
leaves = st.one_of(st.none(), st.booleans(), numbers, any_text, st.sampled_from(["viewer", PASSWORD, "2026-01-01T00:00:00Z"]))
trees = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(any_text, inner, max_size=5)), max_leaves=12
)
logins = st.fixed_dictionaries(
    {"user": st.one_of(st.just("viewer"), trees), "password": st.one_of(st.just(PASSWORD), trees)},
    optional={"resume": trees, "hashed": trees, "tokenName": trees},
)


def _serialized(tree: Any, is_ascii: bool) -> bytes:
    return json.dumps(tree, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")


def _with_duplicate_keys(pairs: Iterable[tuple[str, Any]]) -> bytes:
    return b"{" + b",".join(_serialized(key, True) + b":" + _serialized(value, True) for key, value in pairs) + b"}"


json_bytes = st.builds(_serialized, st.one_of(trees, logins), st.booleans())
any_json = st.one_of(
    json_bytes,
    st.builds(lambda text, at, more: text[:at] + more + text[at:], json_bytes, st.integers(0, 30), any_bytes),
    st.builds(lambda text, end: text[:end], json_bytes, st.integers(0, 30)),
    st.builds(
        lambda text, codec: text.decode(errors="replace").encode(codec), json_bytes, st.sampled_from(["utf-16", "utf-32"])
    ),
    st.builds(
        lambda nesting, depth: nesting[0] * depth + b"1" + nesting[1] * depth, st.sampled_from(NESTINGS), st.integers(1, 3000)
    ),
    st.builds(
        lambda nesting, depth: nesting[0] * depth + b"1" + nesting[1] * depth, st.sampled_from(NESTINGS), st.integers(1, 60)
    ),
    st.lists(st.tuples(any_text, leaves), max_size=6).map(_with_duplicate_keys),
    st.integers(1, 6000).map(lambda digits: b'{"user":' + b"7" * digits + b"}"),
)
_ZONES = ["Z", "Z", "+00:00", "-12:34", "+23:59", "-0000", "z", " ", ""]
_moments = st.builds(lambda moment, zone: f"{moment.isoformat()}{zone}".encode(), st.datetimes(), st.sampled_from(_ZONES))
_MOMENT = r"\A\d{1,5}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?\Z"
any_time = st.one_of(_moments, _moments, st.from_regex(_MOMENT).map(str.encode))
_whole = st.one_of(st.integers(0, 10**19), st.integers()).map(lambda number: b"%d" % number)
# `\d` matches the digits of any script.
any_number = st.one_of(_whole, _whole, st.from_regex(r"\A[-+]?\d{1,40}\Z").map(str.encode))
any_value = st.one_of(any_bytes, any_json, any_time, any_number, st.sampled_from([b"true", b"1", b"False", b"yes"]))

_field = st.one_of(any_text.map(lambda text: text.encode("utf-8", "surrogatepass")), any_value)
_pair = st.builds(lambda name, value: quote_from_bytes(name) + "=" + quote_from_bytes(value), _field, any_value)
any_form = st.one_of(st.lists(_pair, max_size=6).map(lambda pairs: "&".join(pairs).encode()), any_bytes, any_json)

# The extended syntax of parameters in RFC 2231.
any_parameters = st.lists(
    st.sampled_from([b";", b";", b"a*=", b"a*0*=", b"a*1=", b"name*=", b"''", b"nosuch", b"idna", b"x", b'"', b"%FF"]),
    max_size=9,
).map(b"".join)
_names = st.sampled_from([b"user", b"password", b'"resume"', b"a; filename=b", b'"', b"a; filename*=x", b"user; name=password"])
_lines = st.one_of(
    st.sampled_from([b"", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: a; charset=hex\r\n"]),
    any_parameters.map(lambda parameters: b"Content-Type: a;" + parameters + b"\r\n"),
)
_part = st.builds(
    lambda name, line, value: b"--x\r\nContent-Disposition: form-data; name=%s\r\n%s\r\n%s\r\n" % (name, line, value),
    st.one_of(_names, any_bytes),
    st.one_of(_lines, any_bytes),
    any_value,
)
any_multipart = st.one_of(st.lists(_part, max_size=4).map(lambda parts: b"".join([*parts, b"--x--\r\n"])), any_bytes)
