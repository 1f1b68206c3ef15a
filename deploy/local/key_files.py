"""The key file of every service, with just the keys that this service needs."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from joserfc.jwk import OKPKey

from deploy.local.files import write_secret
from shared.settings import SettingsError


def make_keys(folder: Path, names: Sequence[str]) -> bool:
    """Make `<name>.json`, mode 0600, for all these services at once; return whether they were not there yet.

    Raises SettingsError when only a part of them is missing, or when there are stores beside the folder: they are
    sealed with other keys, and new ones would make them unreadable for ever.
    """
    missing = [name for name in names if not (folder / f"{name}.json").exists()]
    if missing and len(missing) < len(names) and all((folder / f"{name}.fresh").exists() for name in missing):
        _put_in_place(folder, missing)  # we were stopped between writing them all and renaming them all
        return True
    if not missing:
        return False
    if len(missing) < len(names) or any((folder.parent / "stores").glob("*.sqlite3")):
        raise SettingsError(
            f"In {folder} ontbreken sleutels ({', '.join(missing)}), terwijl er al andere zijn, of opslag."
            " Er is niets veranderd. Zet de sleutels terug uit je reservekopie."
        )
    signing = OKPKey.generate_key("Ed25519")
    form, links = secrets.token_urlsafe(32), {name: _key() for name in names}
    events = {f"{writer}>{reader}": _key() for writer in names for reader in names if writer != reader}
    for name in names:
        keys = {
            "fields": {"current": "k1", "keys": {"k1": _key()}},
            "index": _key(),
            "events": {pair: key for pair, key in events.items() if name in pair.split(">")},
            "links": links if name == "notifications" else {name: links[name]},
            "form": form,
            "pass_public": signing.as_dict(private=False),
        }
        if name == "meetings":
            keys["pass_private"] = signing.as_dict(private=True)
        write_secret(folder / f"{name}.fresh", json.dumps(keys, indent=1))
    _put_in_place(folder, names)
    return True


def _put_in_place(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / f"{name}.fresh").replace(folder / f"{name}.json")


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()
