from models import *  # noqa: F403 - whatever that has
from models import __version__ as __version__
