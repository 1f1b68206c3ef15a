"""Every route says whom it asks for, and is served by the app that declares its path."""

from __future__ import annotations

from typing import Any

from deploy.town.layout import SERVICES


def test_every_route_says_whom_it_asks_for(town: Any) -> None:
    silent = [
        f"{service.name} {rule.rule}"
        for service in SERVICES
        for app in [service.create_app(town.town.settings_of(service.name))]
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "__asks__")
    ]

    assert not silent


def test_every_route_lies_under_a_path_that_its_service_declares(town: Any) -> None:
    declared = {path: service.name for service in SERVICES for path in service.paths}

    for service in SERVICES:
        app = service.create_app(town.town.settings_of(service.name))
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/static/"):
                assert rule.rule.startswith(f"/static/<any({service.name}, shared):area>/")
                continue
            if rule.rule == f"/feed/{service.name}" or rule.rule.startswith(f"/operator/{service.name}/"):
                continue  # for the other services; no front door passes it on
            owners = [
                path for path in declared if rule.rule == path or rule.rule.startswith(path.rstrip("/") + "/")
            ]
            assert declared[max(owners, key=len)] == service.name, rule.rule


def test_no_two_services_declare_the_same_path() -> None:
    paths = [path for service in SERVICES for path in service.paths]

    assert len(paths) == len(set(paths))
