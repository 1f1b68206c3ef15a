"""The pages and the API of a service, found where they are declared, and the addresses that follow from them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from flask import Blueprint, Flask

from shared.web.api import Resources


def pages_in(package: ModuleType) -> tuple[Blueprint, ...]:
    """Return every blueprint that stands as `pages` in a module of this package, by name of the module."""
    return tuple(module.pages for module in _modules_in(package) if hasattr(module, "pages"))


def resources_in(api: ModuleType) -> Resources:
    """Return the resources of an API: a module, or a package in whose modules the routes stand, by name."""
    _modules_in(api)
    resources: Resources = api.api
    return resources


def addresses_of(blueprints: Iterable[Blueprint]) -> tuple[str, ...]:
    """Return the address of every route, as it is declared: `/things/<id>`."""
    app = Flask(__name__, static_folder=None)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return tuple(rule.rule for rule in app.url_map.iter_rules())


def _modules_in(package: ModuleType) -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(getattr(package, "__path__", ())))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]
