"""Why a change was refused: the same on every floor."""

from villages.refusals import ChangeRefused

__all__ = ["ChangeRefused"]
