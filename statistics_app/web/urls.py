"""The URLs of the pages: mount them with `path("statistics/", include("statistics_app.web.urls"))`."""

from django.urls import path, re_path

from . import activity, comparison, displays, embeds, history, sign_in, tokens, views

app_name = "statistics"

urlpatterns = [
    path("", views.WorkspaceView.as_view(), name="workspace"),
    path("refresh/", views.RefreshView.as_view(), name="refresh"),
    path("history/", history.HistoryView.as_view(), name="history"),
    path("history/report/", history.HistoryReportView.as_view(), name="history-report"),
    path("history/embed/", embeds.HistoryEmbedView.as_view(), name="history-embed"),
    path("history/file/", history.HistoryFileView.as_view(), name="history-file"),
    path("activity/", activity.ActivityView.as_view(), name="activity"),
    path("activity/file/", activity.ActivityFileView.as_view(), name="activity-file"),
    path("compare/", comparison.ComparisonView.as_view(), name="compare"),
    path("definitions/", views.DefinitionsView.as_view(), name="definitions"),
    path("as-of/<slug:pk>/", views.AsOfView.as_view(), name="as-of"),
    path("snapshots/", views.SnapshotsView.as_view(), name="snapshots"),
    path("snapshots/of-step/", views.SnapshotOfStepView.as_view(), name="snapshot-of-step"),
    path("snapshots/export/", views.ExportView.as_view(), name="export"),
    path("snapshots/<slug:pk>/export/", views.ExportView.as_view(), name="export-one"),
    path("snapshots/<slug:pk>/", views.SnapshotView.as_view(), name="snapshot"),
    path("tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/displays/", tokens.DisplaysView.as_view(), name="new-display"),
    path("tokens/revoke/", tokens.RevokeView.as_view(), name="revoke-token"),
    path("display/", displays.WorkspaceDisplayView.as_view(), name="display"),
    path("display/activity/", displays.ActivityDisplayView.as_view(), name="display-activity"),
    path("display/open/", displays.OpenDisplayView.as_view(), name="open-display"),
    path("embed/<str:signed>.svg", embeds.EmbedView.as_view(), name="embed"),
    path("embed/<str:signed>.png", embeds.EmbedView.as_view(is_png=True), name="embed-png"),
    path("sign-in/", sign_in.SignInView.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="sign-out"),
    path("theme/", sign_in.ThemeView.as_view(), name="theme"),
    path("language/", sign_in.LanguageView.as_view(), name="language"),
    # Every other path below the mount is answered here. The pattern requires a trailing slash, so that Django still
    # redirects paths without one.
    re_path(r"^.*/$", views.NotFoundView.as_view(), name="not-found"),
]
