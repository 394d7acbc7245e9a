"""The host's paths."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from statistics_app.accounts.forms import AdminSignInForm

from .error_handlers import handler400, handler403, handler404, handler500

# Whatever fails before a view is asked is JSON below api/, and a page elsewhere.
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="statistics:workspace"), name="home"),
    path("statistics/", include("statistics_app.web.urls")),
    path("api/", include("statistics_app.api.urls")),
    path("admin/", admin.site.urls),
]
