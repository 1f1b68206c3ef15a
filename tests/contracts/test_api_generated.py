"""Whatever a program asks of the demo region, right or wrong, the answer is as the document says.

What is asked is generated from the documents, on files and on a database server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks

from deploy.local.servers import remembered
from tests.contracts.conftest import LISTS, READ_ONE_BY_ONE, DemoRegion, held_on_tuesday, id_of
from tests.journeys.operating import houvast
from tests.support.run_servers import DatabasePrefix

pytestmark = [pytest.mark.clock, pytest.mark.slow]
load_all_checks()
schemathesis.openapi.format(
    "email", st.sampled_from(["noor@example.org", "j.de-wit+1@voorbeeld.nl", "x@münchen.de"])
)
schemathesis.openapi.format("mobiel-nummer", st.sampled_from(["+31612345678", "06 12345678", "+32470123456"]))
EXAMPLES = {"files": 10, "servers": 4}


@pytest.fixture(scope="module", params=["files", "servers"])
def region(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRegion]:
    """Play the demo region, and move it to a database server where that is asked for."""
    folder = tmp_path_factory.mktemp("region")
    made, prefix = DemoRegion(folder, with_history=True), None
    if request.param == "servers":
        made.close()
        prefix = DatabasePrefix(request.getfixturevalue("database_url"))
        moved = houvast(folder, "move", "--database", prefix.url)
        assert moved.returncode == 0, moved.stderr
        made = DemoRegion(folder, with_history=False, servers=remembered(folder))
    made.examples = EXAMPLES[request.param]  # type: ignore[attr-defined]
    yield made
    made.close()
    if prefix is not None:
        prefix.clear()


def operation_names() -> list[tuple[str, str]]:
    """Known beforehand, so that each is a test of its own."""
    read = [(path.partition("/")[0], f"GET /{path.rpartition('/')[2]}") for path in LISTS]
    read += [(noun, f"{name}/{{id}}") for noun, name in read if not name.endswith("deelnames")]
    return [
        *read,
        ("groepen", "GET /bijeenkomsten/{id}/aanwezigheid"),
        ("groepen", "GET /wijzigingen"),
        ("groepen", "GET /wijzigingen/{id}"),
        ("groepen", "POST /wijzigingen"),
        ("groepen", "GET /bijeenkomsten/{id}/presenties"),
        ("groepen", "GET /bijeenkomsten/{id}/presenties/{deelname}"),
        ("groepen", "POST /bijeenkomsten/{id}/presenties"),
        ("groepen", "GET /tellingen/{id}"),
        ("groepen", "POST /tellingen"),
        ("kennismaking", "POST /aanmeldingen"),
    ]


def operation_of(region: Any, noun: str, name: str) -> Any:
    document = region.client_without_key().get(f"{noun}/v1/openapi.json").json
    # Without it the tool leaves our key out to see what happens; that is tried by hand.
    del document["security"]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = region.app
    by_label = {result.ok().label: result.ok() for result in schema.get_all_operations()}
    assert set(by_label) == {label for known, label in operation_names() if known == noun}
    return by_label[name]


def ids_of(region: Any) -> dict[str, str]:
    """Return, by the name of a property, ids of what is really there."""
    client, held = region.client(), held_on_tuesday(region)
    presence = client.items(f"groepen/v1/bijeenkomsten/{held['id']}/presenties")
    return {
        "organisatieId": held["organisatieId"],
        "bijeenkomstId": held["id"],
        "deelnameId": presence[0]["deelnameId"],
    }


def is_whole(body: dict[str, Any]) -> bool:
    """Tell whether a body is right in what no document can say: a name shows, and who wants messages has an
    address to which we send.
    """
    is_reachable = "email" in body or "6" in body.get("mobiel", "")[:4]
    has_name = any(map(str.isalnum, body.get("roepnaam", "x")))
    return has_name and (is_reachable or not body.get("toestemmingen"))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("noun", "name"), operation_names())
def test_whatever_is_asked_the_answer_is_as_the_document_says(
    region: Any, noun: str, name: str, mode: GenerationMode
) -> None:
    operation, client, ids = operation_of(region, noun, name), region.client(), ids_of(region)

    @settings(
        max_examples=region.examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_there=st.booleans())
    def ask(case: Any, is_there: bool) -> None:
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            assume(is_whole(case.body))
            if is_there:
                case.body |= {name: ids[name] for name in ids if name in case.body}
                case.path_parameters |= {"id": ids["bijeenkomstId"]} if case.path_parameters else {}
        case.call_and_validate(headers=client.headers)

    ask()


def test_what_is_really_there_is_told_as_the_document_says(region: Any) -> None:
    client = region.client()
    for path in READ_ONE_BY_ONE:
        noun, name = path.partition("/")[0], f"GET /{path.rpartition('/')[2]}/{{id}}"
        operation = operation_of(region, noun, name)
        for item in client.items(path)[:3]:
            answer = operation.Case(path_parameters={"id": id_of(item)}).call_and_validate(headers=client.headers)
            assert answer.status_code == 200
