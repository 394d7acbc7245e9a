"""The other host's URLs, with other prefixes for the API and the pages than in this project."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("chat-api/", include("statistics_app.api.urls")),
    path("inside/numbers/", include("statistics_app.web.urls")),
]
