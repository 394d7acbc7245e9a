"""The host's paths."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="statistics:workspace"), name="home"),
    path("statistics/", include("statistics_app.web.urls")),
    path("api/", include("statistics_app.api.urls")),
    path("admin/", admin.site.urls),
]
