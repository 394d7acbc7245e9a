"""The URLs of the host project."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from statistics_app.accounts.forms import AdminSignInForm
from statistics_app.api.metrics import MetricsView
from statistics_app.api.not_found import UnknownPathView

from .error_handlers import handler400, handler403, handler404, handler500

# Errors outside the app's views are answered with JSON below api/, and with a page elsewhere.
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="statistics:workspace"), name="home"),
    path("statistics/", include("statistics_app.web.urls")),
    path("api/", include("statistics_app.api.urls")),
    # Django would redirect to the path with a slash.
    path("api", UnknownPathView.as_view(schema=None)),
    path("admin/", admin.site.urls),
    # Where Prometheus looks by default.
    re_path(r"^metrics/?$", MetricsView.as_view(schema=None), name="metrics"),
]
