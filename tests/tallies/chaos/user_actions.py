"""Actions on users, uploads and teams. Each returns the number of rows that it changed."""

from django.utils import timezone

from statsproject.chat.models import Team, Upload, User

from .context import TEAMS, USERS, Context

PRESENCES = ("online", "away", "busy", "offline")
LANGUAGES = ("", "en", "de", "pt-BR", 'q"u,o', "none")


def change_users(context: Context) -> int:
    """Change many accounts at once."""
    return context.update(
        "is_active = %s, type = %s, language = %s",
        context.sample(USERS, 40),
        context.rng.random() < 0.6,
        context.rng.choice(("user", "bot", "app", "guest")),
        context.rng.choice(LANGUAGES),
        table="chat_user",
    )


def set_presence(context: Context) -> int:
    """Change the presence of one or two users."""
    return context.update("presence = %s", context.sample(USERS, 2), context.rng.choice(PRESENCES), table="chat_user")


def set_last_login(context: Context) -> int:
    """Change a column that no tally counts."""
    return context.update("last_login = %s", context.sample(USERS, 2), timezone.now(), table="chat_user")


def create_users(context: Context) -> int:
    """Create accounts, some with the ids of deleted ones."""
    keys = context.sample(USERS, 10)
    taken = set(User.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return len(User.objects.bulk_create(User(id=key, username=key) for key in keys if key not in taken))


def delete_users(context: Context) -> int:
    """Delete accounts with SQL: Django's ORM would read the tokens, on which the chat has no right."""
    return context.delete("chat_user", context.sample(USERS, 4))


def upload(context: Context) -> int:
    """Insert uploads, some of them larger than a 32-bit integer."""
    context.created += 1
    return len(
        Upload.objects.bulk_create(
            Upload(id=f"{context.id_prefix}.{context.created}.{number}", name="file", size=context.rng.randrange(10**10))
            for number in range(context.rng.randint(1, 6))
        )
    )


def resize(context: Context) -> int:
    """Change the size of some uploads."""
    keys = context.column("SELECT id FROM chat_upload ORDER BY id LIMIT %s", context.rng.randint(1, 5))
    return context.update("size = size / 2 + %s", keys, context.rng.randrange(1000), table="chat_upload")


def delete_uploads(context: Context) -> int:
    """Delete some uploads."""
    keys = context.column("SELECT id FROM chat_upload ORDER BY size LIMIT %s", context.rng.randint(1, 9))
    return context.delete("chat_upload", keys)


def create_team(context: Context) -> int:
    """Create a team, if it does not exist."""
    return context.execute(
        "INSERT INTO chat_team (id, name) VALUES (%s, 'team') ON CONFLICT (id) DO NOTHING", context.rng.choice(TEAMS)
    )


def delete_team(context: Context) -> int:
    """Delete a team with Django's ORM, which removes its rooms from it first."""
    return Team.objects.filter(pk=context.rng.choice(TEAMS)).delete()[1].get("chat.Team", 0)


WEIGHTS = {
    change_users: 4, set_presence: 6, set_last_login: 2, create_users: 4, delete_users: 2, upload: 4, resize: 3,
    delete_uploads: 3, create_team: 3, delete_team: 2,
}  # fmt: skip
