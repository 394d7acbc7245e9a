"""Monitors that poll: accounts with tokens, and loads that are put on in turn."""

import random
import statistics
from collections.abc import Mapping

from benchmarks.measuring import median_of_ratios

from .client import run
from .servers import Server

SECONDS = 1.0
ROUNDS = 7
STATISTICS = "/api/v1/statistics"


def headers_of_a_member() -> tuple[dict[str, str], dict[str, str]]:
    """Create an account that may view statistics as a group's member; return its headers for ours and for DRF's tokens."""
    from django.contrib.auth.models import Group
    from rest_framework.authtoken.models import Token

    from statistics_app.accounts.tokens import issue_personal_token
    from statsproject.chat.models import User

    number = User.objects.count()
    user = User.objects.create_user(f"monitor-{number}", f"monitor-{number}@chat.example")
    user.groups.add(Group.objects.get(name="Statistics viewers"))
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
        return median_of_ratios(self.rates[one], self.rates[other])

    def cost(self, one: str, other: str) -> float:
        """Return the median of the ratios of two processor times in the same round."""
        return median_of_ratios(self.costs[one], self.costs[other])
