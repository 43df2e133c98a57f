"""A screen of the workbench as an app: its title, its first route, and the right without which it is not offered."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import AppConfig, apps
from django.urls import reverse

from models.review.shared.rights import Right
from models.text import Language, Text


class ScreenConfig(AppConfig):
    """Base of the apps of screens. ``path`` and ``label`` come from the package; ``home`` names the first route."""

    title: Text
    home: str
    needs: Right
    default = False

    def __init_subclass__(cls) -> None:
        """Of the two classes that Django finds in the module of a screen, its own is the one to take."""
        super().__init_subclass__()
        cls.default = True


@dataclass(frozen=True)
class NavigationLink:
    """A line of the navigation: what it is called, and where it leads."""

    title: str
    address: str


def offered_screens(rights: frozenset[Right]) -> list[ScreenConfig]:
    """The screens that somebody with these rights may open, in the order of the settings."""
    screens = [each for each in apps.get_app_configs() if isinstance(each, ScreenConfig)]
    return [each for each in screens if each.needs in rights]


def navigation(rights: frozenset[Right], language: Language) -> list[NavigationLink]:
    """The navigation of somebody with these rights, in a language."""
    return [NavigationLink(each.title.within(language), reverse(each.home)) for each in offered_screens(rights)]
