"""Fails a skipped test unless tests/allowed_skips.txt names it and says why."""

from collections.abc import Generator
from pathlib import Path

import pytest

_LIST = Path(__file__).resolve().parents[1] / "allowed_skips.txt"


def allowed(text: str) -> dict[str, str]:
    """Return the reasons by test, from lines such as `tests/test_x.py::test_y  the reason`."""
    reasons: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            test, _, reason = line.strip().partition(" ")
            if not reason.strip():
                raise pytest.UsageError(f"{_LIST.name}: {test} is named without a reason")
            reasons[test] = reason.strip()
    return reasons


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # pytest reports an expected failure as skipped, too.
    if report.skipped and not hasattr(report, "wasxfail"):
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reasons = allowed(_LIST.read_text(encoding="utf-8"))
    if report.nodeid not in reasons and report.nodeid.partition("[")[0] not in reasons:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, and not named in tests/{_LIST.name}: {why}"
