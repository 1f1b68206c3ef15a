"""The four OpenAPI documents keep the NLGov REST API Design Rules, and say in Dutch just what is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from deploy.local.installation import APPLICATIONS
from services.intake.api import codes as intake
from services.intake.commands.publishing import PUBLISHED_PURPOSES
from services.intake.rules import people, signups, talks
from services.intake.rules.placements import PlacementState
from services.meetings.api import groups, meetings
from services.meetings.api.attendance import ATTENDANCE
from services.meetings.api.meeting_changes import CHANGES
from services.meetings.api.memberships import MEMBERSHIP_STATES
from services.meetings.rules import attendance, kind_fields, memberships, series
from services.meetings.rules.attendance import Attendance
from services.meetings.rules.meeting_changes import Change
from services.meetings.rules.meetings import MeetingState
from services.meetings.rules.venues import FEATURES
from services.notifications import api as notifications
from services.notifications.rules import lifecycle
from services.notifications.rules.message_types import MessageType

NOUNS = ("kennismaking", "groepen", "vragenlijsten", "berichten")
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
PASCAL = re.compile(r"[A-Z][a-zA-Z0-9]*")
PATH = re.compile(r"(/([a-z0-9-]+|\{[a-zA-Z]+\}))+")
TELLING = re.compile(r"naam|mail|mobiel|telefoon|adres|bsn|geboorte|token|sleutel|hulpvraag", re.I)
AVOIDED = re.compile(
    r"\b(intake|no-show|cli[eë]nt\w*|pati[eë]nt\w*|klant\w*|terugval|mislukt|afgewezen|verplicht)\b", re.I
)
ENGLISH = re.compile(r"\b(the|and|of the|bad request|not found|error response)\b", re.I)


@pytest.fixture(params=NOUNS)
def document(request: pytest.FixtureRequest, empty_installation: Any) -> Any:
    answer = empty_installation.client_without_key().get(f"{request.param}/v1/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method, operation


def resolved(document: Any, part: Any) -> Any:
    while "$ref" in part:
        place = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        part = place
    return part


def parameters(document: Any) -> Iterator[Any]:
    for path, _, operation in operations(document):
        yield from operation.get("parameters", [])
        yield from document["paths"][path].get("parameters", [])


def test_a_document_is_valid_openapi(document: Any) -> None:
    validate(document)

    assert document["openapi"].startswith("3.1.")


def test_a_document_says_whose_it_is_which_version_and_where(document: Any) -> None:
    info, (server,) = document["info"], document["servers"]

    assert set(info["contact"]) == {"name", "url", "email"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    assert re.fullmatch(rf"https?://[^/]+/api/[a-z-]+/v{info['version'][0]}", server["url"])


def test_paths_are_nouns_in_kebab_case_below_the_version(document: Any) -> None:
    for path in document["paths"]:
        assert PATH.fullmatch(path), path
        assert "/v1" not in path
        assert re.match(r"/[a-z-]+(s|n)(/|$)", path), f"{path} begins with a plural"


def test_names_are_written_as_the_rules_say(document: Any) -> None:
    schemas = document["components"]["schemas"]

    assert all(PASCAL.fullmatch(name) for name in schemas)
    assert all(CAMEL.fullmatch(name) for schema in schemas.values() for name in schema["properties"])
    assert all(
        CAMEL.fullmatch(parameter["name"])
        for parameter in parameters(document)
        if parameter["in"] in ("query", "path")
    )


def test_nothing_that_tells_of_a_person_goes_into_an_address(document: Any) -> None:
    assert not [
        parameter["name"]
        for parameter in parameters(document)
        if parameter["in"] != "header" and TELLING.search(parameter["name"])
    ]


def test_every_operation_can_be_named_and_says_what_it_does(document: Any) -> None:
    named = [operation["operationId"] for _, _, operation in operations(document)]
    tags = {tag["name"] for tag in document["tags"]}

    assert len(set(named)) == len(named)
    for _, method, operation in operations(document):
        assert method in ("get", "post")
        assert CAMEL.fullmatch(operation["operationId"])
        assert operation["summary"] in operation["description"]
        assert set(operation["tags"]) <= tags


def test_every_success_has_a_version(document: Any) -> None:
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert "API-Version" in resolved(document, answer)["headers"], (path, status)


def test_every_failure_is_a_problem(document: Any) -> None:
    for path, method, operation in operations(document):
        failures = {status: response for status, response in operation["responses"].items() if status[0] in "45"}
        assert set(failures) >= {"400", "401", "403", "429", "500", "503"}
        assert "Retry-After" in resolved(document, failures["429"])["headers"]
        assert ("404" in failures) is ("{" in path or method == "post")
        for status, answer in failures.items():
            (media,) = resolved(document, answer)["content"].items()
            problem = resolved(document, media[1]["schema"])
            assert media[0] == "application/problem+json"
            assert set(problem["required"]) >= {"status", "title", "detail"}
            assert ("errors" in problem["required"]) is (status == "400")


def test_what_is_wrong_with_input_is_told_as_the_rules_say(document: Any) -> None:
    errors = document["components"]["schemas"]["OnjuisteInvoer"]["properties"]["errors"]["items"]

    assert set(errors["required"]) == {"in", "detail"}
    assert set(errors["properties"]) <= {"in", "location", "code", "detail"}
    assert set(errors["properties"]["location"]["properties"]) <= {"pointer", "name", "index"}


def test_making_something_can_be_asked_twice(document: Any) -> None:
    for _, method, operation in operations(document):
        if method == "post":
            headers = {
                parameter["name"]: parameter
                for parameter in operation["parameters"]
                if parameter["in"] == "header"
            }
            assert headers["Idempotency-Key"]["required"]
            assert "Location" in operation["responses"]["201"]["headers"]
            assert set(operation["requestBody"]["content"]) == {"application/json"}


def test_everything_asks_for_a_key(document: Any) -> None:
    (scheme,) = document["components"]["securitySchemes"].items()

    assert document["security"] == [{scheme[0]: []}]
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    assert not [path for path, _, operation in operations(document) if "security" in operation]


def test_every_property_says_what_it_is_in_dutch(document: Any) -> None:
    descriptions = [
        (f"{name}.{key}", about.get("description", ""))
        for name, schema in document["components"]["schemas"].items()
        for key, about in schema["properties"].items()
    ]
    descriptions += [(about["name"], about["description"]) for about in parameters(document)]
    descriptions += [(path, operation["description"]) for path, _, operation in operations(document)]
    descriptions += [(name, about["description"]) for name, about in document["components"]["responses"].items()]

    assert [
        name for name, about in descriptions if not about or ENGLISH.search(about) or AVOIDED.search(about)
    ] == []


def test_days_and_moments_have_the_formats_of_the_rules(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for key, about in schema["properties"].items():
            expected = (
                "date-time" if re.search(r"[a-z]Op$", key) else {"datum": "date", "tijd": "time-local"}.get(key)
            )
            if expected is not None:
                assert about["format"] == expected, f"{name}.{key}"


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_every_route_below_api_is_in_the_document_and_asks_for_a_role(
    application: Any, empty_installation: Any
) -> None:
    app = application.create_app(empty_installation.installation.settings_of(application.name))
    prefix = next(rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith("openapi.json"))[:-13]
    document = app.test_client().get(f"{prefix}/openapi.json").json

    routes = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]

    served = {re.sub(r"<uuid:(\w+)>", r"{\1}", rule.rule).removeprefix(prefix) for rule in routes}
    assert served == {*document["paths"], "/openapi.json"}
    for rule in routes:
        access_rule = app.view_functions[rule.endpoint].__access_rule__
        assert access_rule.kind == ("public" if rule.rule.endswith("openapi.json") else "key")
        assert bool(access_rule.roles) is (access_rule.kind == "key"), rule.rule


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (intake.SIGNUP_STATES, signups.SignupState),
        (intake.CLOSE_REASONS, signups.CLOSE_REASONS),
        (intake.SIGNED_UP_BY, signups.SIGNED_UP_BY),
        (intake.AUDIENCES, signups.AUDIENCES),
        (intake.DAYS, range(7)),
        (intake.PARTS_OF_DAY, signups.PARTS_OF_DAY),
        (intake.NEEDS, signups.NEEDS),
        (intake.PURPOSES, PUBLISHED_PURPOSES),
        (intake.ALL_PURPOSES, {*people.CONSENTS, people.CALL}),
        (intake.TALK_STATES, talks.TalkState),
        (intake.TALK_FORMS, talks.FORMS),
        (intake.CALLED_OFF_BY, talks.CALLED_OFF_BY),
        (intake.OUTCOMES, talks.OUTCOMES),
        (intake.PLACEMENT_STATES, PlacementState),
        (groups.GROUP_STATES, memberships.GROUP_STATES),
        (groups.FEATURES, FEATURES),
        (groups.DAYS, range(7)),
        (meetings.MEETING_KINDS, kind_fields.MEETING_KINDS),
        (meetings.MEETING_STATES, MeetingState),
        (CHANGES, Change),
        (MEMBERSHIP_STATES, memberships.MEMBERSHIP_STATES),
        (ATTENDANCE, Attendance),
        (notifications.STATES, lifecycle.State),
        (notifications.API_NAMES, MessageType),
        (notifications.REASONS, frozenset().union(*lifecycle.REASONS.values())),
    ],
)
def test_every_code_has_a_word_of_its_own(words: dict[Any, str], codes: Any) -> None:
    assert set(words) == {str(code) if isinstance(code, str) else code for code in codes}
    assert len(set(words.values())) == len(words)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", word) and not AVOIDED.search(word) for word in words.values())


@pytest.mark.parametrize(("words", "rule"), [(groups.ADMISSIONS, "admission"), (groups.AUDIENCES, "audience")])
def test_every_rule_of_a_group_that_is_told_has_its_words(words: dict[str, str], rule: str) -> None:
    read = kind_fields.FIELDS[rule]

    assert [read(rule, code) for code in words] == list(words)


def test_every_number_says_how_small_and_how_big_it_may_be(document: Any) -> None:
    numbers = {
        f"{name}.{key}": about
        for name, schema in document["components"]["schemas"].items()
        for key, about in schema["properties"].items()
        if "integer" in about.get("type", ()) and key != "status"
    } | {about["name"]: about["schema"] for about in parameters(document) if about["schema"]["type"] == "integer"}

    assert {
        name for name, about in numbers.items() if not 0 <= about.get("minimum", -1) < about["maximum"]
    } == set()
    commands = {
        "NieuweWijziging.minuten": (series.SHORTEST_MINUTES, series.LONGEST_MINUTES),
        "NieuweTelling.mensen": (0, attendance.MOST_PEOPLE),
    }
    for name in commands.keys() & numbers.keys():
        assert (numbers[name]["minimum"], numbers[name]["maximum"]) == commands[name]
