"""Addresses of cameras and streams, and what they are called: by everything but the secrets in them."""

import re
from urllib.parse import unquote, urlsplit

from yolo.errors import UserError

WORDS = "us[er]|login|pas|psw|pw|auth|token|key|secret|sig|cred|session|access|bearer|jwt|hmac|nonce|hash"
SECRET_NAME = re.compile(rf"{WORDS}|code$|sid$|^(?:u|p|pin)$", re.IGNORECASE)  # of a parameter
SECRET_WITHIN = re.compile(rf"@|(?:{WORDS})[\w.-]*[=:]", re.IGNORECASE)  # of a value: parameters or an address in it
SECRET_FOLDER = re.compile(
    r"(?<=[^/]/)((?:user(?:name)?|pass(?:word|wd)?|pwd|token|secret|auth|(?:api[-_]?)?key)[/:])[^/?&#]+", re.IGNORECASE
)
# Where one parameter ends and the next begins: `&b=` in a query, also `_b=` in the paths that some cameras want.
IN_PATH = re.compile(r"([&;#/_,! ])(?=[a-z\d.%-]*(?:=|%3D)[^=&])", re.IGNORECASE)
IN_QUERY = re.compile(r"([&;#])(?=[\w.%\[\]-]*(?:=|%3D)[^=&])", re.IGNORECASE)

MISWRITTEN = re.compile(r"((?!\w:[/\\])[a-z][\w+.-]*:/+)?(.*(?:@|%40))?(.*)", re.IGNORECASE | re.DOTALL)


def is_stream(address):
    """Return whether it is reached over a network: `rtsp://camera/1`."""
    return isinstance(address, str) and "://" in address


def is_pipeline(address):
    """Return whether it is written in GStreamer's language: `v4l2src ! videoconvert ! appsink`."""
    return isinstance(address, str) and " ! " in address


def public(address):
    """Name a source for files and screens: webcams by their number, addresses without user, password, token or key.

    All that stands before the last `@` is left out, for a password may hold any character; parameters that mean a
    secret keep their name and lose their value. Raises UserError for an address that is malformed.
    """
    if isinstance(address, int):
        return f"webcam-{address}"
    if not is_stream(address) and not is_pipeline(address):
        return address
    path, mark, query = re.sub(r"://(?:.*@|[^/?#]*%40)", "://", address, flags=re.DOTALL).partition("?")
    path = SECRET_FOLDER.sub(r"\1", _without_secrets(path, IN_PATH))
    try:
        urlsplit(path)
    except ValueError as error:
        scheme = address.partition("://")[0]
        raise UserError(
            f"a stream's address is written like {scheme}://camera.local:554/path; this one cannot be read: {error}."
        ) from error
    return path + mark + _without_secrets(query, IN_QUERY)


def without_password(text):
    """Return what stands for no source as messages may show it, for it may be an address that is not well written.

    `rtsp:/admin:secret@camera/1` -> `rtsp:/camera/1`, `admin:secret@camera/1` -> `camera/1`; `me@home/a.jpg` stays.
    """
    scheme, user, rest = MISWRITTEN.fullmatch(text).groups(default="")
    if scheme:
        path, mark, query = rest.partition("?")
        return scheme + path + mark + _without_secrets(query, IN_QUERY)
    return text if re.match(r"\w:[/\\]", text) or ":" not in user else rest


def is_ambiguous(address):
    """Return whether user or password hold characters that end them early: `rtsp://admin:a#b@camera/1`."""
    return any(mark in address.partition("://")[2].rpartition("@")[0] for mark in "#?/@")


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
