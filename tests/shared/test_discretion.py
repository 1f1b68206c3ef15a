"""Words that betray what someone takes part in, and ordinary words that stay possible."""

import pytest

from shared.discretion import (
    OwnWords,
    PublicIdentity,
    betraying_words,
    betraying_words_of_sender,
    check_name,
    check_place,
)
from shared.errors import Refusal


@pytest.mark.parametrize(
    "text",
    [
        "Tot ziens bij de herstelgroep",
        "HERSTELGROEP",
        "Jouw zelfherstel",
        "Herstel­groep",  # a soft hyphen inside
        "her\u200bstel",
        "Verslaving en verder",
        "voor verslaafden",
        "jongerenverslavingszorg",
        "zelfhulpgroep",
        "een lotgenoot",
        "je bondgenoten",
        "GGZ in de wijk",
        "naar therapie",
        "Dépressief",
        "depressie",
        "minder alcohol",
        "drugsvrij",
        "stoppen met gokken",
        "niet meer gok",
        "burn-out",
        "burn out",
        "burnout",
        "de AA komt bij elkaar",
        "bij de NA",
        "NA-MEETING",
        "een CA bijeenkomst",
        "Al-Anon",
        "al anon",
        "recovery group",
        "peer support",
        "https://houvast.example/herstelgroep/zuid",
        "<p>een <b>her</b>stelgroep</p>",
        '<a href="/verslaving">hier</a>',
        "depr&eacute;ssie",
        "steungroep",
        "praatgroep",
    ],
)
def test_words_that_betray_are_found_however_they_are_written(text):
    assert betraying_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hoi Gökhan, Wietske, Rehab, Therese, Clea en Aukje: tot dinsdag!",
        "Na de meeting drinken we koffie, en ma kan ook",
        "NA DE VAKANTIE BEGINNEN WE WEER",
        "Je mag zelf. Hulp vragen mag ook",
        "We vertrouwen erop dat mevrouw Vos komt",
        "Een paar vragen voor jou. Invullen mag, overslaan ook",
        "Afspraak op dinsdag 24 november om 19.30 uur, De Linde, Voorbeeldstraat 1",
        "https://houvast.example/a/Qm-AA-7ggz-NA-9kP-agog-3xYz",
        "",
    ],
)
def test_ordinary_words_names_and_secret_links_are_left_alone(text):
    assert betraying_words(text) == ()


def test_a_name_of_days_and_numbers_that_stands_in_every_date_holds_up_no_message():
    names = ["Donderdag 1", "dinsdag", "Zondag 10", "1 april"]

    assert betraying_words("Tot donderdag 1 april om 19.30 uur, en dinsdag.", names) == ()
    assert betraying_words("Kom naar Donderdag Zuid", ["Donderdag Zuid"]) == ("Donderdag Zuid",)


def test_the_names_of_the_group_are_refused_whatever_they_are():
    names = ["Dinsdaggroep Zuid", "De Écho"]

    assert betraying_words("Tot bij de dinsdaggroep  zuid!", names) == ("Dinsdaggroep Zuid",)
    assert betraying_words("dinsdaggroep-zuid", names) == ("Dinsdaggroep Zuid",)
    assert betraying_words("Kom naar de echo", names) == ("De Écho",)
    assert betraying_words("Kom naar de echoput", names) == ()
    assert betraying_words("Tot dinsdag in Zuid", names) == ()
    assert betraying_words("Tot dinsdag", ["", " - "]) == ()


def test_each_word_is_named_once():
    assert betraying_words("herstel, herstel en nog eens herstelgroep <i>herstel</i>") == ("herstel",)


@pytest.mark.parametrize("name", ["MA", "AA", "Coke", "Hasjim", "Trauma", "Anna & Co"])
def test_how_somebody_is_called_betrays_nothing(name):
    text = f"Hoi {name}, tot dinsdag. Groet, {name}"

    assert betraying_words(text, [name], OwnWords(people=(name,))) == ()


