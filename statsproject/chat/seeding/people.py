"""The accounts of the seeded workspace."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from ..models import User
from .plan import Plan, key

# The usernames of the two accounts of the demonstration: one with all permissions, one with none.
ADMIN, VISITOR = "demo", "visitor"

FIRST = (
    "Ada Alan Amira Anders Beatriz Boris Carla Chen Dalia Diego Edith Emil Farid Freya Grace Hana Hugo Ines Ivan Jana Jun Kofi "
    "Lena Liam Mara Mei Nadia Nils Olga Omar Paula Pedro Rosa Ravi Sara Sven Tariq Tove Uma Viktor Wanda Yuki Zoe"
).split()
LAST = "Berg Costa Diaz Evans Fischer Garcia Haas Ivanova Jensen Kim Lopez Meyer Novak Okafor Patel Rossi Sato Weber".split()
LANGUAGES = ("en", "de", "pt", "es", "fr", "ja", "")
TYPES = (User.Type.USER, User.Type.BOT, User.Type.APP, User.Type.GUEST)


def users(plan: Plan, rng: Random) -> Iterator[User]:
    """Yield the accounts, oldest first. The first two are those of the demonstration."""
    unusable = make_password(None)
    for number in range(plan.users):
        yield User(id=key("U", number), password=unusable, **_person(number, plan, rng))


def _person(number: int, plan: Plan, rng: Random) -> dict[str, object]:
    kind = rng.choices(TYPES, (80, 5, 3, 12))[0] if number > 1 else User.Type.USER
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}" if kind != User.Type.BOT else f"Bot {number}"
    active = number < 2 or rng.random() < 0.86
    joined = plan.at(0.97 * (number / plan.users) ** 0.8)
    away_for = timedelta(days=rng.expovariate(1 / 6)) if active else (plan.now - joined) * rng.random()
    presences = (9, 6, 3, 82) if active else (0, 0, 0, 1)
    return {
        "username": (ADMIN, VISITOR)[number] if number < 2 else f"{name.lower().replace(' ', '.')}.{number}",
        "name": name,
        "email": f"{key('U', number)}@chat.example",
        "type": kind,
        "is_active": active,
        "presence": rng.choices(tuple(User.Presence), presences)[0],
        "language": rng.choices(LANGUAGES, (46, 18, 9, 8, 6, 5, 8))[0],
        "date_joined": joined,
        "last_login": max(joined, plan.now - away_for),
    }
