"""The real installation on one page: what each container gets to know, what it may do, and that no secret has a
default."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS, NAMES
from deploy.rabbitmq.definitions import PREFIX, VHOST, user, variable
from deploy.reverse_proxy.nginx import COMPOSE
from shared.settings import NEEDED, ServiceSettings, SettingsError, read
from tests.support import compose
from tests.support.compose import ROOT, Missing, filled_in

INSTALLATION = compose.load()
CONTAINERS: dict[str, Any] = INSTALLATION["services"]
USES = compose.uses(compose.FILE.read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "deploy" / "image" / "Dockerfile").read_text(encoding="utf-8")
ALL = {name: f"value-of-{name.lower().replace('_', '-')}" for name, _, _ in compose.example()}
ALL |= {"NOTIFICATIONS_SENDER": "houvast@houvast.example", "NOTIFICATIONS_SMTP_PORT": "587"}
ALL |= {"HOUVAST_SMS_COUNTRIES": "31 32"}
ALL |= {f"NOTIFICATIONS_{name}": "kim@houvast.example" for name in ("REPLY_TO", "BOUNCE_ADDRESS")}
# Only for one computer, or for invented people.
NOT_HERE = {"stores", "store_max_pages", "clock_file", "demo_people", "mailbox", "mailbox_page"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")


def environment_of(container: str) -> dict[str, str]:
    """The environment of a container, with everything of the example set."""
    environment = filled_in(CONTAINERS[container].get("environment", {}), ALL)
    return {key: str(value) for key, value in environment.items()}


def ours(kind: str) -> list[tuple[str, Any]]:
    """(container, service) of one kind: web, work or migrate."""
    return [(f"{application.name}-{kind}", application) for application in APPLICATIONS]


EVERY_OURS = [*ours("web"), *ours("work"), *ours("migrate")]


def test_every_service_has_pages_work_and_a_store_that_is_brought_up_to_date() -> None:
    for name in NAMES:
        pages, work, migrate = (CONTAINERS[f"{name}-{kind}"] for kind in ("web", "work", "migrate"))
        assert (pages["command"][0], work["command"], migrate["command"]) == ("web", ["work"], ["migrate"])
        assert pages["depends_on"][f"{name}-migrate"]["condition"] == "service_completed_successfully"
        assert work["depends_on"][f"{name}-migrate"]["condition"] == "service_completed_successfully"
        assert migrate["depends_on"]["postgres"]["condition"] == "service_healthy"
        assert {container["build"]["args"]["SERVICE"] for container in (pages, work, migrate)} == {name}


@pytest.mark.parametrize(
    ("container", "application"), EVERY_OURS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_container_is_told_only_what_its_service_can_be_told_and_all_that_it_needs(
    container: str, application: Any
) -> None:
    fields = {
        f"{application.name}_{field.name}".upper(): field for field in dataclasses.fields(application.settings)
    }
    needed = {key for key, field in fields.items() if field.default is NEEDED}
    not_here = {f"{application.name}_{name}".upper() for name in NOT_HERE}

    given = environment_of(container)

    assert set(given) <= set(fields)
    assert set(given) >= needed
    assert not set(given) & not_here
    read(application.settings, application.name, given)


@pytest.mark.parametrize(("container", "application"), ours("work"), ids=NAMES)
def test_work_is_told_of_the_broker_and_of_the_logs_of_all_whose_events_it_consumes(
    container: str, application: Any
) -> None:
    settings = read(application.settings, application.name, environment_of(container))

    secret = ALL[variable(application.name)]
    assert settings.broker == f"amqp://{user(PREFIX, application.name)}:{secret}@rabbitmq:5672/{VHOST}"
    assert settings.broker_prefix == PREFIX == ServiceSettings.broker_prefix
    assert settings.feed_addresses == {
        source: f"http://{COMPOSE.upstreams[source]}" for source in application.subscriptions.sources
    }


@pytest.mark.parametrize(("container", "application"), [*ours("web"), *ours("migrate")])
def test_pages_are_told_nothing_of_the_broker(container: str, application: Any) -> None:
    settings = read(application.settings, application.name, environment_of(container))

    assert (settings.broker, settings.feeds) == (None, None)
    assert "broker" not in CONTAINERS[container]["networks"]


@pytest.mark.parametrize(
    ("container", "application"), EVERY_OURS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_container_knows_the_passwords_and_the_keys_of_its_own_service_only(
    container: str, application: Any
) -> None:
    used = {use.name for use in compose.uses(str(CONTAINERS[container]))}

    assert all(name.startswith((f"{application.name.upper()}_", "HOUVAST_")) for name in used)
    assert not [name for name in used if name.startswith("HOUVAST_") and SECRET.search(name)]
    assert CONTAINERS[container]["secrets"] == [{"source": f"{application.name}_keys", "target": "keys.json"}]
    assert INSTALLATION["secrets"][f"{application.name}_keys"]["file"].endswith(f"/{application.name}.json")
    assert environment_of(container)[f"{application.name}_keys_file".upper()] == "/run/secrets/keys.json"


@pytest.mark.parametrize("given", [{}, {"HOUVAST_SMS_COUNTRIES": "31 32"}])
def test_what_is_said_of_a_number_and_what_is_texted_go_by_the_same_countries(given: dict[str, str]) -> None:
    values = {name: value for name, value in ALL.items() if name != "HOUVAST_SMS_COUNTRIES"} | given
    countries = {
        filled_in(CONTAINERS[f"{name}-{kind}"]["environment"], values)[f"{name.upper()}_SMS_COUNTRIES"]
        for name in ("intake", "notifications")
        for kind in ("web", "work")
    }

    assert countries == {given.get("HOUVAST_SMS_COUNTRIES", "31")}


@pytest.mark.parametrize(("given", "name"), [({}, "Houvast"), ({"HOUVAST_SENDER_NAME": "De Kade"}, "De Kade")])
def test_names_are_judged_by_the_sender_name_that_stands_in_messages(given: dict[str, str], name: str) -> None:
    values = {key: value for key, value in ALL.items() if key != "HOUVAST_SENDER_NAME"} | given

    for service in ("meetings", "notifications"):
        environment = filled_in(CONTAINERS[f"{service}-web"]["environment"], values)
        assert environment[f"{service.upper()}_SENDER_NAME"] == name


def test_the_example_and_the_page_name_the_same_variables() -> None:
    named = [name for name, _, _ in compose.example()]
    texts = (compose.FILE.read_text("utf-8"), (ROOT / "deploy/reverse_proxy/tls.yml").read_text("utf-8"))
    used = {use.name for text in texts for use in compose.uses(text)}

    assert len(named) == len(set(named))
    assert set(named) == used


def test_the_example_has_a_sentence_for_everything_and_a_value_for_nothing() -> None:
    for name, value, sentence in compose.example():
        assert value == "", name
        assert sentence.endswith(".") or re.search(r"\.( .*: \S+| .*://)$", sentence), name


def test_no_secret_has_a_default_and_what_is_missing_is_said_in_a_sentence() -> None:
    for use in USES:
        assert use.is_needed or not SECRET.search(use.name), use
        if use.is_needed:
            assert use.name in use.text, use
            assert use.text.endswith("."), use


@pytest.mark.parametrize("name", sorted({use.name for use in USES if use.is_needed}))
def test_without_what_is_needed_the_installation_does_not_start(name: str) -> None:
    without = {key: value for key, value in ALL.items() if key != name}

    with pytest.raises(Missing, match=name):
        filled_in(INSTALLATION, without)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_writes_nothing_to_its_own_files_and_has_no_rights_of_root(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert str(container["user"]).partition(":")[0] not in ("", "0", "root")
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"} & set(container)
    assert "/tmp" in container["tmpfs"]
    assert container.get("network_mode") != "host"


@pytest.mark.parametrize("name", CONTAINERS)
def test_an_image_has_a_version(name: str) -> None:
    container = CONTAINERS[name]

    is_ours = container["image"].startswith("houvast-")

    assert is_ours == ("build" in container)
    assert is_ours or re.search(r":v?\d+\.\d+", container["image"])


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_folder_of_the_machine_is_mounted_for_reading_only(name: str) -> None:
    mounts = [mount for mount in CONTAINERS[name].get("volumes", []) if mount.startswith((".", "/"))]

    assert all(mount.endswith(":ro") for mount in mounts)
    assert all((ROOT / mount.split(":")[0]).exists() for mount in mounts)
    assert "docker.sock" not in str(CONTAINERS[name])


def test_only_the_reverse_proxy_is_open_to_others() -> None:
    published = {
        name: filled_in(container["ports"], {}) for name, container in CONTAINERS.items() if "ports" in container
    }

    assert published == {"reverse-proxy": ["127.0.0.1:8080:8080"], "notifications-work": ["127.0.0.1::8025"]}


def test_nobody_reaches_what_they_have_no_business_with() -> None:
    on = {
        network: {name for name, container in CONTAINERS.items() if network in container.get("networks", [])}
        for network in INSTALLATION["networks"]
    }

    webs, works = ({f"{name}-{kind}" for name in NAMES} for kind in ("web", "work"))
    migrates = {f"{name}-migrate" for name in NAMES}
    assert on == {
        "outside": {"reverse-proxy"},
        "mail": {"notifications-work"},
        "front": {"reverse-proxy", *webs},
        "back": {"postgres", *webs, *works, *migrates, "first-link"},
        "broker": {"rabbitmq", *works},
    }
    assert all(INSTALLATION["networks"][name]["internal"] for name in ("front", "back", "broker"))


def test_what_serves_is_looked_after() -> None:
    once = {"definitions", "keys", "first-link"}

    for name, container in CONTAINERS.items():
        expected = "no" if name in once else "on-failure" if name.endswith("-migrate") else "unless-stopped"
        assert container["restart"] == expected, name
    for name in ("reverse-proxy", "postgres", "rabbitmq"):
        assert CONTAINERS[name]["healthcheck"]["test"][0] == "CMD"
    for name in NAMES:
        assert "healthcheck" not in CONTAINERS[f"{name}-web"], "the image says how"


def test_the_mail_catcher_and_the_tools_start_only_when_they_are_asked_for() -> None:
    asked_for = {name: container["profiles"] for name, container in CONTAINERS.items() if "profiles" in container}

    assert asked_for == {"mail": ["trial"], "keys": ["tools"], "first-link": ["tools"]}


def test_the_reverse_proxy_and_the_servers_have_the_files_that_are_tested() -> None:
    mounted = {
        mount.split(":")[0]
        for name in ("reverse-proxy", "postgres", "rabbitmq")
        for mount in CONTAINERS[name]["volumes"]
        if mount.startswith("./")
    }

    assert mounted == {
        "./deploy/reverse_proxy/houvast.conf",
        "./deploy/postgres/roles.sh",
        "./deploy/rabbitmq/rabbitmq.conf",
    }
    assert (ROOT / "deploy/postgres/roles.sh").stat().st_mode & 0o111, "the image runs it only when it may be run"


@pytest.mark.parametrize("name", NAMES)
def test_the_passwords_that_servers_are_told_are_those_that_services_sign_in_with(name: str) -> None:
    upper = name.upper()

    assert CONTAINERS["postgres"]["environment"][f"{upper}_DATABASE_PASSWORD"].startswith("${" + upper)
    assert CONTAINERS["definitions"]["environment"][variable(name)].startswith("${" + variable(name))
    url = environment_of(f"{name}-web")[f"{upper}_DATABASE"]
    assert url == f"postgresql://houvast_{name}:{ALL[f'{upper}_DATABASE_PASSWORD']}@postgres:5432/houvast_{name}"


def test_the_recipe_installs_by_hash_and_runs_as_somebody_ordinary() -> None:
    stages = DOCKERFILE.split("\nFROM ")

    assert "--require-hashes" in stages[1]
    assert re.search(r"ARG PYTHON=3\.11\.\d+-slim", DOCKERFILE)
    for build_stage in stages[3:]:
        assert re.search(r"^USER 10001:10001$", build_stage, re.MULTILINE)
        assert "USER root" not in build_stage
    assert {CONTAINERS[f"{name}-web"]["user"] for name in NAMES} == {"10001:10001"}


def test_the_recipe_starts_a_program_without_a_shell_around_it() -> None:
    entry = json.loads(re.search(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)[1])  # type: ignore[index]

    assert entry[:2] == ["/bin/sh", "-c"]
    assert entry[2].startswith("exec ")


def test_what_the_recipe_copies_is_all_that_is_sent_along() -> None:
    ignored = Path(ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    copied = {
        part.split("/")[0]
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for part in line.split()
    }

    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)


def test_a_name_without_its_password_is_refused_when_the_installation_starts() -> None:
    application = next(application for application in APPLICATIONS if application.name == "notifications")
    half = filled_in(CONTAINERS["notifications-web"]["environment"], ALL | {"NOTIFICATIONS_SMTP_PASSWORD": ""})

    with pytest.raises(SettingsError, match="SMTP_PASSWORD"):
        read(application.settings, "notifications", half)
