"""What the documents name is there: files, folders, pages, and nothing of what was retired."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "deploy/*.md", "services/*/README.md", "shared/*.md")
    for path in sorted(ROOT.glob(pattern))
]
TOPS = ("services", "shared", "deploy", "tests", "docs")
NAMED = re.compile(r"`((?:" + "|".join(TOPS) + r")/[\w./*-]*)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")

    missing = [name for name in NAMED.findall(text) if not any(ROOT.glob(name.rstrip("/.")))]
    dangling = [link for link in LINK.findall(text) if not (document.parent / link).exists()]

    assert not missing
    assert not dangling


def test_decisions_are_numbered_one_after_another_and_open_with_their_number() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}. ")
