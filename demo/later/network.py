"""The network: who wishes to be found, who is in touch, meetings across regions, and a small library."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.later.team import Team
from supporters.models import CareOffer
from supporters.network.choices import InterestCode, ResourceLanguage
from supporters.network.models import DirectoryEntry, ResourceTopic
from supporters.network.services import answer_touch, ask_touch, join_directory
from supporters.network.services_library import join_event, list_resource, make_event, suggest

# Nothing here is anybody's: addresses and numbers that nobody can have.
ONLINE = "https://video.example.org/network"
LIBRARY = "https://library.example.org"
ASSISTANCE = "613-555-0142"

ENTRIES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("supporter.qc", (InterestCode.LEADING, InterestCode.CREATIVE),
     "J’aime terminer une séance par quelques minutes de dessin."),
    ("supporter.on", (InterestCode.ONLINE, InterestCode.LIMITS), "Evenings by video, and long walks in between."),
    ("facilitator.1", (InterestCode.BODY, InterestCode.LIMITS), "Respirer, bouger, rire."),
    ("facilitator.3", (InterestCode.NEW, InterestCode.ONLINE), "New to this, and glad to compare notes."),
    ("facilitator.4", (InterestCode.RURAL, InterestCode.TEACHING), "Small places, few people, good coffee."),
    ("facilitator.6", (InterestCode.ADVOCACY,), ""),
)  # fmt: skip

RESOURCES: tuple[dict[str, str], ...] = (
    {"topic": "leading", "language": ResourceLanguage.BOTH, "link": f"{LIBRARY}/opening",
     "title_en": "Ten ways to open a session", "title_fr": "Dix façons d’ouvrir une séance",
     "summary_en": "Short rounds that need no preparation.",
     "summary_fr": "De courts tours de parole, sans préparation."},
    {"topic": "leading", "language": ResourceLanguage.FR, "link": f"{LIBRARY}/dehors",
     "title_en": "Leading outdoors", "title_fr": "Animer en plein air",
     "summary_en": "What to think of before a group meets in a park.",
     "summary_fr": "Ce qu’il faut prévoir avant de se réunir dans un parc."},
    {"topic": "limits", "language": ResourceLanguage.EN, "link": f"{LIBRARY}/no",
     "title_en": "Kind ways to say no", "title_fr": "Dire non avec bienveillance",
     "summary_en": "Sentences to borrow when somebody asks for more than the role is.",
     "summary_fr": "Des phrases à emprunter quand on vous demande plus que ce que prévoit le rôle."},
    {"topic": "own_care", "language": ResourceLanguage.BOTH, "link": f"{LIBRARY}/evening",
     "title_en": "After a long evening", "title_fr": "Après une longue soirée",
     "summary_en": "A page to keep by the bed: breathing, light, water.",
     "summary_fr": "Une page à garder près du lit\u00a0: respiration, lumière, eau."},
    {"topic": "culture", "language": ResourceLanguage.BOTH, "link": f"{LIBRARY}/territory",
     "title_en": "Where we meet: words of welcome", "title_fr": "Là où nous nous réunissons\u00a0: mots d’accueil",
     "summary_en": "How to begin with respect for those whose land it is.",
     "summary_fr": "Comment commencer dans le respect des peuples dont c’est le territoire."},
    {"topic": "rights", "language": ResourceLanguage.BOTH, "link": f"{LIBRARY}/services",
     "title_en": "Who does what", "title_fr": "Qui fait quoi",
     "summary_en": "Services by region, with how long one waits.",
     "summary_fr": "Les services par région, avec les délais d’attente."},
)  # fmt: skip


def meet_others(team: Team) -> None:
    directory(team)
    in_touch(team)
    events(team)
    library(team)
    offers()


def directory(team: Team) -> None:
    for name, interests, line in ENTRIES:
        with team.by(name) as person:
            join_directory(by=person, interests=interests, line=line)


def in_touch(team: Team) -> None:
    """Two who are in touch, and somebody who would like to be."""
    entries = {entry.user_id: entry for entry in DirectoryEntry.objects.all()}
    with team.by("supporter.on") as person:
        touch = ask_touch(by=person, entry=entries[team["supporter.qc"].pk], way="morgan.walks@example.org")
    with team.by("supporter.qc") as person:
        answer_touch(touch=touch, by=person, agree=True, way="camille.dessine@example.org")
    with team.by("facilitator.1") as person:
        ask_touch(by=person, entry=entries[team["supporter.qc"].pk], way="bouger@example.org")


def events(team: Team) -> None:
    with team.by("supervisor") as by:
        evening = make_event(by=by, content=an_event(
            team, team.weekday(14, 1), 18, 90, 20, link=ONLINE, place_en="", place_fr="",
            title_en="An evening to compare notes", title_fr="Une soirée pour échanger",
            about_en="Three questions, small rooms, no slides.",
            about_fr="Trois questions, de petits groupes, aucun diaporama.",
        ))  # fmt: skip
        make_event(by=by, content=an_event(
            team, team.weekday(50, 5), 10, 360, 30, link="", place_en="A bright room in Ottawa; travel is paid",
            place_fr="Une salle lumineuse à Ottawa; le déplacement est payé",
            title_en="A day together", title_fr="Une journée ensemble",
            about_en="For those who lead, from every region.",
            about_fr="Pour les personnes qui animent, de toutes les régions.",
        ))  # fmt: skip
    for name in ("supporter.on", "facilitator.3", "facilitator.4"):
        with team.by(name) as person:
            join_event(event=evening, by=person)


def an_event(team: Team, days: int, hour: int, minutes: int, places: int, **words: str) -> dict[str, Any]:
    begins = team.moment(days, hour)
    return {**words, "starts_at": begins, "ends_at": begins + timedelta(minutes=minutes), "places": places}


def library(team: Team) -> None:
    """Each is looked at again in its time: one of them soon. And a link that somebody suggests."""
    with team.by("supervisor") as by:
        for number, one in enumerate(RESOURCES):
            list_resource(by=by, content={**one, "topic": topic(one["topic"]), "review_on": team.day(20 + 50 * number)})
    with team.by("supporter.qc") as person:
        suggest(by=person, content={
            "topic": topic("own_care"), "language": ResourceLanguage.FR, "link": f"{LIBRARY}/pause",
            "title_fr": "Cinq minutes pour soi", "summary_fr": "Des pauses courtes entre deux appels.",
        })  # fmt: skip


def topic(code: str) -> Any:
    return ResourceTopic.objects.get(code=code)


def offers() -> None:
    """A number that rings nowhere, where an administrator writes the program's own."""
    offer = CareOffer.objects.get(code="assistance")
    offer.phone = ASSISTANCE
    offer.save()
