"""Recognize the addresses of cameras and streams, and remove the secrets from them for names and messages."""

import os
import re
from typing import TypeGuard
from urllib.parse import unquote, urlsplit

from yolo.errors import UserError

WORDS = (
    "us[er]|login|pas|psw|pw|auth|token|key|secret|sig|cred|session|access|bearer|basic|jwt|hmac|nonce|hash|psk|otp|"
    "licen[cs]e|playpath"
)
SECRET_NAME = re.compile(rf"{WORDS}|code$|sid$|^(?:u|p|pin)$", re.IGNORECASE)  # of a parameter
SECRET_WITHIN = re.compile(  # in a value: an address or parameters, also those of SRT, `#!::u=admin,p=1234`
    rf"@|(?:{WORDS})[\w.-]*[=:]|(?:^|[,:;])[up]=|\b(?:basic|bearer)[ +]", re.IGNORECASE
)
SECRET_FOLDER = re.compile(
    r"(?<=[^/]/)((?:user(?:name)?|pass(?:word|wd)?|pwd|token|secret|auth|(?:api[-_]?)?key)[/:])[^/?&#]+", re.IGNORECASE
)
STREAM_KEY = re.compile(r"(\brtmp\w*:[/\\]+[^/\s]+/(?:[^/\s]+/)+)[^/\s]+", re.IGNORECASE)  # the last part of the path
# The boundary between two parameters: `&b=` in a query, also `_b=` in the paths of some cameras.
IN_PATH = re.compile(r"([&;#/_,! ])(?=[a-z\d.%-]*(?:=|%3D)[^=&])", re.IGNORECASE)
IN_QUERY = re.compile(r"([&;#])(?=[\w.%\[\]-]*(?:=|%3D)[^=&])", re.IGNORECASE)

MISWRITTEN = re.compile(r"((?!\w:[/\\])[a-z][\w+.-]*:[/\\]+)?(.*(?:@|%40))?(.*)", re.IGNORECASE | re.DOTALL)


def is_stream(address: int | str) -> TypeGuard[str]:
    """Return whether an address is that of a stream, `rtsp://camera/1`, and not the number of a webcam or a file."""
    return isinstance(address, str) and "://" in address


def is_pipeline(address: int | str) -> TypeGuard[str]:
    """Return whether it is a pipeline of GStreamer, `v4l2src ! videoconvert ! appsink`, and not a file of that name."""
    return isinstance(address, str) and " ! " in address and not os.path.isfile(address)


def public(address: int | str) -> str:
    """Return the name of a source for files and messages: no user, password, token or key of an address is in it.

    Everything before the last `@` is removed, as a password may contain any character. Secret parameters keep their
    name, but lose their value.

    Raises:
        UserError: the address is malformed.

    Example:
        >>> public(0), public("rtsp://admin:1234@camera/1?channel=2&token=abc")
        ('webcam-0', 'rtsp://camera/1?channel=2&token=')
    """
    if isinstance(address, int):
        return f"webcam-{address}"
    if not is_stream(address) and not is_pipeline(address):
        return address
    text = re.sub(r"\s*=\s*", "=", address) if is_pipeline(address) else address
    text = _without_parameters(re.sub(r"://(?:.*@|[^/?#]*%40)", "://", text, flags=re.DOTALL))
    try:
        urlsplit(text)
    except ValueError as error:
        scheme = address.partition("://")[0]
        raise UserError(
            f"a stream's address is written like {scheme}://camera.local:554/path; this one cannot be read: {error}."
        ) from error
    return text


def without_password(text: str) -> str:
    """Return a text without secrets, for the message that it names no source: it may be an address with a typing error.

    Example:
        >>> without_password("rtsp:/admin:secret@camera/1"), without_password("admin:secret@camera/1")
        ('rtsp:/camera/1', 'camera/1')
        >>> without_password("me@home/a.jpg")
        'me@home/a.jpg'
    """
    parts = MISWRITTEN.fullmatch(text)
    assert parts  # every group is optional
    scheme, user, rest = parts.groups(default="")
    if scheme:
        return _without_parameters(scheme + rest)
    if not re.match(r"\w:[/\\]", text) and ":" in user:
        text = rest
    path, mark, query = text.partition("?")  # nothing is removed from the name of a file or from a glob
    return path + mark + _without_secrets(query, IN_QUERY)


def is_ambiguous(address: str) -> bool:
    """Return whether the user or password contains a character that ends it early: `rtsp://admin:a#b@camera/1`."""
    return any(mark in address.partition("://")[2].rpartition("@")[0] for mark in "#?/@")


def _without_parameters(address: str) -> str:
    """Return an address without the secrets in its path and query."""
    path, mark, query = address.partition("?")
    path = SECRET_FOLDER.sub(r"\1", _without_secrets(path, IN_PATH))
    return STREAM_KEY.sub(r"\1", path) + mark + _without_secrets(query, IN_QUERY)


def _without_secrets(text: str, boundary: re.Pattern[str]) -> str:
    return "".join(_without_secret(piece) for piece in boundary.split(text))


def _without_secret(piece: str) -> str:
    """Return a parameter without its value if that is secret: `pwd=1234` -> `pwd=`."""
    name, mark, value = next((piece.partition(mark) for mark in ("=", "%3D", "%3d") if mark in piece), (piece, "", ""))
    is_secret = SECRET_NAME.search(_decoded(name)) or SECRET_WITHIN.search(_decoded(value))
    return name + mark if is_secret else piece


def _decoded(text: str) -> str:
    """Return a text without percent-encoding, even if it was encoded several times."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
