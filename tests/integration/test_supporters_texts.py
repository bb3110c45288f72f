"""The agreements and the protocol: published once, never changed; and who agreed to which ([NH] rule 27)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from privacy.erasing import erase_everything
from privacy.models import Erasure
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from supporters.choices import TextKind
from supporters.models import Acknowledgement, Pairing, ProgramText, Supporter
from supporters.reference import load_texts
from supporters.texts.reading import (
    acknowledged_by,
    concerned,
    current,
    last_acknowledged,
    needs_acknowledging,
    waiting_among,
)
from supporters.texts.rules import one_sided
from supporters.texts.services import acknowledge, draft, fingerprint, publish, save_draft, throw_away
from tests.factories import (
    a_clinician,
    a_coordinator,
    a_new_clinician,
    a_newcomer,
    a_participant,
    a_privacy_officer,
    a_user,
    an_analyst,
    with_role,
)
from tests.retention import as_owner

pytestmark = pytest.mark.django_db
SUPPORTER, STAFF, PROTOCOL = TextKind.AGREEMENT_SUPPORTER, TextKind.AGREEMENT_STAFF, TextKind.PROTOCOL


def an_administrator():
    return with_role(a_user(), Role.ADMINISTRATOR)


def a_supervisor():
    return with_role(a_user(), Role.SUPERVISOR)


def agree_to(user, kind=SUPPORTER):
    return acknowledge(user=user, text=current(kind), by=user, language=user.language)


def a_new_version(kind=SUPPORTER, *, by=None, words: str = "You may bring a cushion.") -> ProgramText:
    by = by or an_administrator()
    made = draft(kind=kind, by=by)
    sections = deepcopy(made.sections)
    sections[0]["points_en"].append(words)
    sections[0]["points_fr"].append(f"{words} (fr)")
    saved = save_draft(
        text=made, content={"title_en": made.title_en, "title_fr": made.title_fr, "sections": sections}, by=by
    )
    return publish(text=saved, by=by)


class TestFirstVersions:
    def test_every_database_begins_with_three_texts_in_force(self):
        for kind in TextKind.values:
            text = current(kind)
            assert text
            assert text.number == 1
            assert text.published_by is None
            assert len(text.sections) >= 7
            assert one_sided(text.sections) is None
        load_texts()
        assert ProgramText.objects.count() == 3, "loading again changes nothing"

    def test_who_is_asked_for_which(self):
        def asked(user):
            return [text.kind for text in needs_acknowledging(user)]

        assert asked(a_newcomer()) == [SUPPORTER]
        for user in (a_new_clinician(), a_coordinator(), a_supervisor()):
            assert asked(user) == [STAFF]
        for user in (an_analyst(), an_administrator(), a_participant().user):
            assert asked(user) == []

    def test_somebody_who_is_joining_is_asked_before_they_have_the_role(self):
        user = a_user(kind="supporter")
        Supporter.objects.create(user=user, program_region_id="QC")
        assert [text.kind for text in needs_acknowledging(user)] == [SUPPORTER]
        assert user in concerned(SUPPORTER)


class TestAcknowledging:
    def test_agreeing_counts_until_a_new_version_comes_out(self):
        user = a_newcomer(language="fr")
        said = agree_to(user)
        assert (said.language, said.text.number, needs_acknowledging(user)) == ("fr", 1, [])
        a_new_version()
        assert [text.number for text in needs_acknowledging(user)] == [2]
        assert last_acknowledged(user, SUPPORTER).text.number == 1
        agree_to(user)
        assert needs_acknowledging(user) == []
        assert acknowledged_by([user.pk], SUPPORTER) == {user.pk: 2}
        assert Acknowledgement.objects.filter(user=user).count() == 2, "what was said before stays"

    def test_agreeing_twice_is_agreeing_once(self):
        user = a_newcomer()
        assert agree_to(user) == agree_to(user)
        assert Entry.objects.filter(person=user.pk, model="supporters.acknowledgement").count() == 1

    def test_nobody_agrees_for_somebody_else(self):
        with pytest.raises(Forbidden):
            acknowledge(user=a_newcomer(), text=current(SUPPORTER), by=a_supervisor(), language="en")

    @pytest.mark.parametrize(("make", "kind"), [(a_newcomer, STAFF), (a_clinician, SUPPORTER), (an_analyst, STAFF),
                                                (a_newcomer, PROTOCOL)])  # fmt: skip
    def test_a_text_for_other_people_is_refused(self, make, kind):
        with pytest.raises(DomainError) as refused:
            agree_to(make(), kind)
        assert refused.value.code == "not_asked"

    def test_a_version_that_was_replaced_meanwhile_is_refused(self):
        user, old = a_newcomer(), current(SUPPORTER)
        a_new_version()
        with pytest.raises(Conflict) as refused:
            acknowledge(user=user, text=old, by=user, language="en")
        assert refused.value.code == "newer_version"

    def test_a_draft_is_refused(self):
        user = a_newcomer()
        made = draft(kind=SUPPORTER, by=an_administrator())
        with pytest.raises(Conflict):
            acknowledge(user=user, text=made, by=user, language="en")

    def test_supervisors_see_who_among_their_people_has_not_agreed_and_nobody_elses(self):
        mine, other, me = a_newcomer(), a_newcomer(), a_supervisor()
        Pairing.objects.create(user=mine, supervisor=me)
        said, hidden = agree_to(mine), agree_to(other)
        assert waiting_among([mine.pk, other.pk], SUPPORTER) == set()
        seen = set(Acknowledgement.objects.visible_to(me))
        assert said in seen
        assert hidden not in seen
        assert set(Acknowledgement.objects.visible_to(a_coordinator())) == set()
        a_new_version()
        assert waiting_among([mine.pk], SUPPORTER) == {mine.pk}


class TestEditing:
    def test_a_draft_is_a_copy_and_there_is_one_at_a_time(self):
        by = an_administrator()
        made = draft(kind=STAFF, by=by)
        assert (made.number, made.sections, made.published_at) == (2, current(STAFF).sections, None)
        assert draft(kind=STAFF, by=an_administrator()) == made
        assert current(STAFF).number == 1, "a draft is shown to nobody"

    def test_only_administrators_edit_and_publish(self):
        made = draft(kind=STAFF, by=an_administrator())
        for by in (a_supervisor(), a_coordinator(), a_newcomer()):
            for act in (lambda by: draft(kind=STAFF, by=by), lambda by: publish(text=made, by=by),
                        lambda by: throw_away(text=made, by=by)):  # fmt: skip
                with pytest.raises(Forbidden):
                    act(by)

    def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(self):
        by = an_administrator()
        made = draft(kind=STAFF, by=by)
        seen = fingerprint(made)
        content = {"title_en": "Other", "title_fr": "Autre", "sections": made.sections}
        save_draft(text=made, content=content, by=by, seen=seen)
        for act in (lambda: save_draft(text=made, content=content, by=by, seen=seen),
                    lambda: publish(text=made, by=by, seen=seen)):  # fmt: skip
            with pytest.raises(Conflict) as refused:
                act()
            assert refused.value.code == "stale"

    def test_a_text_that_says_less_in_one_language_is_not_published(self):
        by = an_administrator()
        made = draft(kind=STAFF, by=by)
        sections = deepcopy(made.sections)
        sections[2]["points_fr"].pop()
        save_draft(text=made, content={"title_en": "T", "title_fr": "T", "sections": sections}, by=by)
        with pytest.raises(DomainError) as refused:
            publish(text=made, by=by)
        assert refused.value.code == "one_sided"
        assert sections[2]["heading_en"] in str(refused.value.message)

    def test_a_published_version_is_neither_saved_nor_published_nor_thrown_away(self):
        by, text = an_administrator(), a_new_version(STAFF)
        content = {"title_en": "T", "title_fr": "T", "sections": []}
        for act in (lambda: save_draft(text=text, content=content, by=by), lambda: publish(text=text, by=by),
                    lambda: throw_away(text=text, by=by)):  # fmt: skip
            with pytest.raises(DomainError) as refused:
                act()
            assert refused.value.code == "published"
        other = draft(kind=STAFF, by=by)
        throw_away(text=other, by=by)
        assert current(STAFF) == text


class TestTheDatabaseJudges:
    def refused_by(self, act, *arguments) -> str:
        with pytest.raises((IntegrityError, DatabaseError)) as refused, transaction.atomic():
            act(*arguments)
        return constraint_name(refused.value)

    def test_program_text_frozen(self):
        text = ProgramText.objects.filter(kind=SUPPORTER)
        assert self.refused_by(lambda: text.update(title_en="Other")) == "program_text_frozen"
        assert self.refused_by(lambda: text._raw_delete("default")) == "program_text_frozen"
        assert self.refused_by(lambda: text.update(published_at=None)) == "program_text_frozen"

    def test_acknowledgement_frozen(self):
        said = Acknowledgement.objects.filter(pk=agree_to(a_newcomer()).pk)
        assert self.refused_by(lambda: said.update(language="fr")) == "acknowledgement_frozen"
        assert self.refused_by(lambda: said._raw_delete("default")) == "acknowledgement_frozen"

    def test_acknowledgement_of_published(self):
        made, user = draft(kind=SUPPORTER, by=an_administrator()), a_newcomer()
        create = Acknowledgement.objects.create
        assert self.refused_by(lambda: create(user=user, text=made, language="en")) == "acknowledgement_of_published"

    def test_acknowledged_once(self):
        said = agree_to(a_newcomer())
        create = Acknowledgement.objects.create
        assert self.refused_by(lambda: create(user=said.user, text=said.text, language="en")) == "acknowledged_once"

    def test_program_text_one_draft(self):
        made = draft(kind=SUPPORTER, by=an_administrator())
        create = ProgramText.objects.create
        values: dict[str, Any] = {"kind": SUPPORTER, "title_en": "T", "title_fr": "T", "sections": []}
        assert self.refused_by(lambda: create(number=made.number + 1, **values)) == "program_text_one_draft"
        values |= {"published_at": timezone.now()}
        assert self.refused_by(lambda: create(number=made.number, **values)) == "program_text_once"


def test_what_somebody_agreed_to_goes_with_them_only_by_an_approved_erasure():
    user = a_newcomer()
    agree_to(user)
    with pytest.raises(DatabaseError), transaction.atomic():
        erase_everything(user)
    approve_erasure_of(user)
    assert erase_everything(user)["supporters.acknowledgement"] == 1
    assert not Acknowledgement.objects.filter(user=user).exists()


def approve_erasure_of(user) -> None:
    """As two people approve it, once the person works here no more; the way there is the privacy office's story."""
    officer = a_privacy_officer()
    User.objects.filter(pk=user.pk).update(is_active=False)
    asked = Erasure.objects.create(
        person=user.pk, also=[], cause="retention", language="en", kept_until=timezone.now(), reference="0",
        prepared_by=officer,
    )  # fmt: skip
    Erasure.objects.filter(pk=asked.pk).update(
        state="approved", approved_by=a_privacy_officer(), approved_at=timezone.now()
    )


