"""Formal and informal groups, activities and their members."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "groups"
