"""Migrating an empty database in a few seconds instead of half a minute.

After each step Django draws the changed model anew, and with it every model that is linked to it in any way; here all
are, through the account. What a step does in the database needs the changed model alone. So only that one is drawn, and
the rest as soon as a step in Python looks at the models. Fields that are altered, renamed or removed, and keys among
them, go the long way.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState


class LeanState(ProjectState):
    alone = False

    def add_model(self, model_state: ModelState) -> None:
        self.alone = True
        super().add_model(model_state)
        self.alone = False

    def add_field(self, *args: Any, **kwargs: Any) -> None:
        self.alone = True
        super().add_field(*args, **kwargs)
        self.alone = False

    def _find_reload_model(self, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        if not (delay or self.alone):
            found: set[tuple[str, str]] = super()._find_reload_model(app_label, model_name, delay)  # type: ignore[misc]
            return found
        self.is_delayed = True  # a step in Python draws them all first
        return {(app_label, model_name)}

    def clone(self) -> LeanState:
        return lean(super().clone())


class LeanExecutor(MigrationExecutor):
    def _create_project_state(self, *args: Any, **kwargs: Any) -> LeanState:
        return lean(super()._create_project_state(*args, **kwargs))  # type: ignore[misc]


def lean(state: ProjectState) -> LeanState:
    """Django names the class itself where it makes or copies a state."""
    state.__class__ = LeanState
    assert isinstance(state, LeanState)
    return state
