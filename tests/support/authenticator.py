"""An app with codes, as somebody who works here has on their phone."""

from __future__ import annotations

import re
import time

import pyotp

from deploy.local.visitor import Page, Visitor


def secret_on(page: Page) -> str:
    """What the page to set up an app tells to type over."""
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.html)
    assert shown is not None, page.text
    return shown[1].replace(" ", "")


def show_code(visitor: Visitor, page: Page, secret: str = "") -> Page:
    """Type the code of one's app on the page that asks for it; without a secret the app is set up there."""
    return visitor.submit(page, "/inloggen/code", code=pyotp.TOTP(secret or secret_on(page)).at(time.time()))


def show_next_code(visitor: Visitor, page: Page, secret: str) -> Page:
    """The same with the code that comes after the one that was just used, which a clock a little ahead shows."""
    return visitor.submit(page, "/inloggen/code", code=pyotp.TOTP(secret).at(time.time() + 30))
