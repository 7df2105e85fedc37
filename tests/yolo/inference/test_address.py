"""No user, password, token or key of an address is ever told, wherever it stands."""

import pytest

from yolo.errors import UserError
from yolo.inference.output_files import video_name
from yolo.inference.sources import open_sources
from yolo.inference.sources.address import public


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("rtsp://admin:SECRET@camera:554/1", "rtsp://camera:554/1"),
        ("rtsp://admin:SECRET#1@camera/1", "rtsp://camera/1"),
        ("rtsp://admin:SECRET?1@camera/1", "rtsp://camera/1"),
        ("rtsp://admin:SECRET/1@camera/1", "rtsp://camera/1"),
        ("rtsp://admin:SE@SECRET@camera/1", "rtsp://camera/1"),
        ("rtsp://admin:SECRET%40camera/1", "rtsp://camera/1"),
        ("http://c/mjpg?user=admin&pwd=SECRET&channel=1", "http://c/mjpg?user=&pwd=&channel=1"),
        ("http://c/mjpg?p%77d=SECRET&channel=1", "http://c/mjpg?p%77d=&channel=1"),
        ("http://c/mjpg?pwd=a%26b=SECRET&channel=1", "http://c/mjpg?pwd=&channel=1"),
        ("http://c/mjpg?x=1;PassWord=SECRET;channel=2", "http://c/mjpg?x=1;PassWord=;channel=2"),
        ("http://c/mjpg?token=ab/cdSECRET==&x=1", "http://c/mjpg?token=&x=1"),
        ("http://c/v?x=1&X-Amz-Signature=SECRET&X-Amz-Credential=SECRET", "http://c/v?x=1&X-Amz-Signature=&X-Amz-Credential="),
        ("http://c/v?api-key=SECRET", "http://c/v?api-key="),
        ("http://c/v?src=rtsp%3A%2F%2Fadmin%3ASECRET%40cam&channel=2", "http://c/v?src=&channel=2"),
        ("http://c/v?a%3D1%26pwd%3DSECRET", "http://c/v?a%3D"),
        ("http://c/v#token=SECRET", "http://c/v#token="),
        ("http://c/v;jsessionid=SECRET?x=2", "http://c/v;jsessionid=?x=2"),
        ("http://c/token/SECRET/live", "http://c/token//live"),
        ("http://c/user:admin/pwd:SECRET/live", "http://c/user:/pwd:/live"),
        ("rtsp://c:554/user=admin_password=SEC_RET_channel=1_stream=0.sdp", "rtsp://c:554/user=_password=_channel=1_stream=0.sdp"),
        ("rtspsrc location=rtsp://a:SECRET@c/1 user-pw=SECRET ! x a=1", "rtspsrc location=rtsp://c/1 user-pw= a=1"),
        ("rtspsrc location=rtsp://c/1 user-pw = SECRET ! x a=1", "rtspsrc location=rtsp://c/1 user-pw= a=1"),
        ("srt://c:9000?streamid=#!::u=admin,p=SECRET&mode=caller", "srt://c:9000?streamid=&mode=caller"),
        ("srt://c:9000?streamid=%23!::r=1%2Cp%3DSECRET", "srt://c:9000?streamid="),
        ("srt://c:9000?streamid=#!::r=live,m=publish", "srt://c:9000?streamid=#!::r=live,m=publish"),
        ("http://c/v?psk=SECRET&otp=SECRET&license=SECRET&basic=SECRET&bearer=SECRET&x=1", "http://c/v?psk=&otp=&license=&basic=&bearer=&x=1"),
        ("http://c/v?header=Basic%20SECRET&x=1", "http://c/v?header=&x=1"),
        ("rtmp://c/live/SECRET", "rtmp://c/live/"),
        ("rtmps://c:443/app/live/SECRET?x=1", "rtmps://c:443/app/live/?x=1"),
        ("rtmpsrc location=rtmp://c/live/SECRET ! x a=1", "rtmpsrc location=rtmp://c/live/ ! x a=1"),
        ("rtmp://c/live", "rtmp://c/live"),
        ("rtsp://10.0.0.7:554/live?channel=1&subtype=0", "rtsp://10.0.0.7:554/live?channel=1&subtype=0"),
        ("rtsp://[::1]:554/monkeys/1", "rtsp://[::1]:554/monkeys/1"),
    ],
)  # fmt: skip
def test_secrets_are_left_out_and_all_else_is_kept(address, name):
    assert public(address) == name
    assert not {"SECRET", "RET", "admin"} & {word for word in ("SECRET", "RET", "admin") if word in video_name(name)}


@pytest.mark.parametrize("password", ["SEC#RET", "SEC/RET", "SEC?RET", "SEC@RET"])
def test_a_stream_that_cannot_be_opened_tells_how_to_write_such_a_password_and_not_the_password(password):
    with pytest.raises(UserError, match="%23, %3F, %2F or %40") as caught:
        open_sources([f"http://admin:{password}@127.0.0.1:9/1"])
    assert not any(part in str(caught.value) for part in ("SEC", "RET", "admin"))
    with pytest.raises(UserError) as caught:
        open_sources(["http://admin:SECRET@127.0.0.1:9/1"])
    assert "%23" not in str(caught.value)


def test_a_token_longer_than_any_file_name_is_no_file_and_not_told():
    with pytest.raises(UserError, match=r"stream http://127\.0\.0\.1:9/1\?token= cannot be opened") as caught:
        open_sources([f"http://127.0.0.1:9/1?token={'SECRET' * 1000}"])
    assert "SECRET" not in str(caught.value)
