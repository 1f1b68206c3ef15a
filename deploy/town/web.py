"""The front door of the embedded town: one web process, four apps, each asked for the paths it declares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deploy.town.layout import SERVICES
from shared import log, operator
from shared.feed import PATH


class FrontDoor:
    """Hands every request to the app whose declared path is the longest beginning of it."""

    def __init__(self, apps: Iterable[tuple[tuple[str, ...], Any]]) -> None:
        self._routes = sorted(
            ((path, app) for paths, app in apps for path in paths), key=lambda route: -len(route[0])
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """The WSGI call. The path `/` stands for itself and for whatever nobody declared."""
        asked = environ.get("PATH_INFO", "/")
        if any(asked == path or asked.startswith(path + "/") for path in (PATH, operator.PATH)):
            start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [b""]  # for the services, and here they have each other's stores at hand
        for path, app in self._routes:
            if path == "/" or asked == path or asked.startswith(path + "/"):
                return app(environ, start_response)
        raise LookupError("some app declares /")


def front_door(settings_of: Any) -> FrontDoor:
    """All four apps behind one door; `settings_of` gives the settings of a service whose house is open."""
    apps = {service.name: service.create_app(settings_of(service)) for service in SERVICES}
    at_hand = {name: app.extensions["operator"] for name, app in apps.items()}
    for app in apps.values():
        app.extensions["operators"] = at_hand
        app.teardown_appcontext(_let_go)
    return FrontDoor([(service.paths, apps[service.name]) for service in SERVICES])


def _let_go(_error: Any) -> None:
    """A page may have looked into the stores of the others."""
    for service in SERVICES:
        service.house.database.let_go()


def open_front_door() -> FrontDoor:
    """All four apps, told about the outside by the environment."""
    settings = {service.name: service.read_settings() for service in SERVICES}
    for service in SERVICES:
        service.house.open(settings[service.name])
    return front_door(lambda service: settings[service.name])


def from_environment() -> FrontDoor:
    """For a web server that is told only where to find this."""
    log.configure("town")
    return open_front_door()
