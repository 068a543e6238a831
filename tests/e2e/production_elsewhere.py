"""Production as it is, but for where the static files lie: another test may be clearing the usual folder."""

from pitclinic.settings.production import *  # noqa: F403 - all of it, with one change below

STATIC_ROOT = env.str("STORY_STATIC_ROOT")  # noqa: F405 - from there
