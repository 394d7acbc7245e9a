"""Whether refusing credentials costs the same, whatever is wrong with them."""

import secrets

from benchmarks.measuring import Bars, fresh_sqlite, interleaved

ROUNDS = 501


def main() -> None:
    """Measure three kinds of refused credentials in turn."""
    with fresh_sqlite():
        from django.conf import settings
        from django.test import Client

        from statistics_app.accounts.tokens import issue_personal_token
        from statsproject.chat.models import User

        settings.ALLOWED_HOSTS = ["testserver"]
        one, two = (User.objects.create(username=name) for name in ("one", "two"))
        tokens = {user.pk: issue_personal_token(user, "bench") for user in (one, two)}
        client = Client()

        def refused(user_id: str, token: str) -> None:
            headers = {"X-User-Id": user_id, "X-Auth-Token": token}
            assert client.get("/api/v1/me", headers=headers).status_code == 401

        times = interleaved(
            {
                "unknown id": lambda: refused("nobody-at-all-here", tokens[one.pk]),
                "wrong token": lambda: refused(one.pk, secrets.token_urlsafe(32)),
                "another's token": lambda: refused(one.pk, tokens[two.pk]),
            },
            ROUNDS,
        )
        for name, seconds in times.items():
            print(f"{name:>16}: {seconds * 1e3:.3f} ms")
        bars = Bars()
        bars.at_most("slowest_over_fastest_refusal", max(times.values()) / min(times.values()), 1.25)
        bars.finish()


if __name__ == "__main__":
    main()
