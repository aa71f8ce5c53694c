"""Why a file is not read, in a word that ``sheets`` has sentences for. No Django here."""


class Refused(Exception):
    """A file that is not read; ``why`` is a key of ``sheets.WORDS``."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why
