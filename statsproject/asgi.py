"""The host as an ASGI application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
_application = get_asgi_application()

from statistics_app.http.request_head import sanitized_asgi  # noqa: E402 - models are there only now
from statistics_app.probes.instances import with_heartbeat  # noqa: E402 - likewise

application = with_heartbeat(sanitized_asgi(_application))
