"""The WSGI application of the host project."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
# Commands and workers may wait for longer than a request.
os.environ.setdefault("DATABASE_LOCK_SECONDS", "5")
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "30")
_application = get_wsgi_application()

from statistics_app.http.request_head import sanitized  # noqa: E402 - the models can be imported only after Django's set-up
from statistics_app.probes.heartbeat import with_heartbeat  # noqa: E402 - same reason
from statsproject.production import require_static_files  # noqa: E402 - same reason

require_static_files()

application = with_heartbeat(sanitized(_application))
