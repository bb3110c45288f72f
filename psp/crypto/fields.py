"""Model fields of sealed text and of the blind index that finds it."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.utils.translation import gettext_lazy as _

from psp.crypto import cipher, keyring
from psp.crypto.cipher import Place


class Token(bytes):
    """A sealed value as it came from the database, not opened yet."""


class SealedAttribute:
    """Opens a value when it is read, and only then."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        data = instance.__dict__
        name = self.field.attname
        if name not in data:  # a deferred field
            instance.refresh_from_db(fields=[name])
        value = data[name]
        if isinstance(value, Token):
            opened = data.get(f"_{name}_opened")
            if opened is None or opened[0] is not value:
                opened = (value, self.field.open(instance, value))
                data[f"_{name}_opened"] = opened
            return opened[1]
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg] # its Python value is str
    """Text sealed under the data key of the person whose id stands in the attribute `person`.

    Reads as `str`. After the key was destroyed it reads as the empty string. It cannot be searched
    or updated in bulk: a token belongs to one row. `max_length` limits the plain text.
    """

    description = _("Encrypted text")

    def __init__(self, *args: Any, person: str = "id", max_length: int = 2000, **kwargs: Any) -> None:
        self.person = person
        self.plain_length = max_length
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.update(person=self.person, max_length=self.plain_length, default="")
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, SealedAttribute(self))

    def get_default(self) -> str:
        return ""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def place(self, instance: models.Model) -> tuple[Place, UUID]:
        """Where this value belongs, the same for a row and for its history."""
        model = getattr(instance, "instance_type", None) or type(instance)
        person = getattr(instance, self.person)
        if person is None:
            raise FieldError(f"{model.__name__}.{self.name} needs {self.person} before it can be sealed.")
        row = getattr(instance, model._meta.pk.attname)
        return Place(model._meta.label_lower, self.name, str(row), str(person)), UUID(str(person))

    def open(self, instance: models.Model, token: Token) -> str:
        return self._unseal(token, *self.place(instance)) if token else ""

    def open_value(self, token: Token, *, row: Any, person: UUID) -> str:
        """Open a value that was read without its instance (`values_list`), for lists where instances cost too much.

        `row`: primary key of the row that holds it. Call `keyring.want` for every person of the list before.
        """
        place = Place(self.model._meta.label_lower, self.name, str(row), str(person))
        return self._unseal(token, place, person) if token else ""

    @staticmethod
    def _unseal(token: Token, place: Place, person: UUID) -> str:
        found = keyring.key_of(person)
        if found is None:
            return ""
        key_id, key = found
        if key_id != cipher.key_id_of(token):
            raise cipher.SealBroken("the value was sealed with another key")
        return cipher.unseal(bytes(token), key=key, place=place)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__[self.attname]
        if isinstance(value, Token):
            return value
        if value is None or value == "":
            return Token(b"")
        token = Token(self._seal(model_instance, str(value)))
        model_instance.__dict__[f"_{self.attname}_opened"] = (token, str(value))
        model_instance.__dict__[self.attname] = token
        return token

    def _seal(self, instance: models.Model, value: str) -> bytes:
        place, person = self.place(instance)
        found = keyring.key_of(person)
        if found is None:
            raise FieldError("This person's key does not exist: nothing can be sealed for them.")
        return cipher.seal(value, key=found[1], key_id=found[0], place=place)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Token | None:
        return None if value is None else Token(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not isinstance(value, Token) and value not in (None, b"", ""):
            raise FieldError(f"{self.name} is sealed: save the instance instead of updating or searching the column.")
        return super().get_db_prep_value(bytes(value or b""), connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is sealed and cannot be searched; use its blind index.")

    def value_to_string(self, obj: models.Model) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return forms.CharField(
            required=not self.blank, label=self.verbose_name, help_text=self.help_text, max_length=self.plain_length
        )


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """Keyed digest of a name, an address or a number, for exact look-up only. `kind`: "email", "phone" or "name".

    `of` names the sealed field that it follows: then it is derived whenever that field's value is written.
    """

    def __init__(self, *args: Any, kind: str = "email", of: str = "", **kwargs: Any) -> None:
        self.kind, self.of = kind, of
        kwargs["max_length"] = 64
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["kind"] = self.kind
        if self.of:
            kwargs["of"] = self.of
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """A value that was only loaded, never opened, has not changed and is not opened for this.

        A row of history keeps the digest of the row that it is about.
        """
        if self.of and getattr(model_instance, "instance_type", None) is None:
            written = model_instance.__dict__.get(self.of)
            opened = model_instance.__dict__.get(f"_{self.of}_opened")
            if not isinstance(written, Token) or not written or (opened and opened[0] is written):
                setattr(model_instance, self.attname, self.digest(getattr(model_instance, self.of)))
        return super().pre_save(model_instance, add)

    def digest(self, value: str) -> str:
        """The value to store in, or to look up in, this column."""
        return keyring.index_of(value, column=f"{self.model._meta.label_lower}.{self.name}", kind=self.kind)


def digest_for(model: type[models.Model], name: str, value: str) -> str:
    """What the blind-index column `name` of `model` holds for this value; empty for an empty value."""
    field = model._meta.get_field(name)
    assert isinstance(field, BlindIndexField)
    return field.digest(value)


class SealedModel(models.Model):
    """A model with sealed fields: loading a row says whose key may be needed soon."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Self:
        instance = super().from_db(db, field_names, values, **more)
        for attribute in cls.sealed_people():
            if attribute in instance.__dict__:
                keyring.want(instance.__dict__[attribute])
        return instance

    @classmethod
    def sealed_people(cls) -> set[str]:
        """Names of the attributes that hold the owner of a sealed value."""
        cached = cls.__dict__.get("_sealed_people")
        if cached is None:
            cached = {field.person for field in cls._meta.fields if isinstance(field, EncryptedTextField)}
            cls._sealed_people = cached  # type: ignore[attr-defined]
        return cached
