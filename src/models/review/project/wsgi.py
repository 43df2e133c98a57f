"""The application that a server of WSGI calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "models.review.project.settings")
application = get_wsgi_application()
