"""Addresses of cameras and streams, and what they are called: by everything but the secrets in them."""

import os
import re
from urllib.parse import unquote, urlsplit

from yolo.errors import UserError

WORDS = (
    "us[er]|login|pas|psw|pw|auth|token|key|secret|sig|cred|session|access|bearer|basic|jwt|hmac|nonce|hash|psk|otp|"
    "licen[cs]e|playpath"
)
SECRET_NAME = re.compile(rf"{WORDS}|code$|sid$|^(?:u|p|pin)$", re.IGNORECASE)  # of a parameter
SECRET_WITHIN = re.compile(  # of a value: an address or parameters in it, also those of SRT, `#!::u=admin,p=1234`
    rf"@|(?:{WORDS})[\w.-]*[=:]|(?:^|[,:;])[up]=|\b(?:basic|bearer)[ +]", re.IGNORECASE
)
SECRET_FOLDER = re.compile(
    r"(?<=[^/]/)((?:user(?:name)?|pass(?:word|wd)?|pwd|token|secret|auth|(?:api[-_]?)?key)[/:])[^/?&#]+", re.IGNORECASE
)
STREAM_KEY = re.compile(r"(\brtmp\w*:[/\\]+[^/\s]+/(?:[^/\s]+/)+)[^/\s]+", re.IGNORECASE)  # the last part of its path
# Where one parameter ends and the next begins: `&b=` in a query, also `_b=` in the paths that some cameras want.
IN_PATH = re.compile(r"([&;#/_,! ])(?=[a-z\d.%-]*(?:=|%3D)[^=&])", re.IGNORECASE)
IN_QUERY = re.compile(r"([&;#])(?=[\w.%\[\]-]*(?:=|%3D)[^=&])", re.IGNORECASE)

MISWRITTEN = re.compile(r"((?!\w:[/\\])[a-z][\w+.-]*:[/\\]+)?(.*(?:@|%40))?(.*)", re.IGNORECASE | re.DOTALL)


def is_stream(address):
    """Return whether it is reached over a network: `rtsp://camera/1`."""
    return isinstance(address, str) and "://" in address


def is_pipeline(address):
    """Return whether it is written in GStreamer's language, `v4l2src ! videoconvert ! appsink`, and names no file."""
    return isinstance(address, str) and " ! " in address and not os.path.isfile(address)


def public(address):
    """Name a source for files and screens: webcams by their number, addresses without user, password, token or key.

    All that stands before the last `@` is left out, for a password may hold any character; parameters that mean a
    secret keep their name and lose their value. Raises UserError for an address that is malformed.
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


def without_password(text):
    """Return what stands for no source as messages may show it, for it may be an address that is not well written.

    `rtsp:/admin:secret@camera/1` -> `rtsp:/camera/1`, `admin:secret@camera/1` -> `camera/1`; `me@home/a.jpg` stays.
    """
    scheme, user, rest = MISWRITTEN.fullmatch(text).groups(default="")
    if scheme:
        return _without_parameters(scheme + rest)
    if not re.match(r"\w:[/\\]", text) and ":" in user:
        text = rest
    path, mark, query = text.partition("?")  # of a file's name or a glob nothing is left out
    return path + mark + _without_secrets(query, IN_QUERY)


def is_ambiguous(address):
    """Return whether user or password hold characters that end them early: `rtsp://admin:a#b@camera/1`."""
    return any(mark in address.partition("://")[2].rpartition("@")[0] for mark in "#?/@")


def _without_parameters(address):
    """An address without the secrets in its path and its query."""
    path, mark, query = address.partition("?")
    path = SECRET_FOLDER.sub(r"\1", _without_secrets(path, IN_PATH))
    return STREAM_KEY.sub(r"\1", path) + mark + _without_secrets(query, IN_QUERY)


def _without_secrets(text, boundary):
    return "".join(_without_secret(piece) for piece in boundary.split(text))


def _without_secret(piece):
    """`pwd=1234` -> `pwd=`; what is no secret as it is."""
    name, mark, value = next((piece.partition(mark) for mark in ("=", "%3D", "%3d") if mark in piece), (piece, "", ""))
    is_secret = SECRET_NAME.search(_decoded(name)) or SECRET_WITHIN.search(_decoded(value))
    return name + mark if is_secret else piece


def _decoded(text):
    """Text without percent-encoding, though it were encoded twice."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
