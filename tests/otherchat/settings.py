"""The other host's settings; those of REST framework must not affect the statistics app."""

import os
from pathlib import Path

import environ

FOLDER = Path(os.environ["OTHERCHAT_FOLDER"])

SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "statistics_app",
    "tests.otherchat",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "tests.otherchat.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The wheel has the templates inside the app; in the repository they are next to it.
        "DIRS": [Path(__file__).resolve().parents[2] / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DATABASES = {"default": environ.Env().db("OTHERCHAT_DATABASE", default=f"sqlite:///{FOLDER / 'otherchat.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = True
DATABASE_ROUTERS = []
for alias, router in {"statistics": "StatisticsApart", "replica": "ReadFromReplica"}.items():
    if url := os.environ.get(f"OTHERCHAT_{alias.upper()}_DATABASE"):
        DATABASES[alias] = environ.Env.db_url_config(url)
        DATABASE_ROUTERS.append(f"tests.otherchat.routers.{router}")
if path := os.environ.get("OTHERCHAT_SCHEMAS"):
    DATABASES["default"]["OPTIONS"] = {"options": f"-c search_path={path}"}
if module := os.environ.get("OTHERCHAT_MIGRATIONS"):
    MIGRATION_MODULES = {"statistics_app": module}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LANGUAGE_CODE = "de"
TIME_ZONE = "Asia/Kathmandu"
USE_TZ = True
STATIC_URL = "files/"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FileUploadParser"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "ALLOWED_VERSIONS": ["v9"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle", "rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "0/day", "user": "0/day"},
    "EXCEPTION_HANDLER": "tests.otherchat.urls.no_such_handler",
    "UNAUTHENTICATED_USER": None,
}
STATISTICS = {
    "SOURCE": os.environ.get("OTHERCHAT_SOURCE", "tests.otherchat.source.OtherChatSource"),
    "DEPLOY_METHOD": "by hand",
    "COUNTING": os.environ.get("OTHERCHAT_COUNTING", "tallies"),
}
