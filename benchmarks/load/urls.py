"""The URLs of the host, and those of the views that ours are compared with."""

from django.urls import path

from statsproject.urls import handler400, handler403, handler404, handler500
from statsproject.urls import urlpatterns as of_the_host

from .views import EmptyView, StraightforwardView, static

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *of_the_host,
    path("bench/static", static),
    path("bench/empty", EmptyView.as_view()),
    path("bench/straightforward", StraightforwardView.as_view()),
]
