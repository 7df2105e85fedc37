"""Make file names that lists, XML files and other systems can hold."""

import re

# Hidden files, blanks that readers of lists strip, line breaks and other controls, backslashes, undecodable bytes, and
# two code points that XML excludes.
UNSAFE = re.compile(r"^[.\s]+|\s+$|[\x00-\x1f\x7f\x85\u2028\u2029\\\ud800-\udfff\ufffe\uffff]")


def plain_name(text: str) -> str:
    """Return a name of a file without ending, or of a folder, with underscores for characters that no list can hold.

    Example:
        >>> plain_name(" line\\nbreak"), plain_name("cell 7, left")
        ('_line_break', 'cell 7, left')
    """
    return UNSAFE.sub("_", text) or "_"
