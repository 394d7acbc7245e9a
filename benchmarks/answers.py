"""The cost of a plain response compared with a refresh, and whether it grows with the size of the chat."""

from benchmarks.measuring import Bars, fresh_sqlite, interleaved

SMALL, LARGE = 1_000, 100_000
ROUNDS = 21


def main() -> None:
    """Measure the view, including authentication and permission checks, in this process, without a server."""
    with fresh_sqlite():
        from dataclasses import replace

        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext
        from django.utils import timezone

        from statistics_app.accounts.tokens import issue_personal_token
        from statsproject.chat import seeding
        from statsproject.chat.models import Message, User

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STATISTICS = {**settings.STATISTICS, **dict.fromkeys(("THROTTLE_READ", "THROTTLE_REFRESH"), "")}
        plan = seeding.Plan(now=timezone.now())
        seeding.fill(replace(plan, messages=SMALL))
        user = User.objects.first()
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_active=True)
        headers = {"X-User-Id": user.pk, "X-Auth-Token": issue_personal_token(user, "bench")}
        client = Client()

        def plain() -> None:
            assert client.get("/api/v1/statistics", headers=headers).status_code == 200

        def refresh() -> None:
            assert client.get("/api/v1/statistics?refresh=true", headers=headers).status_code == 200

        def measure(messages: int) -> dict[str, float]:
            times = interleaved({"plain": plain, "refresh": refresh}, ROUNDS)
            print(f"{messages:>8,} messages: plain {times['plain'] * 1e3:.2f} ms, refresh {times['refresh'] * 1e3:.1f} ms")
            return times

        small = measure(SMALL)
        seeding.fill(replace(plan, messages=LARGE))
        assert Message.objects.count() == LARGE
        large = measure(LARGE)
        with CaptureQueriesContext(connection) as queries:
            plain()
        bars = Bars()
        bars.at_most("plain_answer_100k_over_1k_messages", large["plain"] / small["plain"], 1.5)
        bars.at_least("refresh_over_plain_answer_100k", large["refresh"] / large["plain"], 5)
        bars.at_most("queries_of_a_plain_answer", len(queries), 4)
        bars.finish()


if __name__ == "__main__":
    main()
