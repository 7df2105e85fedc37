"""Names of files that other libraries cannot take."""

import os

from yolo.errors import UserError
from yolo.wording import printable


def refuse_undecodable_name(path):
    """Raise UserError where a name holds bytes that are no UTF-8, as of a zip from Windows that Linux unpacked.

    Of such a name Python makes a text with stand-ins, on which OpenCV ends the process and others raise anything.
    """
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError as error:
        name = printable(os.fsencode(path).decode("utf-8", "replace"))
        raise UserError(f"the name {name} is no UTF-8, which other libraries cannot take: rename it.") from error
