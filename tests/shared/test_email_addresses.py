"""One rule for addresses: what people paste is read, what cannot be mailed is said, one domain is one domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.email_addresses import NotAnAddress, comparable, read_address, wire_address, wire_domain, wire_url

PLAIN = "noor@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN,
        "\u200bnoor@example.org\u200b",
        "noor@\u200bexample.org",
        "\ufeffnoor@example.org",
        "\u202anoor@example.org\u202c",
        "noor\u00ad@example.org",
        "mailto:noor@example.org",
        "MAILTO:noor@example.org?subject=Dag",
        "mailto:noor%40example.org",
        "noor@example.org.",
        "noor@example.org,",
        "noor@example.org;",
        "<noor@example.org>",
        "Noor de Vries <noor@example.org>",
        '"Vries, Noor de" <noor@example.org>',
        "(noor@example.org)",
        "‘noor@example.org’",
        " noor @ example.org ",
        "\u00a0noor@example.org\u00a0",
        "noor＠example．org",
        "noor@EXAMPLE.org",
        "noor@example. org",
        "noor@ example .org",
        "noor@example.org/",
        "E-mail: noor@example.org",
        "adres: noor@example.org",
    ],
)
def test_what_comes_along_with_an_address_is_left_out(typed: str) -> None:
    assert read_address(typed) == PLAIN
    assert comparable(typed) == PLAIN


@pytest.mark.parametrize(
    ("typed", "is_local"),
    [
        ("jörg@voorbeeld.nl", True),
        ("用户@例子.广告", True),
        ("нур@пример.рф", True),
        ("zoë@example.org", True),
        ("jörg@voorbeeld", False),
        ("noor", False),
        ("noor@", False),
        ("@example.org", False),
        ("noor@example", False),
        ("noor@@example.org", False),
        ("noor@-x.example.org", False),
        ("noor@exa mple.org", False),
        ("noor@exam_ple.org", False),
        ("", False),
        ("\u200b", False),
        ("noor@example.org\r\nBcc: x@example.org", False),
    ],
)
def test_what_cannot_be_mailed_is_refused(typed: str, is_local: bool) -> None:
    with pytest.raises(NotAnAddress) as refused:
        read_address(typed)

    assert refused.value.is_local is is_local


@pytest.mark.parametrize(
    ("domain", "travels"),
    [
        ("straße.de", "xn--strae-oqa.de"),
        ("STRAßE.DE", "xn--strae-oqa.de"),
        ("strasse.de", "strasse.de"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("mu\u0308nchen.de", "xn--mnchen-3ya.de"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("παράδειγμα.gr", "xn--hxajbheg2az3al.gr"),
        ("例子。广告", "xn--fsqu00a.xn--4rr70v"),
        ("Example.ORG", "example.org"),
        ("mail_intern.example", "mail_intern.example"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_domain_travels_as_idna_2008(domain: str, travels: str) -> None:
    assert wire_domain(domain) == travels
    assert wire_address(f"noor@{domain}") == f"noor@{travels}"
    assert comparable(f"Noor@{domain}") == f"noor@{travels}"
    assert wire_url(f"https://{domain}/a?b=c") == f"https://{travels if not domain.isascii() else domain}/a?b=c"


def test_two_domains_that_an_older_rule_took_for_one_stay_two() -> None:
    assert comparable("noor@straße.de") != comparable("noor@strasse.de")


@given(st.text(max_size=80))
def test_anything_is_read_or_refused_and_what_is_read_can_travel(typed: str) -> None:
    comparable(typed)
    try:
        kept = read_address(typed)
    except NotAnAddress:
        return

    assert read_address(kept) == kept
    assert wire_address(kept).isascii()
    assert comparable(kept) == comparable(typed)


@given(st.from_regex(r"[a-zäöß0-9]{1,12}@[a-zäöüßéλç0-9]{1,12}\.(nl|de|gr)", fullmatch=True))
def test_an_address_in_its_own_script_is_found_by_how_it_travels(typed: str) -> None:
    try:
        kept = read_address(typed)
    except NotAnAddress:
        return

    assert comparable(wire_address(kept)) == comparable(kept)
    assert read_address(wire_address(kept)) == kept
