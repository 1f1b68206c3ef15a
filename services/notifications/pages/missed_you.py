"""The "we missed you" messages that have not gone yet, for who leads the group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from services.notifications.commands import missed_you as commands
from services.notifications.queries.missed_you import ROLES, list_missed
from services.notifications.schemas import PersonalNoteForm
from shared.errors import Invalid, Refusal
from shared.ids import is_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, read_request_id
from shared.web.text import text, texts

pages = Blueprint("missed", __name__)
PAGE = "/berichten/gemist"


@dataclass(frozen=True)
class _TypedNote:
    """What stands in the field of one message, and what stood there when the page was made; None is not known."""

    message_id: str
    note: str = field(repr=False)
    seen: str | None = field(repr=False)


Refused = dict[_TypedNote, Refusal]


@pages.get(PAGE)
@requires_staff(*ROLES)
def waiting() -> str:
    """Show who hears that they were missed, and when; access to each of them is logged."""
    return _page({})


@pages.post(PAGE)
@requires_staff(*ROLES)
def write_personal_notes() -> ResponseReturnValue:
    """Keep each note that was changed, judged on its own; an empty one takes it away."""
    return _save(_typed_notes().values())


@pages.post(f"{PAGE}/<uuid:message_id>/regel")
@requires_staff(*ROLES)
def write_one_note(message_id: UUID) -> ResponseReturnValue:
    """Keep the note of a page that was open before all of them stood in one form."""
    note = " ".join(request.form.get("personal_note", "").split())
    return _save([_TypedNote(str(message_id), note, None)])


def _save(notes: Iterable[_TypedNote]) -> ResponseReturnValue:
    kept, refused = _write_notes(notes)
    if refused:
        return _page_again(refused, text("done", "notes_kept_beside") if kept else "")
    if not kept:
        done = text("done", "notes_same")
    elif len(kept) == 1:
        done = text("done", "note_kept" if kept[0].note else "note_gone")
    else:
        done = text("done", "notes_kept", count=len(kept))
    flash(done)
    return redirect(PAGE, code=303)


@pages.post(f"{PAGE}/<uuid:message_id>/tegenhouden")
@requires_staff(*ROLES)
def hold_back(message_id: UUID) -> ResponseReturnValue:
    """Hold one of them back, and keep the notes that were changed at the others."""
    typed = _typed_notes()
    own = typed.pop(str(message_id), _TypedNote(str(message_id), "", ""))
    kept, refused = _write_notes(typed.values())
    try:
        commands.hold_back_missed_you(g.actor, message_id=own.message_id, request_id=read_request_id())
        done = text("done", "missed_held_back_and_notes" if kept else "missed_held_back")
    except Refusal as refusal:
        if not kept and not refused and own.note == own.seen:
            raise
        refused[own] = refusal
        done = text("done", "notes_kept_beside") if kept else ""
    if refused:
        return _page_again(refused, done)
    flash(done)
    return redirect(PAGE, code=303)


def _typed_notes() -> dict[str, _TypedNote]:
    """Return message id -> what was typed for it."""
    typed = {}
    for name, note in request.form.items():
        field_name, _, message_id = name.partition("-")
        if field_name == "personal_note" and is_id(message_id):
            seen = request.form.get(f"seen-{message_id}", "")
            typed[message_id] = _TypedNote(message_id, " ".join(note.split()), seen)
    return typed


def _write_notes(notes: Iterable[_TypedNote]) -> tuple[list[_TypedNote], Refused]:
    """Write those that were changed; return them, and those that were refused with why."""
    kept: list[_TypedNote] = []
    refused: Refused = {}
    for typed in notes:
        if typed.note == typed.seen:
            continue
        try:
            _write_note(typed)
        except Refusal as refusal:
            refused[typed] = refusal
        else:
            kept.append(typed)
    return kept, refused


def _write_note(typed: _TypedNote) -> None:
    try:
        form = PersonalNoteForm().load({"personal_note": typed.note})
    except ValidationError as error:
        raise Invalid(error.messages_dict) from None
    # Each note is a command of its own, so that one that is refused stops no other.
    commands.write_personal_note(
        g.actor,
        message_id=typed.message_id,
        personal_note=form["personal_note"],
        seen=typed.seen,
        request_id=f"{read_request_id()}.{typed.message_id}",
    )


def _page_again(refused: Refused, done: str) -> ResponseReturnValue:
    if done:
        flash(done)
    return _page(refused), next(iter(refused.values())).status


def _page(refused: Refused) -> str:
    shown = list_missed(g.actor, current_app.extensions["sender_details"])
    commands.log_access(g.actor, shown)
    names = {missed.id: missed.call_name or text("people", "unnamed") for missed in shown}
    errors: Errors = {}
    for typed, refusal in refused.items():
        name = names.get(typed.message_id)
        sentences = errors.setdefault(f"personal_note-{typed.message_id}" if name else "", [])
        sentences += [sentence for sentence in _sentences(typed, refusal, name) if sentence not in sentences]
    return render_template(
        "notifications/missed_you/list.html",
        shown=shown,
        errors=errors,
        typed={typed.message_id: typed.note for typed in refused},
    )


def _sentences(typed: _TypedNote, refusal: Refusal, name: str | None) -> list[str]:
    """Return what is wrong with one note; `name` is whom it is for, None for who stands on the page no more."""
    if isinstance(refusal, Invalid):
        return refusal.errors["personal_note"]
    if name is None and typed.note:
        return [text("refusals", "note_too_late", note=typed.note)]
    if name is not None and refusal.code in texts().table("note_refusals"):
        return [text("note_refusals", refusal.code, name=name)]
    return [text("refusals", refusal.code, **refusal.facts)]
