"""TensorFlow's start-up messages are held back; nothing else is."""

import os
import subprocess
import sys

import pytest

from yolo.cli.quiet_tensorflow import QuietImport, without_messages

NOISE = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795216971.695366    4989 port.cc:153] oneDNN custom operations are on.\n"
    "E0000 00:00:1795216974.900611    4989 cuda_platform.cc:52] failed call to cuInit\n"
    "2025-09-17 14:44:05.157831: I external/local_xla/xla/tsl/cuda/cudart_stub.cc:32] Could not find cuda drivers\n"
)


def test_log_messages_are_dropped_and_every_other_line_is_kept(capfd):
    with without_messages():
        os.write(2, (NOISE + "a real complaint\n" + NOISE).encode())
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "a real complaint\nafter\n"


def test_what_was_said_before_an_error_is_kept(capfd):
    def damaged():
        with without_messages():
            os.write(2, b"libcudnn.so is damaged\n")
            raise ImportError

    with pytest.raises(ImportError):
        damaged()
    assert capfd.readouterr().err == "libcudnn.so is damaged\n"


def test_only_the_named_package_is_imported_quietly(tmp_path, monkeypatch, capfd):
    for name in ("noisy_one", "noisy_two"):
        lines = f"import os\nos.write(2, {NOISE.encode()!r})\nvalue = '{name}'\n"
        (tmp_path / f"{name}.py").write_text(lines, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [QuietImport("noisy_one"), *sys.meta_path])
    import noisy_one

    assert (noisy_one.value, capfd.readouterr().err) == ("noisy_one", "")
    import noisy_two

    assert (noisy_two.value, capfd.readouterr().err) == ("noisy_two", NOISE)


def test_a_package_that_is_not_there_is_still_missing(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [QuietImport("no_such_package"), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError):
        import no_such_package  # noqa: F401


def test_a_mistake_found_after_tensorflow_was_imported_is_still_one_line(repository):
    code = (
        "import sys, types; from yolo import cli; from yolo.errors import UserError\n"
        "def main(argv):\n"
        "    import keras, tensorflow as tf\n"
        "    tf.config.list_physical_devices()\n"
        "    raise UserError('one sentence.')\n"
        "sys.modules['yolo.cli.train'] = types.SimpleNamespace(main=main); cli.run('train')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, env=environment, capture_output=True, text=True, timeout=120
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", "error: one sentence.\n")
