"""The API's paths; each answers with and without a slash at its end, and never redirects.

Mount it with `path("api/", include("statistics_app.api.urls"))`, after paths of your own below `api/`.
"""

from django.urls import re_path

from .identity import InfoView, MeView
from .sessions import LoginView, LogoutView
from .statistics import StatisticsListView, StatisticsView
from .unknown import UnknownPathView

app_name = "statistics_api"

urlpatterns = [
    re_path(r"^v1/statistics/?$", StatisticsView.as_view(), name="statistics"),
    re_path(r"^v1/statistics\.list/?$", StatisticsListView.as_view(), name="statistics-list"),
    re_path(r"^v1/login/?$", LoginView.as_view(), name="login"),
    re_path(r"^v1/logout/?$", LogoutView.as_view(), name="logout"),
    re_path(r"^v1/me/?$", MeView.as_view(), name="me"),
    re_path(r"^(?:v1/)?info/?$", InfoView.as_view(), name="info"),
    re_path(r"", UnknownPathView.as_view(), name="unknown"),
]
