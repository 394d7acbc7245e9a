"""What a host's wsgi.py and asgi.py put around Django."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from .probes.instances import heartbeat

Application = TypeVar("Application", bound=Callable[..., Any])


def announced(application: Application) -> Application:
    """Begin the heartbeat of this process and return its application unchanged.

    A server that forks after it loaded the application calls this again in each child (gunicorn's `post_fork`).
    """
    heartbeat.start()
    return application


def in_utf8(application: WSGIApplication) -> WSGIApplication:
    """Take a charset off a request's content type: everything is read as UTF-8.

    Django would read the request's text by it before any view is asked, and fail on codecs that are not for text.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = environ.get("CONTENT_TYPE", "").split(";")
        environ["CONTENT_TYPE"] = ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
        return application(environ, start_response)

    return serve
