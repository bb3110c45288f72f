"""Ways in which work can be made to fit somebody's life, that every new database begins with."""

from __future__ import annotations

from supporters.models import AccommodationKind

# [NH] section 4: flexible hours, time for oneself and for appointments, children, travel.
KINDS = (
    ("hours", "Flexible hours", "Horaire souple"),
    ("appointments", "Time for appointments", "Temps pour des rendez-vous"),
    ("rest", "Time to rest between sessions", "Temps de repos entre les séances"),
    ("childcare", "Childcare", "Garde d’enfants"),
    ("travel", "Help with travel", "Aide aux déplacements"),
    ("remote", "Leading from home", "Animation à partir de la maison"),
)


def load_accommodations() -> None:
    for place, (code, english, french) in enumerate(KINDS, start=1):
        values = {"name_en": english, "name_fr": french, "order": place * 10}
        AccommodationKind.objects.get_or_create(code=code, defaults=values)
