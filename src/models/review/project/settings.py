"""Settings of the Django project, from the config of the book and the environment; no secret stands in a file of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from models.config.review import ReviewConfig
from models.review.shared.languages import django_language
from models.review.site import database_of, secret_key, site
from models.text import languages

_SITE = site()
_REVIEW = ReviewConfig() if _SITE is None else _SITE.config.review
_HERE = Path(__file__).parent

DEBUG = False
SECRET_KEY = secret_key(_SITE)
ALLOWED_HOSTS = list(_REVIEW.hosts)
DATABASES = {"default": database_of(_SITE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "models.review.project.urls"
WSGI_APPLICATION = "models.review.project.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"

SCREENS: list[str] = [
    "today",
    "clients",
    "client",
    "compare",
    "movers",
    "alerts",
    "worklists",
    "overrides",
    "policy_lab",
    "letters",
    "trail",
    "model_room",
]
"""The apps of screens, each a package of ``models.review``."""
INSTALLED_APPS = [
    "models.review.access.members_app.MembersAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "models.review.access",
    "models.review.chain",
    *(f"models.review.{screen}" for screen in SCREENS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *(["models.review.access.proxy.ProxyUserMiddleware"] if _REVIEW.log_in == "header" else []),
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "models.review.access.middleware.LanguageMiddleware",
    "models.review.access.middleware.RightsMiddleware",
    "models.review.access.middleware.OrderMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_HERE.parents[1], *sorted(_HERE.parent.glob("*/templates"))],
        "OPTIONS": {"environment": "models.review.project.templates.review_environment"},
    },
    {  # the pages of the admin, which come with Django
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# ----- Who logs in, and how -----
_BACKENDS = {
    "password": "django.contrib.auth.backends.ModelBackend",
    "directory": "models.review.access.directory.DirectoryBackend",
    "header": "models.review.access.proxy.ProxyUserBackend",
}
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", _BACKENDS[_REVIEW.log_in]]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "log_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "log_in"
AXES_FAILURE_LIMIT = _REVIEW.failures
AXES_COOLOFF_TIME = timedelta(minutes=_REVIEW.wait_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "models.review.access.pages.locked_out"
AXES_ENABLE_ADMIN = False

if _REVIEW.directory is not None:
    OIDC_RP_CLIENT_ID = _REVIEW.directory.client
    OIDC_RP_CLIENT_SECRET = os.environ.get("CLIENTVALUE_OIDC_SECRET", "")
    OIDC_RP_SIGN_ALGO = _REVIEW.directory.algorithm
    OIDC_OP_AUTHORIZATION_ENDPOINT = _REVIEW.directory.authorization
    OIDC_OP_TOKEN_ENDPOINT = _REVIEW.directory.token
    OIDC_OP_USER_ENDPOINT = _REVIEW.directory.user
    OIDC_OP_JWKS_ENDPOINT = _REVIEW.directory.keys
    OIDC_RP_SCOPES = "openid profile"
    OIDC_CREATE_USER = False  # an administrator gives the role first
    OIDC_USE_NONCE = True

# ----- Cookies and headers -----
SESSION_COOKIE_AGE = 60 * _REVIEW.session_minutes
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "clientvalue_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "models.review.access.pages.forged"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _REVIEW.hosts] if _REVIEW.tls else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _REVIEW.tls
SECURE_SSL_REDIRECT = False  # it listens on 127.0.0.1 alone; the proxy before it redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _REVIEW.tls else None
SECURE_HSTS_SECONDS = 31_536_000 if _REVIEW.tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _REVIEW.tls
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_PERMISSIONS = 0o600

# ----- Files and languages -----
STATIC_URL = "/static/"
STATICFILES_DIRS = [("pages", _HERE.parents[1] / "shell" / "styles"), _HERE.parent / "shared" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
LANGUAGE_CODE = "en"
LANGUAGES = [(django_language(each), each) for each in languages()]
USE_I18N = True

# ----- Logs: which route failed how; never an address with what was asked, nor what a form held -----
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"routes": {"()": "models.review.project.logs.RouteFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "filters": ["routes"], "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"handlers": ["lines"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False},
        "waitress": {"handlers": ["lines"], "level": "ERROR", "propagate": False},
    },
}
