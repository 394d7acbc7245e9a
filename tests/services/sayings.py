"""What tests have to say at the end of a run: whatever they recorded as `say`, from any worker of a parallel run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it below the failures."""
    reports = [report for outcome in ("passed", "failed", "skipped") for report in terminalreporter.getreports(outcome)]
    for saying in sorted({str(value) for report in reports for name, value in report.user_properties if name == "say"}):
        terminalreporter.section("said by a test", sep="-")
        terminalreporter.write_line(saying)
