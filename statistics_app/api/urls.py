"""The API's paths; each answers with and without a slash at its end, and never redirects.

Mount it with `path("api/", include("statistics_app.api.urls"))`, after paths of your own below `api/`.
"""

from django.urls import re_path

from .activity import ActivityView, PeopleView, RoomsView
from .exports import ExportView
from .history import CompareView, HistoryView
from .identity import InfoView, MeView
from .metrics import MetricsView
from .not_found import UnknownPathView
from .schema_views import DocsView, SchemaView
from .sessions import LoginView, LogoutView
from .statistics import StatisticsListView, StatisticsView
from .tokens import (
    GeneratePersonalTokenView,
    PersonalTokensView,
    RegeneratePersonalTokenView,
    RemovePersonalTokenView,
)

app_name = "statistics_api"

urlpatterns = [
    re_path(r"^v1/statistics/?$", StatisticsView.as_view(), name="statistics"),
    re_path(r"^v1/statistics\.list/?$", StatisticsListView.as_view(), name="statistics-list"),
    re_path(r"^v1/statistics\.history/?$", HistoryView.as_view(), name="statistics-history"),
    re_path(r"^v1/statistics\.compare/?$", CompareView.as_view(), name="statistics-compare"),
    re_path(r"^v1/statistics\.activity/?$", ActivityView.as_view(), name="statistics-activity"),
    re_path(r"^v1/statistics\.rooms/?$", RoomsView.as_view(), name="statistics-rooms"),
    re_path(r"^v1/statistics\.people/?$", PeopleView.as_view(), name="statistics-people"),
    re_path(r"^v1/statistics\.export/?$", ExportView.as_view(), name="statistics-export"),
    re_path(r"^v1/login/?$", LoginView.as_view(), name="login"),
    re_path(r"^v1/logout/?$", LogoutView.as_view(), name="logout"),
    re_path(r"^v1/me/?$", MeView.as_view(), name="me"),
    re_path(r"^v1/info/?$", InfoView.as_view(), name="info"),
    re_path(r"^info/?$", InfoView.as_view(), name="info-short"),
    re_path(r"^metrics/?$", MetricsView.as_view(), name="metrics"),
    re_path(r"^v1/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^v1/docs/?$", DocsView.as_view(), name="docs"),
    re_path(r"^v1/users\.getPersonalAccessTokens/?$", PersonalTokensView.as_view(), name="tokens"),
    re_path(r"^v1/users\.generatePersonalAccessToken/?$", GeneratePersonalTokenView.as_view(), name="generate-token"),
    re_path(r"^v1/users\.regeneratePersonalAccessToken/?$", RegeneratePersonalTokenView.as_view(), name="regenerate-token"),
    re_path(r"^v1/users\.removePersonalAccessToken/?$", RemovePersonalTokenView.as_view(), name="remove-token"),
    re_path(r"", UnknownPathView.as_view(), name="unknown"),
]
