"""The cost of the most expensive requests that are refused, in CPU time of this process."""

import statistics
import time

from benchmarks.measuring import Bars, fresh_sqlite

BAR_MS = 50
MOST_ROUNDS = 31
# The measurement of a request ends after this time, however few rounds were made.
LONGEST_SECONDS = 2


def main() -> None:
    """Send each request several times, and print the median and the maximum of its times."""
    with fresh_sqlite():
        from django.conf import settings
        from django.contrib.auth.models import Permission

        from statistics_app.accounts.tokens import issue_personal_token
        from statsproject.chat.models import User
        from tests.api.expensive_requests import expensive_requests
        from tests.api.raw_requests import Application, RawRequest

        settings.STATISTICS = {
            **settings.STATISTICS,
            **dict.fromkeys(("THROTTLE_LOGIN", "THROTTLE_LOGIN_ADDRESS", "THROTTLE_READ"), ""),
        }
        user = User.objects.create(username="bench")
        user.user_permissions.add(Permission.objects.get(codename="view_statistics"))
        token = issue_personal_token(user, "bench")
        application = Application()
        application.handle(RawRequest().environ())

        def milliseconds(request: RawRequest) -> float:
            environ = request.environ()
            started = time.thread_time()
            response = application.handle(environ)
            seconds = time.thread_time() - started
            assert 400 <= response.status < 500, response
            return seconds * 1e3

        bars = Bars()
        measured: dict[str, list[float]] = {}
        for name, request in expensive_requests((("X-User-Id", user.pk.encode()), ("X-Auth-Token", token.encode()))).items():
            deadline = time.monotonic() + LONGEST_SECONDS
            measured[name] = [milliseconds(request)]
            while len(measured[name]) < MOST_ROUNDS and time.monotonic() < deadline:
                measured[name].append(milliseconds(request))
        for name, times in sorted(measured.items(), key=lambda item: statistics.median(item[1])):
            print(f"{statistics.median(times):9.2f} ms  at most {max(times):9.2f} ms  of {len(times):2}  {name}")
        for name, times in measured.items():
            if statistics.median(times) > BAR_MS:
                bars.at_most(name.replace(" ", "_"), statistics.median(times), BAR_MS)
        bars.at_most("most_expensive_refusal_ms", max(statistics.median(times) for times in measured.values()), BAR_MS)
        bars.finish()


if __name__ == "__main__":
    main()
