"""The rooms, teams and subscriptions of the seeded workspace."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from ..models import Room, Subscription, Team
from .plan import Plan, key, skewed

TEAMS = ("Product", "Operations", "Support")
TOPICS = (
    "general random announcements engineering design support sales marketing people release incidents security frontend "
    "backend mobile data research feedback onboarding offtopic music books travel cooking sports photos jobs legal finance "
    "office events"
).split()
# A fixed pattern instead of a random choice: every type exists from the start, and the busiest room is a channel.
KINDS = "cccpcdcpclcdcpcpcdcl"


def teams() -> Iterator[Team]:
    """Yield the teams."""
    return (Team(id=key("T", number), name=name) for number, name in enumerate(TEAMS))


def rooms(plan: Plan, rng: Random) -> Iterator[Room]:
    """Yield the rooms, oldest and busiest first."""
    for number in range(plan.rooms):
        kind = KINDS[number % len(KINDS)]
        topic = TOPICS[number % len(TOPICS)]
        team_id = key("T", rng.randrange(len(TEAMS))) if kind in "cp" and rng.random() < 0.3 else None
        yield Room(
            id=key("R", number),
            type=kind,
            name=f"{topic}-{number}" if number >= len(TOPICS) else topic,
            parent_id=key("R", number // 3) if kind in "cp" and number % 9 == 8 else None,
            team_id=team_id,
            is_team_default=team_id is not None and number % 3 == 0,
            is_archived=rng.random() < 0.05,
            created_at=plan.at(born_at(number, plan)),
        )


def born_at(number: int, plan: Plan) -> float:
    """Return the fraction of the period after which a room was created."""
    return 0.9 * (number / plan.rooms) ** 1.2


def subscriptions(plan: Plan, rng: Random) -> Iterator[Subscription]:
    """Yield the subscriptions, with the time at which the user last read the room."""
    for user in range(plan.users):
        seats = {skewed(rng, plan.rooms) for _ in range(plan.subscriptions_per_user)}
        for room in sorted(seats):
            yield Subscription(
                id=key("S", user * plan.rooms + room),
                user_id=key("U", user),
                room_id=key("R", room),
                last_seen_at=plan.now - timedelta(hours=rng.expovariate(1 / 70)) if rng.random() < 0.95 else None,
            )
