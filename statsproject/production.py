"""What a production deployment must have before it starts."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# As Django's own check demands.
LEAST_KEY_LENGTH, LEAST_KEY_CHARACTERS = 50, 5
MANIFEST = "staticfiles.json"


def require_secret_key(key: str) -> None:
    """Refuse a secret key that is missing or could be guessed. Errors: ImproperlyConfigured."""
    how = "python -c 'import secrets; print(secrets.token_urlsafe(50))' prints one."
    if not key:
        raise ImproperlyConfigured(f"SECRET_KEY is required in production. Set it in the environment; {how}")
    if len(key) < LEAST_KEY_LENGTH or len(set(key)) < LEAST_KEY_CHARACTERS or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(f"SECRET_KEY is a placeholder or shorter than {LEAST_KEY_LENGTH} characters; {how}")


def require_static_files() -> None:
    """Refuse to serve pages whose static files were not collected: each would be an error. Errors: ImproperlyConfigured."""
    if settings.STATIC_ROOT and not (Path(settings.STATIC_ROOT) / MANIFEST).is_file():
        raise ImproperlyConfigured(
            f"The static files are not in {settings.STATIC_ROOT}. Run `python manage.py collectstatic --noinput` first."
        )
