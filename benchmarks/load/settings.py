"""The host's settings, with the views that ours are compared with."""

from statsproject.settings import *  # noqa: F403
from statsproject.settings import INSTALLED_APPS, STATISTICS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework.authtoken"]
ROOT_URLCONF = "benchmarks.load.urls"
# The throttle counts every request, and refuses none.
STATISTICS |= {"THROTTLE_READ": "100000000/minute"}
REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"user": "100000000/minute"}}
