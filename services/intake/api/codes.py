"""The codes of intake and the words that other systems see for them; a test checks that none is missing."""

from __future__ import annotations

SIGNUP_STATES = {
    "received": "ontvangen",
    "talk_planned": "gesprek-gepland",
    "talk_held": "gesprek-geweest",
    "placed": "geplaatst",
    "closed": "gesloten",
}
CLOSE_REASONS = {
    "own_choice": "eigen-keuze",
    "found_elsewhere": "elders-gevonden",
    "not_reached": "niet-bereikt",
    "double": "dubbel",
    "not_now": "nu-niet-passend",
    "comes_along": "komt-gewoon-langs",
    "other": "anders",
}
SIGNED_UP_BY = {"self": "zelf", "staff": "medewerker", "referrer": "verwijzer"}
CAME_BY = SIGNED_UP_BY | {"walk_in": "binnengelopen"}
LANGUAGES = {"nl": "nl", "en": "en"}
AUDIENCES = {"own": "zichzelf", "affected_other": "naaste"}
DAYS = dict(enumerate(("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")))
PARTS_OF_DAY = {"morning": "ochtend", "afternoon": "middag", "evening": "avond"}
NEEDS = {"wheelchair": "rolstoel"}
# What can be said at signing up; the others are given elsewhere.
PURPOSES = {
    "reminders": "herinneringen",
    "questionnaires": "vragenlijsten",
    "missed_you": "gemist",
    "missed_you_call": "gemist-bellen",
}
ALL_PURPOSES = PURPOSES | {"research": "onderzoek", "referrer_feedback": "terugkoppeling"}
TALK_STATES = {
    "planned": "gepland",
    "moved": "verplaatst",
    "called_off": "gaat-niet-door",
    "held": "geweest",
    "missed": "gemist",
}
TALK_FORMS = {
    "live_single": "op-een-plek",
    "live_group": "in-een-groepje",
    "phone": "telefoon",
    "video": "beeldbellen",
}
CALLED_OFF_BY = {"participant": "deelnemer", "us": "organisatie"}
OUTCOMES = {
    "joins": "doet-mee",
    "word_follows": "bericht-volgt",
    "another_group": "andere-groep",
    "not_now": "nu-niet-passend",
}
PLACEMENT_STATES = {
    "placed": "geplaatst",
    "returned": "teruggegeven",
    "confirmed": "bevestigd",
    "ended": "beeindigd",
}
