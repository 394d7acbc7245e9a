"""What the worst input that is refused costs: the processor's milliseconds, whatever else the machine does meanwhile."""

import json
import statistics
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from benchmarks.measuring import Bars, fresh_sqlite

ROUNDS = 31
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
URL_BYTES = 60_000


def bodies(most: int) -> Iterator[tuple[str, str, str]]:
    """Yield names, media types and bodies that are as costly to refuse as can be thought of."""
    yield "JSON of numbers", JSON, "[" + "1," * ((most - 4) // 2) + "1]"
    yield "JSON of brackets", JSON, "[" * (most - 1)
    yield "JSON of objects", JSON, '{"a":' * ((most - 1) // 5)
    yield "JSON of empty lists", JSON, "[" + "[]," * ((most - 5) // 3) + "[]]"
    yield "JSON of keys", JSON, "{" + ",".join(f'"{number}":""' for number in range(most // 10)) + "}"
    yield "JSON of digits", JSON, "9" * (most - 1)
    yield "JSON of long numbers", JSON, "[" + ",".join(["9" * 4000] * (most // 4001 - 1)) + "]"
    yield "JSON of escapes", JSON, '["' + "\\u0041" * ((most - 4) // 6) + '"]'
    yield "JSON of 10 MB", JSON, '"' + "x" * 10_000_000 + '"'
    yield "form of fields", FORM, "&".join(f"a{number}=" for number in range(most // 8))
    yield "form of escapes", FORM, "a=" + "%41" * ((most - 2) // 3)
    yield "form of 10 MB", FORM, "a=" + "x" * 10_000_000
    yield "multipart of fields", MULTIPART, '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * (most // 54)
    yield "multipart of 10 MB", MULTIPART, '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + "x" * 10_000_000


def parameters() -> Iterator[tuple[str, str]]:
    """Yield names and query strings of the same kind."""
    many = {f"${number}": "" for number in range(URL_BYTES // 20)}
    for name in ("sort", "fields", "query"):
        yield f"{name} of brackets", f"{name}=" + "[" * URL_BYTES
        yield f"{name} of keys", f"{name}=" + quote(json.dumps(many))[:URL_BYTES]
        yield f"{name} of numbers", f"{name}=[" + "1," * (URL_BYTES // 2 - 10) + "1]"
    yield "offset of digits", "offset=" + "9" * URL_BYTES
    yield "since of digits", "since=" + "2" * URL_BYTES
    yield "escapes", "refresh=" + "%41" * (URL_BYTES // 3)
    yield "parameters", "&".join("refresh=x" for _ in range(URL_BYTES // 10))


def main() -> None:
    """Measure every refusal and hold the costliest against 50 ms."""
    with fresh_sqlite():
        from django.conf import settings
        from django.test import Client

        from statistics_app.api.parsers import MAX_BODY_BYTES
        from statistics_app.tokens import issue_personal_token
        from statsproject.chat.models import User

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_READ": "", "THROTTLE_LOGIN": ""}
        user = User.objects.create(username="one", is_superuser=True)
        headers = {"X-User-Id": user.pk, "X-Auth-Token": issue_personal_token(user, "bench")}
        client = Client()

        def cost(name: str, headers: dict[str, str] = headers, **request: Any) -> float:
            taken = []
            for _ in range(ROUNDS):
                began = time.thread_time()
                answer = client.generic(headers=headers, **request)
                taken.append((time.thread_time() - began) * 1e3)
                assert 400 <= answer.status_code < 500, (name, answer.status_code)
            print(f"{name:>22}: {statistics.median(taken):6.2f} ms (most {max(taken):.2f}), {answer.status_code}")
            return statistics.median(taken)

        costs = [
            cost(name, method="POST", path="/api/v1/login", data=body, content_type=kind)
            for name, kind, body in bodies(MAX_BODY_BYTES)
        ]
        costs += [
            cost(name, method="GET", path="/api/v1/statistics.list", QUERY_STRING=query)
            if not query.startswith("refresh")
            else cost(name, method="GET", path="/api/v1/statistics", QUERY_STRING=query)
            for name, query in parameters()
        ]
        strange = {"X-User-Id": "\xe9" * URL_BYTES, "X-Auth-Token": "x" * URL_BYTES}
        costs.append(cost("headers of 60 kB", strange, method="GET", path="/api/v1/statistics"))
        bars = Bars()
        bars.at_most("costliest_refusal_ms", max(costs), 50)
        bars.finish()


if __name__ == "__main__":
    main()
