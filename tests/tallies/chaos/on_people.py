"""Deeds on users, uploads and teams; each returns how many rows it touched."""

from django.utils import timezone

from statsproject.chat.models import Team, Upload, User

from .hand import TEAMS, USERS, Hand

PRESENCES = ("online", "away", "busy", "offline")
LANGUAGES = ("", "en", "de", "pt-BR", 'q"u,o', "none")


def change_users(hand: Hand) -> int:
    """Change many at once."""
    return hand.change(
        "is_active = %s, type = %s, language = %s",
        hand.some(USERS, 40),
        hand.chance.random() < 0.6,
        hand.chance.choice(("user", "bot", "app", "guest")),
        hand.chance.choice(LANGUAGES),
        table="chat_user",
    )


def ping(hand: Hand) -> int:
    """Say that somebody is there, or no longer."""
    return hand.change("presence = %s", hand.some(USERS, 2), hand.chance.choice(PRESENCES), table="chat_user")


def log_in(hand: Hand) -> int:
    """Change what does not count."""
    return hand.change("last_login = %s", hand.some(USERS, 2), timezone.now(), table="chat_user")


def sign_up(hand: Hand) -> int:
    """Make accounts, some of them under the ids of those that went."""
    keys = hand.some(USERS, 10)
    taken = set(User.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return len(User.objects.bulk_create(User(id=key, username=key) for key in keys if key not in taken))


def leave(hand: Hand) -> int:
    """Delete accounts as Django does."""
    return User.objects.filter(pk__in=hand.some(USERS, 4)).delete()[1].get("chat.User", 0)


def upload(hand: Hand) -> int:
    """Upload files, some of more bytes than a small number holds."""
    hand.made += 1
    return len(
        Upload.objects.bulk_create(
            Upload(id=f"{hand.mark}.{hand.made}.{number}", name="file", size=hand.chance.randrange(10**10))
            for number in range(hand.chance.randint(1, 6))
        )
    )


def resize(hand: Hand) -> int:
    """Change the size of some."""
    keys = hand.column("SELECT id FROM chat_upload ORDER BY id LIMIT %s", hand.chance.randint(1, 5))
    return hand.change("size = size / 2 + %s", keys, hand.chance.randrange(1000), table="chat_upload")


def remove_uploads(hand: Hand) -> int:
    """Remove some."""
    keys = hand.column("SELECT id FROM chat_upload ORDER BY size LIMIT %s", hand.chance.randint(1, 9))
    return hand.remove("chat_upload", keys)


def make_team(hand: Hand) -> int:
    """Make a team that is not there."""
    return hand.run(
        "INSERT INTO chat_team (id, name) VALUES (%s, 'team') ON CONFLICT (id) DO NOTHING", hand.chance.choice(TEAMS)
    )


def end_team(hand: Hand) -> int:
    """Delete a team as Django does, which takes its rooms out of it."""
    return Team.objects.filter(pk=hand.chance.choice(TEAMS)).delete()[1].get("chat.Team", 0)


EVERYWHERE = {
    change_users: 4, ping: 6, log_in: 2, sign_up: 4, leave: 2, upload: 4, resize: 3, remove_uploads: 3, make_team: 3,
    end_team: 2,
}  # fmt: skip
