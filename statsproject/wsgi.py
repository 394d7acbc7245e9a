"""The host as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
_application = get_wsgi_application()

from statistics_app.http.request_head import sanitized  # noqa: E402 - models are there only now
from statistics_app.probes.instances import with_heartbeat  # noqa: E402 - likewise

application = with_heartbeat(sanitized(_application))
