"""The stranger's paths: the API and the pages stand elsewhere than in our own host."""

from django.urls import include, path

urlpatterns = [
    path("chat-api/", include("statistics_app.api.urls")),
    path("inside/numbers/", include("statistics_app.web.urls")),
]