@pytest.mark.parametrize(
    "place",
    [
        "Buitenveldertselaan 3",
        "Buurthuis Buitenveldert",
        "Buurthuis De Brug",
        "De Brug",
        "Herstelstraat 12, 3412 MA Lindeveen",
        "Klinieksingel 4, 3412AA Lindeveen",
        "Traumaplein 1",
        "Opnamestudio Zuid",
        "Naastenplein",
    ],
)
def test_the_name_of_a_street_or_building_betrays_nothing_by_how_it_begins(place):
    text = f"Tot dinsdag om 19.30 uur, {place}."

    assert betraying_words(text, ["De Brug"], OwnWords(places=(place,))) == ()


@pytest.mark.parametrize(
    "place", ["Herstelhuis Midden", "Verslavingskliniek", "GGZ Noord", "AA-huis", "zaal van de dinsdaggroep"]
)
def test_a_place_that_says_what_is_done_there_betrays(place):
    assert betraying_words(f"Tot dinsdag, {place}.", ["Dinsdaggroep"], OwnWords(places=(place,)))


def test_what_stands_beside_a_name_or_a_place_is_judged_as_ever():
    own = OwnWords(people=("MA",), places=("De Brug",))

    assert betraying_words("Hoi MA, naar de NA en de herstelgroep in De Brug", ["De Brug"], own) == (
        "herstel",
        "NA",
    )
    assert betraying_words("Tot bij MAnnen, verslaafd", [], own) == ("verslaaf",)


def test_a_place_that_would_hold_messages_back_is_asked_about_with_its_words():
    with pytest.raises(Refusal) as refusal:
        check_place("Zaal van de dinsdaggroep", "Herstelplein 1, Herstelhuis", names=["Dinsdaggroep"])

    assert refusal.value.code == "place_betrays"
    assert refusal.value.facts["words"] == "Dinsdaggroep, herstel"


def test_a_link_is_judged_as_it_stands_in_a_message_and_a_street_is_not():
    check_place("De Brug", "Therapieweg 3, 3412 MA Lindeveen", names=["De Brug"])
    check_place("https://video.example/a1b2", is_link=True)

    with pytest.raises(Refusal):
        check_place("https://video.example/therapiegroep", is_link=True)


@pytest.mark.parametrize(
    "link",
    ["https://beeld.dekade.example/k/3", "https://de-kade.example:8443?k=3", "<a href='https://DeKade.example'>"],
)
def test_the_domain_of_a_link_may_be_called_as_the_organisation_is(link):
    assert betraying_words(f"Bel mee: {link}", ["De Kade"]) == ()
    check_place(link, names=["De Kade"], is_link=True)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://beeld.example/dekade", ("De Kade",)),
        ("https://dekade.example, bij De Kade", ("De Kade",)),
        ("https://kadegroep.example", ("Kadegroep",)),
        ("https://herstel-dekade.example", ("herstel",)),
    ],
)
def test_what_a_link_says_besides_is_judged_as_ever(link, words):
    assert betraying_words(link, ["De Kade", "Kadegroep"]) == words


@pytest.mark.parametrize("sender", ["AA", "AA NOORD", "Zelfhulp Zuid", "lotgenoten@voorbeeld.example"])
def test_what_every_message_shows_of_us_can_betray_by_itself(sender):
    assert betraying_words_of_sender(sender)


@pytest.mark.parametrize(
    "sender", ["Houvast", "houvast@voorbeeld.example", "https://groepen.example", "+31612345678"]
)
def test_an_ordinary_sender_betrays_nothing(sender):
    assert betraying_words_of_sender(sender) == ()


def test_a_name_that_stands_in_the_address_of_every_link_is_asked_about():
    sender = PublicIdentity("Houvast", "https://kadegroep.example")

    with pytest.raises(Refusal) as refusal:
        check_name("Kadegroep", sender)

    assert (refusal.value.code, refusal.value.facts) == (
        "name_betrays",
        {"field": "keeps_words", "words": "Kadegroep"},
    )
    check_name("Dinsdaggroep", sender)
    check_name("De Kade", PublicIdentity("Houvast", "https://dekade.example"))
    check_name("Kadegroep", PublicIdentity("Kadegroep", "https://kadegroep.example"))
