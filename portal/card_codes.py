"""The log never holds the code of a sign-in card: whoever reads the log could sign in."""

import logging
import re

CODE_IN_ADDRESS = re.compile(r"(/card/\d+/)[^/\s\"']+")


class WithoutCardCodes(logging.Filter):
    """Writes the record's line with every card's code left out."""

    def filter(self, record):
        line = record.getMessage()
        masked = CODE_IN_ADDRESS.sub(r"\1•••", line)
        if masked != line:
            record.msg, record.args = masked, ()
        return True
