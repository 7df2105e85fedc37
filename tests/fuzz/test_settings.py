"""Some hundred damaged settings files and argument lists; `settings.py` tries as many as one likes."""

from tests.fuzz import settings


def test_damaged_settings_and_arguments_are_refused_in_a_line_or_read_as_python_reads_them():
    assert settings.run(400, seed=1) == []


def test_both_ends_come_about():
    """Else the comparison would say nothing."""
    codes = []
    plain = settings.outcome

    def counted(read):
        found = plain(read)
        codes.append((found[0] is not None, found[1]))
        return found

    settings.outcome = counted
    try:
        settings.run(200, seed=2)
    finally:
        settings.outcome = plain
    assert codes.count((True, 0)) > 40
    assert codes.count((False, 2)) > 40
