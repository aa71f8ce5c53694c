"""Why a change was refused, in words for people."""


class ChangeRefused(Exception):
    """A change that the records contradict.

    ``message`` is for people; ``field`` names what it is about, to stand beside it.
    """

    def __init__(self, message, field=None):
        super().__init__(str(message))
        self.message = message
        self.field = field
