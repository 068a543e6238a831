"""System checks: every URL says who may open it, the demo stays on this machine."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from audit.head_files import problem_of

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})


def url_patterns(resolver: Any = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the site with its full name (``namespace:name``)."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_patterns(entry, (*names, entry.namespace) if entry.namespace else names)
        else:
            yield ":".join((*names, entry.name or "")), entry


@register(Tags.urls)
def every_url_is_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"The URL {name or pattern.pattern} does not say who may open it.", id="pitclinic.E001")
        for name, pattern in url_patterns()
        if not hasattr(pattern.callback, "required_act")
        and not hasattr(pattern.callback, "is_public")
        and not pattern.callback.__module__.startswith("allauth.")
    ]


LEAST_KEY_LENGTH = 32


def has_secret_key() -> bool:
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:  # how Django says that it is empty
        return False


def factor_key_problems() -> list[str]:
    """Why the keys of the second factors are none."""
    problems = []
    if not has_secret_key():
        return ["PITCLINIC_SECRET_KEY is empty."]
    if any(len(key) < LEAST_KEY_LENGTH for key in settings.FACTOR_KEYS):
        problems.append(f"PITCLINIC_FACTOR_KEY and its fallbacks are secrets of {LEAST_KEY_LENGTH} characters or more.")
    if settings.SECRET_KEY in settings.FACTOR_KEYS:
        problems.append("PITCLINIC_FACTOR_KEY is a secret of its own, not PITCLINIC_SECRET_KEY once more.")
    return problems


@register(Tags.security)
def second_factors_have_a_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Error(problem, id="pitclinic.E003") for problem in factor_key_problems()]


@register(Tags.security)
def the_heads_of_the_trails_can_be_written(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    problem = problem_of(settings.AUDIT_HEAD_FILE)
    return [Error(problem, id="pitclinic.E004")] if problem else []


@register(Tags.security)
def the_demo_stays_here(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.DEMO_MODE and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return [Error("Demo mode signs anybody in; it runs on a loopback address only.", id="pitclinic.E002")]
    return []
