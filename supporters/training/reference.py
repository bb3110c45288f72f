"""The courses that a new database begins with. Titles only: what is taught belongs to those who teach it.

Idempotent, and what an administrator changed is kept.
"""

from __future__ import annotations

from django.utils import timezone

from psp.content import load
from supporters.models import Course, EvaluationForm, Module

PROGRAM = "peer_support"
# Code, name in English and in French, hours, counts for (months).
COURSES = (
    (PROGRAM, "Peer support: the ten-week program", "Soutien par les pairs : le programme de dix semaines", 25, None),
    ("trauma_informed", "Trauma-informed care", "Approche tenant compte des traumatismes", 6, 36),
    ("crisis_response", "Responding to a crisis", "Intervention en situation de crise", 8, 24),
    ("suicide_prevention", "Suicide prevention", "Prévention du suicide", 14, 36),
    ("anti_oppression", "Anti-oppression", "Lutte contre l’oppression", 6, None),
    ("cultural_safety", "Cultural safety", "Sécurité culturelle", 6, 36),
    ("compassion_fatigue", "Compassion fatigue and taking care of oneself",
     "Usure de compassion : prendre soin de soi", 4, None),
    ("coercive_control", "Coercive control", "Contrôle coercitif", 4, None),
    ("advocacy", "Speaking up for others", "Défense des droits", 4, None),
    ("first_aid", "First aid", "Premiers soins", 8, 36),
    ("supervision", "Supporting peer supporters", "Soutenir les pairs aidants", 20, None),
)  # fmt: skip
# One for each week of the program.
WEEKS = (
    ("What a peer supporter does, and does not do", "Le rôle d’une personne paire aidante, et ses limites"),
    ("Understanding trauma", "Comprendre le traumatisme"),
    ("Listening", "L’écoute"),
    ("Boundaries", "Poser ses limites"),
    ("Safety and moments of crisis", "Sécurité et moments de crise"),
    ("Difference, power and respect", "Différences, pouvoir et respect"),
    ("Leading a group", "Animer un groupe"),
    ("Privacy, and what to do with what one hears", "Vie privée et confidentialité"),
    ("Taking care of oneself", "Prendre soin de soi"),
    ("Beginning, ending, and asking for help", "Commencer, terminer, demander de l’aide"),
)
FEWEST = 8


def load_courses() -> None:
    for order, (code, english, french, hours, months) in enumerate(COURSES, start=1):
        Course.objects.get_or_create(
            code=code,
            defaults={
                "name_en": english, "name_fr": french, "hours": hours, "renew_months": months, "order": order * 10,
                "needed": code == PROGRAM, "fewest_sessions": FEWEST if code == PROGRAM else None,
                "all_modules": code != PROGRAM,
            },
        )  # fmt: skip
    load_weeks()
    load_evaluation()


def load_evaluation() -> None:
    """What a cohort is asked before, after and three months later; versions that are there are kept."""
    for item in load("evaluation")["forms"]:
        EvaluationForm.objects.get_or_create(
            moment=item["moment"], number=item["number"],
            defaults={"questions": item["questions"], "published_at": timezone.now()},
        )  # fmt: skip


def load_weeks() -> None:
    """Only into a program that has none: an administrator may have taken some out."""
    program = Course.objects.get(code=PROGRAM)
    if program.modules.exists():
        return
    for week, (english, french) in enumerate(WEEKS, start=1):
        Module.objects.create(course=program, week=week, title_en=english, title_fr=french, hours="2.5")
