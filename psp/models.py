"""People who have an account, the regions, and who may do what where."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.choices import Kind, Language, Role
from psp.crypto import keyring
from psp.crypto.fields import BlindIndexField, EncryptedTextField, SealedModel, digest_for

ALIAS_DOMAIN = "alias.invalid"
# Letters and digits that nobody mistakes for another when read aloud on the phone.
REFERENCE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"


class ProgramRegion(models.Model):
    """A region as the program is run: what a coordinator is responsible for."""

    code = models.CharField(max_length=8, primary_key=True)
    name_en = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("program region")
        verbose_name_plural = _("program regions")

    def __str__(self) -> str:
        return in_language(self, "name")


class Region(models.Model):
    """A province or territory, or "outside Canada"; `holidays` names its statutory holidays."""

    code = models.CharField(max_length=2, primary_key=True)
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="regions")
    name_en = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40)
    holidays = models.CharField(max_length=2, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("province or territory")
        verbose_name_plural = _("provinces and territories")

    def __str__(self) -> str:
        return in_language(self, "name")


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str = "", *, password: str | None = None, email: str = "", **fields: Any) -> User:
        """Make an account with its own data key; `email` and `name` are sealed under it."""
        user = self.new_user(username, password=password, email=email, **fields)
        user.save(using=self._db)
        for row in user.address_rows():
            row.save(force_insert=True)
        return user

    def new_user(self, username: str = "", *, password: str | None = None, email: str = "", **fields: Any) -> User:
        """`create_user` without writing the account (its data key is made): for `psp.together.insert_all`."""
        name = fields.pop("name", "")
        user = self.model(username=username or f"p-{secrets.token_hex(12)}", **fields)
        keyring.create(user.id)
        user.name = name
        user.set_address(email)
        # A slow hash only where there is a password: participants sign in with a code.
        user.set_password(password) if password else user.set_unusable_password()
        return user

    def create_superuser(self, username: str, *, password: str | None = None, **fields: Any) -> User:
        """An administrator from the command line: a role, not a flag that skips every check."""
        user = self.create_user(username, password=password, kind=Kind.STAFF, **fields)
        RoleAssignment.objects.create(user=user, role=Role.ADMINISTRATOR)
        return user

    def by_email(self, email: str) -> models.QuerySet[User]:
        """Accounts with this address, found through the blind index."""
        return self.filter(email_index=digest_for(User, "email_index", email)) if email.strip() else self.none()


class User(SealedModel, AbstractBaseUser, PermissionsMixin):
    """A person with an account. Their id is opaque and random; name and address are sealed.

    `email` is not an address but an alias derived from it, because the sign-in library keeps it in
    plain text (ADR 2). `epoch` grows when roles, factors or standing change, which ends every session.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("username"), max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9.\-]*$")]
    )
    kind = models.CharField(_("kind of account"), max_length=12, choices=Kind)
    name = EncryptedTextField(_("name to use"), max_length=80, blank=True)
    name_index = BlindIndexField(kind="name", of="name")
    sealed_email = EncryptedTextField(_("e-mail address"), max_length=254, blank=True)
    email_index = BlindIndexField(kind="email", db_index=True)
    email = models.CharField(max_length=80, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Toronto")
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    epoch = models.PositiveIntegerField(default=0, editable=False)
    made_by_demo = models.BooleanField(default=False, editable=False)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "made_by_demo"])

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes: ClassVar = [
            models.Index(fields=["name_index"], name="user_name_index", condition=~Q(name_index="")),
            # The few among many thousands who work here.
            models.Index(fields=["kind"], name="user_no_participant", condition=~Q(kind=Kind.PARTICIPANT)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="user_kind_known"),
            models.CheckConstraint(
                condition=Q(email="") | Q(email__endswith=f"@{ALIAS_DOMAIN}"), name="user_email_is_alias"
            ),
            models.UniqueConstraint(fields=["email_index"], condition=~Q(email_index=""), name="user_one_per_address"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens at all: administrators only."""
        from psp.sight import sight_of

        return self.is_active and sight_of(self).has(Role.ADMINISTRATOR)

    @property
    def needs_second_factor(self) -> bool:
        return self.kind != Kind.PARTICIPANT

    def set_address(self, email: str) -> None:
        """Seal the address and derive its index and alias. Saves nothing."""
        self.sealed_email = email.strip()
        self.email_index = digest_for(type(self), "email_index", email)
        self.email = alias_of(email)

    def address_rows(self) -> list[models.Model]:
        """What the sign-in library must know about a new account: its alias as one verified address."""
        from allauth.account.models import EmailAddress

        return [EmailAddress(user=self, email=self.email, verified=True, primary=True)] if self.email else []

    def remember_address(self) -> None:
        """Let the sign-in library know that the alias has changed."""
        from allauth.account.models import EmailAddress

        EmailAddress.objects.filter(user=self).exclude(email=self.email).delete()
        if self.email:
            EmailAddress.objects.get_or_create(
                user=self, email=self.email, defaults={"verified": True, "primary": True}
            )

    def end_sessions(self) -> None:
        """End every session of this account at its next request."""
        type(self).objects.filter(pk=self.pk).update(epoch=models.F("epoch") + 1)
        self.refresh_from_db(fields=["epoch"])

    def get_session_auth_hash(self) -> str:
        return salted_hmac("psp.session", f"{self.password}:{self.epoch}", algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())


def alias_of(email: str) -> str:
    """The stand-in for an address in the sign-in library's tables."""
    digest = keyring.index_of(email, column="account.alias", kind="email")
    return f"{digest[:48]}@{ALIAS_DOMAIN}" if digest else ""


def new_reference() -> str:
    """A short random reference to say on the phone, e.g. "K7QD-3MXA" (about 10^11 of them)."""
    letters = [secrets.choice(REFERENCE_ALPHABET) for _position in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


class RoleAssignment(models.Model):
    """One role of one account. `region` is empty for the whole program."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="role_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.CheckConstraint(
                condition=~Q(role=Role.COORDINATOR) | Q(region__isnull=False), name="coordinator_has_region"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.region or _('whole program')})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.user.end_sessions()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        outcome = super().delete(*args, **kwargs)
        self.user.end_sessions()
        return outcome


# Models of this app that have a file of their own.
from psp.models_crisis import CrisisLine  # noqa: E402, F401
from psp.models_keys import GoingKey  # noqa: E402, F401
