"""Pages whose store cannot be reached: they ask to come back later, and are there again as soon as it is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from deploy.local.servers import Servers
from shared.ids import new_id
from shared.security.access import public
from shared.web.app import make_flask
from tests.shared.conftest import ServicePair
from tests.support.faulty_network import FAULTS, FaultyNetwork
from tests.support.run_servers import DatabasePrefix

pytestmark = pytest.mark.slow
AWAY = [fault for fault in FAULTS if fault != "delay"]


class Pages:
    """An app that reads at one address and writes at another."""

    def __init__(self, folder: Path, pair: ServicePair) -> None:
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "messages.nl.toml").write_text("")
        self._pair = pair
        app = make_flask(pair.publisher, pair.settings("publisher"), folder)
        app.add_url_rule("/lezen", "read", public("a page")(lambda: self._read()))
        app.add_url_rule("/schrijven", "write", public("a page")(lambda: self._write()))
        self.open = app.test_client().get

    def _read(self) -> str:
        return str(self._pair.Lamp.select().count())

    def _write(self) -> str:
        with self._pair.publisher.transaction():
            return str(self._pair.Lamp.create(lamp_id=new_id(), colour="green").lamp_id)


@pytest.mark.parametrize("fault", AWAY)
@pytest.mark.parametrize("page", ["/lezen", "/schrijven"])
def test_a_page_whose_store_is_away_asks_to_come_back_later(
    tmp_path: Path, database_prefix: DatabasePrefix, page: str, fault: str
) -> None:
    with (
        FaultyNetwork(database_prefix.url) as network,
        closing(ServicePair(tmp_path, Servers(network.url))) as pair,
    ):
        pages = Pages(tmp_path / "pages", pair)
        before = pages.open(page)
        with network.out_of_order(fault):
            while_away = pages.open(page)
        after = pages.open(page)

    assert (before.status_code, while_away.status_code, after.status_code) == (200, 503, 200)
    assert "Opslaan lukt nu even niet" in while_away.text
