"""The portal's settings with one more address: the bare view it is measured against."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "portal.bench.urls"
