"""The web entry point: ``gunicorn pitclinic.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pitclinic.settings.production")

application = get_wsgi_application()

from pitclinic.boot import check_boot  # noqa: E402 - needs the apps

check_boot()
