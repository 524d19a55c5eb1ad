"""The only place where configuration meets the application."""

import os
import sys

import config
from app import create_app
from app.settings import CannotStart

try:
    app = create_app(config.load(os.environ))
except CannotStart as problem:
    sys.exit(f"Quiet Word cannot start: {problem}")
