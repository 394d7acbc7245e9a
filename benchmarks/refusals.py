"""What the dearest requests that are refused cost: CPU time in this process, each against the bar."""

import statistics
import time

from benchmarks.measuring import Bars, fresh_sqlite

BAR_MS = 50
MOST_ROUNDS = 31
# One that is far too dear is not asked often.
LONGEST_SECONDS = 2


def main() -> None:
    """Ask each some times, and print the median and the most."""
    with fresh_sqlite():
        from django.conf import settings
        from django.contrib.auth.models import Permission

        from statistics_app.accounts.tokens import issue_personal_token
        from statsproject.chat.models import User
        from tests.api.bare import Application, Bare
        from tests.api.worst import worst

        settings.STATISTICS = {**settings.STATISTICS, **dict.fromkeys(("THROTTLE_LOGIN", "THROTTLE_READ"), "")}
        user = User.objects.create(username="bench")
        user.user_permissions.add(Permission.objects.get(codename="view_statistics"))
        token = issue_personal_token(user, "bench")
        application = Application()
        application.ask(Bare().environ())

        def milliseconds(bare: Bare) -> float:
            environ = bare.environ()
            began = time.thread_time()
            answer = application.ask(environ)
            taken = time.thread_time() - began
            assert 400 <= answer.status < 500, answer
            return taken * 1e3

        bars = Bars()
        taken: dict[str, list[float]] = {}
        for name, bare in worst((("X-User-Id", user.pk.encode()), ("X-Auth-Token", token.encode()))).items():
            ends = time.monotonic() + LONGEST_SECONDS
            taken[name] = [milliseconds(bare)]
            while len(taken[name]) < MOST_ROUNDS and time.monotonic() < ends:
                taken[name].append(milliseconds(bare))
        for name, times in sorted(taken.items(), key=lambda each: statistics.median(each[1])):
            print(f"{statistics.median(times):9.2f} ms  at most {max(times):9.2f} ms  of {len(times):2}  {name}")
        for name, times in taken.items():
            if statistics.median(times) > BAR_MS:
                bars.at_most(name.replace(" ", "_"), statistics.median(times), BAR_MS)
        bars.at_most("dearest_refusal_ms", max(statistics.median(times) for times in taken.values()), BAR_MS)
        bars.finish()


if __name__ == "__main__":
    main()
