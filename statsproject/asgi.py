"""The host as an ASGI application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
_application = get_asgi_application()

from statistics_app.serving import announced, guarded_asgi  # noqa: E402 - models are there only now

application = announced(guarded_asgi(_application))
