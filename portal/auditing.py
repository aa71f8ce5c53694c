"""Accounts in the log: that a password changed is logged, the password never is."""

from django.contrib.auth import get_user_model

from villages.log import keep_log_of


def register():
    """Log who changes accounts."""
    keep_log_of(get_user_model(), without=["last_login"], masked=["password", "phone", "email"])