@pytest.fixture
def texts_as_they_were():
    yield
    as_owner("DELETE FROM supporters_programtext WHERE number > %s", 1)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Every thread has its own connection; the texts are put back as they were."""

    pytestmark = pytest.mark.usefixtures("texts_as_they_were")

    def together(self, *acts) -> list[str]:
        gate = Barrier(len(acts))

        def alone(act) -> str:
            try:
                gate.wait(150)
                act()
            except DomainError as refused:
                return refused.code
            finally:
                connections.close_all()
            return "done"

        with ThreadPoolExecutor(len(acts)) as pool:
            return sorted(one.result() for one in [pool.submit(alone, act) for act in acts])

    def test_two_administrators_who_publish_at_once_publish_once(self):
        one, other = an_administrator(), an_administrator()
        made = draft(kind=SUPPORTER, by=one)
        outcome = self.together(lambda: publish(text=made, by=one), lambda: publish(text=made, by=other))
        assert outcome == ["done", "published"]
        assert current(SUPPORTER).number == 2

    def test_two_administrators_who_start_at_once_share_one_draft(self):
        admins = [an_administrator() for _one in range(4)]
        assert self.together(*[lambda by=by: draft(kind=STAFF, by=by) for by in admins]) == ["done"] * 4
        assert ProgramText.objects.filter(kind=STAFF, published_at=None).count() == 1

    def test_who_agrees_while_a_version_comes_out_agreed_to_the_old_one_or_is_told(self):
        admin, users, old = an_administrator(), [a_newcomer() for _one in range(6)], current(SUPPORTER)
        made = draft(kind=SUPPORTER, by=admin)
        acts = [lambda one=one: acknowledge(user=one, text=old, by=one, language="en") for one in users]
        outcome = self.together(lambda: publish(text=made, by=admin), *acts)
        said = Acknowledgement.objects.filter(text=old)
        assert outcome.count("done") == 1 + said.count()
        assert outcome.count("newer_version") == 6 - said.count()
        published = ProgramText.objects.get(pk=made.pk).published_at
        assert all(one.at <= published for one in said), "nobody agreed to a version that was over"

    def test_many_clicks_at_once_are_one_word(self):
        user, text = a_newcomer(), current(SUPPORTER)
        act = lambda: acknowledge(user=user, text=text, by=user, language="en")  # noqa: E731
        assert self.together(*[act] * 6) == ["done"] * 6
        assert Acknowledgement.objects.filter(user=user).count() == 1
