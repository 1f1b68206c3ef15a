"""The web process of the embedded installation: four apps, each asked for what lies under its paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from deploy.local.installation import APPLICATIONS
from deploy.paths import installed_paths
from shared import log
from shared.cli import Application
from shared.messaging import operator
from shared.messaging.feed import PATH
from shared.settings import ServiceSettings
from shared.web.bare_answers import HEADERS, bare_answer

# Written otherwise than it is read (//, /../, a NUL): no browser sends that, and it could pass for another path.
_ODD = re.compile(r"//|/\.\.?(/|\Z)|[\\\x00-\x1f]")


class PathDispatcher:
    """Hands every request to the app whose path is the longest beginning of it."""

    def __init__(self, apps: Mapping[str, WSGIApplication]) -> None:
        self._routes = [(path, apps[name]) for path, name in installed_paths().items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a WSGI call. The path `/` stands for itself and for whatever nobody declared."""
        asked = environ.get("PATH_INFO", "/") or "/"
        is_internal = any(asked == path or asked.startswith(path + "/") for path in (PATH, operator.PATH))
        if is_internal or _ODD.search(asked):
            # For the services, and here they have each other's stores at hand.
            content_type, body = bare_answer(404, for_program=f"{asked}/".startswith("/api/"))
            start_response("404 Not Found", [("Content-Type", content_type), *HEADERS])
            return [body]
        for path, app in self._routes:
            if path == "/" or asked == path or asked.startswith(path + "/"):
                return app(environ, start_response)
        raise LookupError("some app declares /")


def path_dispatcher(settings_of: Callable[[Application], ServiceSettings]) -> PathDispatcher:
    """Create all four apps behind one dispatcher; `settings_of` gives the settings of an application."""
    apps = {application.name: application.create_app(settings_of(application)) for application in APPLICATIONS}
    at_hand = {name: app.extensions["operator"] for name, app in apps.items()}
    for app in apps.values():
        app.extensions["operators"] = at_hand
        app.teardown_appcontext(_release)
    return PathDispatcher(apps)


def _release(_error: object) -> None:
    # A page may have read the stores of the others.
    for application in APPLICATIONS:
        application.service.database.release()


def open_path_dispatcher() -> PathDispatcher:
    """Create all four apps with the settings of the environment."""
    settings = {application.name: application.read_settings() for application in APPLICATIONS}
    for application in APPLICATIONS:
        application.service.open(settings[application.name])
    return path_dispatcher(lambda application: settings[application.name])


def from_environment() -> PathDispatcher:
    """Create all four apps for gunicorn, which knows only this name."""
    log.configure("installation")
    return open_path_dispatcher()
