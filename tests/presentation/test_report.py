"""The report: its title, and the numbers of each line, with the steps of the extremes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation.charts import charts
from statistics_app.presentation.report import Report, ReportRow

from .points import MONDAY, measured

NOW = MONDAY + timedelta(days=2, hours=10)


def test_a_report_has_the_numbers_of_each_line_without_the_step_in_progress_as_a_low() -> None:
    days = HistoryRange(MONDAY - timedelta(days=1), NOW, Step.DAY, ZoneInfo("Europe/Berlin"), "default")
    series = {
        BY_KEY["totalUsers"]: measured(None, 7, 9, 8),
        BY_KEY["sentMessages"]: measured(6, 4, None, 1),
        BY_KEY["newRooms"]: measured(None, None, None, None),
    }
    report = Report(charts(series, days, SeriesMode.VALUE, now=NOW), NOW)
    assert report.title == "Users, Messages sent, New rooms"
    assert report.made == "4 Mar 2026, 11:00 CET"
    assert [*report.rows] == [
        ReportRow("Users", "–", "8", "7 (2 Mar 2026)", "9 (3 Mar 2026)", "8"),
        ReportRow("Messages sent", "11", "5", "4 (2 Mar 2026)", "6 (1 Mar 2026)", "1 so far"),
        ReportRow("New rooms", "–", "–", "–", "–", "–"),
    ]
