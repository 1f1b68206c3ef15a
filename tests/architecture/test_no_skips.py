"""The plugin that lets no test be skipped where everything must be there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "tests.support.plugins.no_skips", str(folder)],
        cwd=ROOT,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


def test_where_all_must_be_there_a_skipped_test_is_not_in_order(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("import pytest\ndef test_it(): pytest.skip('no browser')\n")
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('nothing_of_that_name')\n")

    answer = run(tmp_path)

    assert answer.returncode != 0
    assert "Skipped where nothing may be" in answer.stdout
    assert " skipped" not in answer.stdout.splitlines()[-1]


def test_a_test_that_a_mark_skips_counts_as_one_that_failed(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("import pytest\n@pytest.mark.skip('no nginx')\ndef test_it(): pass\n")

    answer = run(tmp_path)

    assert "Skipped where nothing may be: Skipped: no nginx" in answer.stdout
    assert "1 failed in" in answer.stdout.splitlines()[-1]
