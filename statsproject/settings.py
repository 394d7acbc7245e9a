"""Settings of the host project. Everything that depends on the deployment is read from the environment (docs/settings.md)."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.core import RESERVED_ATTRS

from statsproject.production import require_secret_key
from statsproject.secret_key import load_or_create_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
PRODUCTION = env.bool("PRODUCTION", default=False)

# Not by `env`, which takes a value that begins with a dollar sign, as one key in fifty does, for the name of another variable.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if PRODUCTION:
    require_secret_key(SECRET_KEY)
SECRET_KEY = SECRET_KEY or load_or_create_secret_key(VAR_DIR / "secret_key")
# Former keys, with which nothing new is signed or encrypted.
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "corsheaders",
    "statistics_app",
    "statsproject.chat",
]
MIDDLEWARE = [
    "statistics_app.http.request_log.RequestIdMiddleware",
    "statistics_app.api.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "statsproject.languages.PageLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Only pages of the origins listed here may call the API. If there are none, OPTIONS is not allowed (405).
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "POST"]
CORS_ALLOW_HEADERS = ["accept", "content-type", "x-auth-token", "x-user-id"]
CORS_EXPOSE_HEADERS = ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
if CORS_ALLOWED_ORIGINS:
    MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")

ROOT_URLCONF = "statsproject.urls"
WSGI_APPLICATION = "statsproject.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'workspace.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Concurrent writers wait for each other instead of failing, and readers never wait for writers.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    _OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
    _OPTIONS.setdefault("connect_timeout", 5)
    # A locked table or a slow statement must not hold all threads of a web server, which sets these (wsgi.py).
    _LIMITS = {"lock_timeout": "DATABASE_LOCK_SECONDS", "statement_timeout": "DATABASE_STATEMENT_SECONDS"}
    _GIVEN = [f"-c {name}={env.int(variable)}s" for name, variable in _LIMITS.items() if env.int(variable, default=0)]
    if _GIVEN:
        _OPTIONS["options"] = " ".join([*filter(None, [_OPTIONS.get("options")]), *_GIVEN])
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)

# Redis is both the broker and the cache. Without it, tasks are passed through a folder, and each process has its own cache.
REDIS_URL = env.str("REDIS_URL", default="")
# A request waits for the cache for no longer; the throttles then count without it.
_CACHE_TIMEOUTS = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "OPTIONS": _CACHE_TIMEOUTS}
    if REDIS_URL
    # The rate limits have counters for each username and token. If one is evicted, its count restarts from zero.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
}
BROKER_DIR = VAR_DIR / "broker"
# Celery and redis-py use different URLs for a Unix socket.
_IS_SOCKET = REDIS_URL.startswith("unix://")
_BROKER = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1) if _IS_SOCKET else REDIS_URL
CELERY_BROKER_URL = _BROKER or "filesystem://"
_FILESYSTEM_OPTIONS = {
    "data_folder_in": str(BROKER_DIR / "tasks"),
    "data_folder_out": str(BROKER_DIR / "tasks"),
    "control_folder": str(BROKER_DIR / "control"),
    "polling_interval": 0.5,
}
# Beat and workers notice within this time that Redis hangs; a worker's own waits for a task are shorter.
_REDIS_OPTIONS = {"socket_connect_timeout": 5, "socket_timeout": 10}
CELERY_BROKER_TRANSPORT_OPTIONS = _REDIS_OPTIONS if REDIS_URL else _FILESYSTEM_OPTIONS
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # tasks store no results, so beat does not need to clean them up
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

AUTH_USER_MODEL = "chat.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "statistics:sign-in"
LOGIN_REDIRECT_URL = "statistics:workspace"
LOGOUT_REDIRECT_URL = "statistics:sign-in"

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
# Outside production, static files are served from their source directories, so that collectstatic is not needed.
STATIC_ROOT = VAR_DIR / "static" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
if PRODUCTION:
    # File names contain a hash of the content, so browsers may cache the files forever. The files are also stored compressed.
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

TRUSTED_PROXIES = env.int("STATISTICS_TRUSTED_PROXIES", default=0)
if PRODUCTION:
    # Without a proxy of ours, the header is the client's own.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES > 0 else None
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=3600)
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Whether all subdomains are served by HTTPS, and the browsers' list may say so, is not for one application to decide.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# With the address of a server, this installation shows its statistics, and nothing of the tables of statsproject.chat.
_REMOTE_URL = env.str("STATISTICS_REMOTE_URL", default="")
STATISTICS = {
    "SOURCE": "statistics_app.sources.remote.RemoteSource"
    if _REMOTE_URL
    else "statsproject.chat.statistics_source.WorkspaceSource",
    "REMOTE_URL": _REMOTE_URL,
    # Not by `env`, for the same reason as the secret key.
    "REMOTE_USER_ID": os.environ.get("STATISTICS_REMOTE_USER_ID", ""),
    "REMOTE_TOKEN": os.environ.get("STATISTICS_REMOTE_TOKEN", ""),
    "REMOTE_SECONDS": env.float("STATISTICS_REMOTE_SECONDS", default=60),
    "COUNTING": env.str("STATISTICS_COUNTING", default="tallies"),
    "INTERVAL": env.int("STATISTICS_INTERVAL", default=3600),
    "TRUST_SECONDS": env.float("STATISTICS_TRUST_SECONDS", default=1),
    "KEEP_SNAPSHOTS_DAYS": env.int("STATISTICS_KEEP_SNAPSHOTS_DAYS", default=90),
    "THROTTLE_LOGIN": env.str("STATISTICS_THROTTLE_LOGIN", default="10/minute"),
    "THROTTLE_LOGIN_ADDRESS": env.str("STATISTICS_THROTTLE_LOGIN_ADDRESS", default="60/minute"),
    "THROTTLE_READ": env.str("STATISTICS_THROTTLE_READ", default="600/minute"),
    "THROTTLE_REFRESH": env.str("STATISTICS_THROTTLE_REFRESH", default="12/minute"),
    "EMBED_DAYS": env.int("STATISTICS_EMBED_DAYS", default=90),
    "TRUSTED_PROXIES": TRUSTED_PROXIES,
    "HEALTH_NETWORKS": env.list("STATISTICS_HEALTH_NETWORKS", default=["127.0.0.0/8", "::1/128"]),
    "DENIED_STATUS": env.int("STATISTICS_DENIED_STATUS", default=403),
    "DEPLOY_METHOD": env.str("DEPLOY_METHOD", default="tar"),
    "DEPLOY_PLATFORM": env.str("DEPLOY_PLATFORM", default="selfinstall"),
}

# One line of text or one JSON object per message.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is '{LOG_FORMAT}'. It must be 'line' or 'json'.")
# Celery would replace the handlers of its workers by its own.
CELERY_WORKER_HIJACK_ROOT_LOGGER = LOG_FORMAT == "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "statistics_app.http.request_log.RequestFilter"},
        "once_per_minute": {"()": "statistics_app.http.request_log.OncePerMinute"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s%(request)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(user_id)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            # The request itself cannot be written as JSON, and its text is that of the two ids.
            "reserved_attrs": [*RESERVED_ATTRS, "request", "server_time"],
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django's default handlers log to the console only in DEBUG. Warnings about 4xx responses are not logged.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        # Any client can cause it by sending a wrong Host header.
        "django.security.DisallowedHost": {"filters": ["once_per_minute"]},
        # Workers whose handlers are ours: what they log of each task.
        "celery": {"level": "INFO" if LOG_FORMAT == "json" else "NOTSET"},
        "statistics_app": {"level": "INFO"},
    },
}
