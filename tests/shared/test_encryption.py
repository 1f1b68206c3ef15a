"""What is sealed opens for whom it was sealed, in the place it was sealed for, and nowhere else."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from shared.errors import GiveUp
from shared.security.encryption import Encryption, Keyring
from shared.settings import SettingsError


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


PAIR = key()


def encryption(service: str) -> Encryption:
    made = Encryption(service)
    made.use(
        Keyring(
            {
                "fields": {"current": "k2", "keys": {"k1": key(), "k2": key()}},
                "index": key(),
                "events": {"intake>meetings": PAIR},
            }
        )
    )
    return made


def test_a_sealed_value_opens_in_its_own_row() -> None:
    ours = encryption("intake")

    sealed = ours.seal("Noor", "participant.call_name", "row-1")

    assert ours.open(sealed, "participant.call_name", "row-1") == "Noor"
    assert b"Noor" not in sealed


@pytest.mark.parametrize(("place", "row"), [("participant.call_name", "row-2"), ("contact.email", "row-1")])
def test_a_sealed_value_that_was_moved_does_not_open(place: str, row: str) -> None:
    ours = encryption("intake")
    sealed = ours.seal("Noor", "participant.call_name", "row-1")

    with pytest.raises(GiveUp):
        ours.open(sealed, place, row)


def test_a_sealed_value_with_one_bit_changed_does_not_open() -> None:
    ours = encryption("intake")
    sealed = bytearray(ours.seal("Noor", "participant.call_name", "row-1"))

    sealed[-1] ^= 1

    with pytest.raises(GiveUp):
        ours.open(bytes(sealed), "participant.call_name", "row-1")


def test_an_older_key_still_opens_what_it_sealed() -> None:
    keys = {"k1": key(), "k2": key()}
    before, after = Encryption("intake"), Encryption("intake")
    before.use(Keyring({"fields": {"current": "k1", "keys": keys}}))
    after.use(Keyring({"fields": {"current": "k2", "keys": keys}}))

    sealed = before.seal("Noor", "participant.call_name", "row-1")

    assert after.open(sealed, "participant.call_name", "row-1") == "Noor"
    assert after.seal("Noor", "participant.call_name", "row-1").startswith(b"k2.")


def test_only_the_named_reader_opens_an_event_and_only_on_that_event() -> None:
    sealed = encryption("intake").seal_for_consumer("meetings", "type|subject", {"call_name": "Noor"})

    reader = encryption("meetings")

    assert reader.open_from_publisher("intake", "type|subject", sealed) == {"call_name": "Noor"}
    with pytest.raises(GiveUp):
        reader.open_from_publisher("intake", "type|another subject", sealed)
    with pytest.raises(SettingsError):
        encryption("questionnaires").open_from_publisher("intake", "type|subject", sealed)


def test_equal_values_have_equal_blind_indexes_in_one_place_only() -> None:
    ours = encryption("intake")

    assert ours.index("noor@example.org", "contact.email") == ours.index("noor@example.org", "contact.email")
    assert ours.index("noor@example.org", "contact.email") != ours.index("noor@example.org", "staff.email")
    assert ours.index("noor@example.org", "contact.email") != encryption("intake").index(
        "noor@example.org", "contact.email"
    )


def test_a_key_file_that_others_may_read_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "intake.json"
    path.write_text(json.dumps({"index": key()}), encoding="utf-8")
    path.chmod(0o644)

    with pytest.raises(SettingsError, match="0600"):
        Keyring.load(path)


def test_a_missing_key_file_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sleutelbestand"):
        Keyring.load(tmp_path / "none.json")
