"""Where everything must be there (CI), a test that is skipped counts as one that is not in order."""

from __future__ import annotations

from collections.abc import Generator

import pytest

Report = pytest.TestReport | pytest.CollectReport


def forbid_skip(report: Report) -> None:
    """An expected failure (xfail) is left as it is: that one ran."""
    if report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        if isinstance(report, pytest.TestReport):
            report.when = "call"  # counted as a test that failed, not as an error around one
        report.longrepr = f"Skipped where nothing may be: {why}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    forbid_skip(report)
    return report
