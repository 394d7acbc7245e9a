"""The pages' paths: mount them with `path("statistics/", include("statistics_app.web.urls"))`."""

from django.urls import path

from . import tokens, views

app_name = "statistics"

urlpatterns = [
    path("", views.WorkspaceView.as_view(), name="workspace"),
    path("refresh/", views.RefreshView.as_view(), name="refresh"),
    path("snapshots/", views.SnapshotsView.as_view(), name="snapshots"),
    path("snapshots/export/", views.ExportView.as_view(), name="export"),
    path("snapshots/<slug:pk>/export/", views.ExportView.as_view(), name="export-one"),
    path("snapshots/<slug:pk>/", views.SnapshotView.as_view(), name="snapshot"),
    path("tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/revoke/", tokens.RevokeView.as_view(), name="revoke-token"),
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
]
