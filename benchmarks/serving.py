"""Serving the statistics to many monitors: rates and processor time beside those of other views, on the same server."""

import random
import statistics
from collections.abc import Mapping

from benchmarks.load.client import request, run
from benchmarks.load.servers import Server, servers
from benchmarks.measuring import Bars

SECONDS = 1.0
ROUNDS = 7
STATISTICS = "/api/v1/statistics"


def headers_of_a_member(group: str = "Statistics viewers") -> tuple[dict[str, str], dict[str, str]]:
    """Create an account that may view statistics as a group's member; return its headers for ours and for DRF's tokens."""
    from django.contrib.auth.models import Group
    from rest_framework.authtoken.models import Token

    from statistics_app.accounts.tokens import issue_personal_token
    from statsproject.chat.models import User

    number = User.objects.count()
    user = User.objects.create_user(f"monitor-{number}", f"monitor-{number}@chat.example")
    user.groups.add(Group.objects.get(name=group))
    ours = {"X-User-Id": str(user.pk), "X-Auth-Token": issue_personal_token(user, "bench")}
    return ours, {"Authorization": f"Token {Token.objects.create(user=user).key}"}


class Turns:
    """Loads that are put on in turn, each round in another order; the rates and the processor time per request."""

    def __init__(self, server: Server, requests: Mapping[str, bytes], connections: int) -> None:
        self.rates: dict[str, list[float]] = {name: [] for name in requests}
        self.costs: dict[str, list[float]] = {name: [] for name in requests}
        orders = random.Random(1)
        for number in range(ROUNDS + 1):
            for name in orders.sample(sorted(requests), len(requests)):
                before = server.processor_seconds()
                load = run(server.port, [requests[name]], connections, seconds=SECONDS).require(200, 304)
                if number:
                    self.rates[name].append(load.rate)
                    self.costs[name].append((server.processor_seconds() - before) / len(load.seconds))
        for name in requests:
            rate, cost = statistics.median(self.rates[name]), statistics.median(self.costs[name])
            print(f"{connections:>3} connections, {name}: {rate:,.0f} requests/s, {cost * 1e6:,.0f} µs of processor time each")

    def rate(self, one: str, other: str) -> float:
        """Return the median of the ratios of two rates in the same round."""
        return statistics.median(a / b for a, b in zip(self.rates[one], self.rates[other], strict=True))

    def cost(self, one: str, other: str) -> float:
        """Return the median of the ratios of two processor times in the same round."""
        return statistics.median(a / b for a, b in zip(self.costs[one], self.costs[other], strict=True))


def main() -> None:
    bars = Bars()
    with servers() as started:
        from statistics_app.models import Snapshot

        ours, drf = headers_of_a_member()
        size = len(Snapshot.objects.latest_taken().body.encode())
        with started.stack:
            server = started.start(BENCH_BYTES=str(size))
            requests = {
                "ours": request(STATISTICS, ours),
                "static": request("/bench/static", ours),
                "empty": request("/bench/empty", ours),
                "straightforward": request("/bench/straightforward", drf),
            }
            for connections in (1, 8, 64):
                turns = Turns(server, requests, connections)
                bars.at_least(f"rate_over_static_{connections}_connections", turns.rate("ours", "static"), 0.45)
                bars.at_least(f"static_over_ours_processor_time_{connections}_connections", turns.cost("static", "ours"), 0.42)
                bars.at_least(f"rate_over_straightforward_{connections}_connections", turns.rate("ours", "straightforward"), 12)
    bars.finish()


if __name__ == "__main__":
    main()
