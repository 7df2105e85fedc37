"""Parse XML of any encoding, and refuse entities."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from yolo.data.formats.written_annotation import UnreadableAnnotationError
from yolo.text_files import MARKS

ENCODING = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
BEFORE = "\ufeff \t\r\n"  # what scripts may write before the first tag, against the standard


@contextlib.contextmanager
def xml_errors(path: Path) -> Iterator[None]:
    """Turn errors of reading an XML file into an UnreadableAnnotationError."""
    try:
        yield
    except DefusedXmlException as error:
        raise UnreadableAnnotationError(
            path, "it declares XML entities, which can be an attack", "remove them"
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableAnnotationError(path, f"no readable XML, {error}", "repair or remove it") from error
    except OSError as error:
        raise UnreadableAnnotationError(path, str(error.strerror or error), "make it readable or remove it") from error


def parse(content: bytes) -> Element:
    """Return the root element of an XML file; Python decodes what expat cannot decode by itself.

    A byte order mark overrides the declared encoding: editors that write the mark do not change the declaration.
    """
    marked = next((encoding for mark, encoding in MARKS if content.startswith(mark)), None)
    if marked:
        return _parse_text(content.decode(marked))
    try:
        return parser(b"!" in content).fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        declared = ENCODING.match(content)
        if declared is None and not content[:1].isspace():
            raise
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        if encoding.lower().startswith(("utf-16", "utf-32", "utf16", "utf32", "ucs")):
            encoding = "utf-8"  # in UTF-16 or UTF-32, the pattern could not have matched the declaration
        return _parse_text(content.decode(encoding))


def _parse_text(text: str) -> Element:
    """Return the root element of decoded XML, whatever encoding it declares."""
    return parser("!" in text).fromstring(text.lstrip(BEFORE))


def parser(has_exclamation_mark: bool) -> ModuleType:
    """Return a parser that refuses entities if there can be any, as "<!" declares them; it takes twice as long."""
    return defusedxml.ElementTree if has_exclamation_mark else ElementTree
