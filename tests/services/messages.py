"""Messages from tests at the end of a run: those recorded as the property `message`, in any worker of a parallel run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the messages, without duplicates, below the failures."""
    reports = [report for outcome in ("passed", "failed", "skipped") for report in terminalreporter.getreports(outcome)]
    for message in sorted({str(value) for report in reports for name, value in report.user_properties if name == "message"}):
        terminalreporter.section("message from a test", sep="-")
        terminalreporter.write_line(message)
