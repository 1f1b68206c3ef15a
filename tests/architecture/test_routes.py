"""Every route says whom it asks for, and is served by the app that declares its path."""

from __future__ import annotations

from typing import Any

from deploy.local.installation import APPLICATIONS


def test_every_route_says_whom_it_asks_for(installation: Any) -> None:
    silent = [
        f"{application.name} {rule.rule}"
        for application in APPLICATIONS
        for app in [application.create_app(installation.installation.settings_of(application.name))]
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "__access_rule__")
    ]

    assert not silent


def test_every_route_lies_under_a_path_that_its_service_declares(installation: Any) -> None:
    declared = {path: application.name for application in APPLICATIONS for path in application.paths}

    for application in APPLICATIONS:
        app = application.create_app(installation.installation.settings_of(application.name))
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/static/"):
                assert rule.rule.startswith(f"/static/<any({application.name}, shared):area>/")
                continue
            if rule.rule == f"/feed/{application.name}" or rule.rule.startswith(f"/operator/{application.name}/"):
                continue  # for the other services; no reverse proxy passes it on
            owners = [
                path for path in declared if rule.rule == path or rule.rule.startswith(path.rstrip("/") + "/")
            ]
            assert declared[max(owners, key=len)] == application.name, rule.rule


def test_no_two_services_declare_the_same_path() -> None:
    paths = [path for application in APPLICATIONS for path in application.paths]

    assert len(paths) == len(set(paths))
