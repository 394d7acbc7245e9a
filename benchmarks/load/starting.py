"""How long a process takes to start, and how much memory a web worker has, beside a project without the app.

A request of either project uses the database and the cache.
"""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from benchmarks.measuring import interleaved

from .client import request, run
from .servers import ROOT, Servers

ROUNDS = 9
BARE_SETTINGS = """
import os
import environ
SECRET_KEY = "bench"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "rest_framework",
]
ROOT_URLCONF = "bare.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
]}}]
DATABASES = {"default": environ.Env().db("DATABASE_URL")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["REDIS_URL"]}}
STATIC_URL = "static/"
USE_TZ = True
REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"anon": "1000000/minute"}}
"""
BARE_PROJECT = {
    "__init__.py": "from .celery import app as celery_app\n",
    "celery.py": (
        'from celery import Celery\n\napp = Celery("bare")\n'
        'app.config_from_object("django.conf:settings", namespace="CELERY")\n'
    ),
    "settings.py": BARE_SETTINGS,
    "urls.py": (
        "from django.contrib import admin\nfrom django.contrib.auth.models import Group\nfrom django.urls import path\n"
        "from rest_framework.response import Response\nfrom rest_framework.throttling import AnonRateThrottle\n"
        "from rest_framework.views import APIView\n\n\n"
        "class View(APIView):\n    permission_classes = ()\n    throttle_classes = (AnonRateThrottle,)\n\n"
        "    def get(self, request):\n"
        '        return Response({"groups": Group.objects.count()})\n\n\n'
        'urlpatterns = [path("admin/", admin.site.urls), path("api/v1/statistics", View.as_view())]\n'
    ),
    "wsgi.py": (
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\n"
        'os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"\napplication = get_wsgi_application()\n'
    ),
}


def make_bare_project(folder: Path) -> Path:
    """Write a project with Django, DRF and Celery only, behind the host's other middleware, and return its folder."""
    (folder / "bare").mkdir(parents=True)
    for name, text in BARE_PROJECT.items():
        (folder / "bare" / name).write_text(text)
    with (folder / "bare" / "settings.py").open("a") as file:
        file.write(f"MIDDLEWARE = {[name for name in settings.MIDDLEWARE if not name.startswith('statistics_app.')]!r}\n")
    return folder


def start_times(servers: Servers, bare: Path) -> dict[str, float]:
    """Return the seconds of `check` and of importing the WSGI application, of ours and of the bare project."""
    ours, others = servers.whole_environment(), {**os.environ, **servers.environment, "PYTHONPATH": str(bare)}
    ours |= {"DJANGO_SETTINGS_MODULE": "statsproject.settings"}
    others |= {"DJANGO_SETTINGS_MODULE": "bare.settings"}

    def python(environment: dict[str, str], *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=environment, check=True, cwd="/", stdout=subprocess.DEVNULL)

    check = ("-m", "django", "check")
    return interleaved(
        {
            "check": lambda: python(ours, *check),
            "bare check": lambda: python(others, *check),
            "WSGI": lambda: python(ours, "-c", "import statsproject.wsgi"),
            "bare WSGI": lambda: python(others, "-c", "import bare.wsgi"),
        },
        ROUNDS,
    )


def worker_memory(servers: Servers, bare: Path, headers: dict[str, str]) -> tuple[int, int]:
    """Return the memory of a web worker after some requests, in bytes: of ours, and of the bare project's."""
    found = []
    for application, path, environment in (
        ("statsproject.wsgi:application", "/api/v1/statistics", {"DJANGO_SETTINGS_MODULE": "statsproject.settings"}),
        ("bare.wsgi:application", "/api/v1/statistics", {"PYTHONPATH": str(bare), "DJANGO_SETTINGS_MODULE": "bare.settings"}),
    ):
        folder = ROOT if "PYTHONPATH" not in environment else bare
        server = servers.start(application=application, folder=folder, **environment)
        run(server.port, [request(path, headers)], 8, each=50).require(200)
        found.append(server.memory())
    return found[0], found[1]
