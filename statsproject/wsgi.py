"""The host as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
_application = get_wsgi_application()

from statistics_app.serving import announced, guarded  # noqa: E402 - models are there only now

application = announced(guarded(_application))
