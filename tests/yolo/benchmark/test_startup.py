"""What a process takes is measured as a whole."""

import sys

from yolo.benchmark import startup


def program(root, text):
    """Put a program in the place of `python -m yolo`."""
    (root / "yolo").mkdir(parents=True)
    (root / "yolo" / "__init__.py").touch()
    (root / "yolo" / "__main__.py").write_text(text)


def test_time_and_memory_are_those_of_the_process_alone(tmp_path, monkeypatch):
    program(tmp_path, "import time\nheld = bytearray(80_000_000)\ntime.sleep(0.3)\n")
    monkeypatch.setattr(startup, "ROOT", tmp_path)
    ballast = bytearray(400_000_000)  # of the process that asks, which must not count
    milliseconds, memory = startup.start(tmp_path / "a.keras", tmp_path / "grün.png")
    assert milliseconds >= 300
    if sys.platform != "win32":
        assert 76 < memory < 200
    del ballast


def test_modules_in_the_folder_it_is_called_from_are_found(tmp_path, monkeypatch):
    program(tmp_path / "root", "import mine, shared\n")
    for folder, module in (("hier", "mine"), ("dort", "shared")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{module}.py").touch()
    monkeypatch.setattr(startup, "ROOT", tmp_path / "root")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "dort"))
    monkeypatch.chdir(tmp_path / "hier")
    startup.start("a.keras", "a.png")
