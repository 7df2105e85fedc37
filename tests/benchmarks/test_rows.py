from benchmarks import rows


def test_a_run_is_found_again_by_its_settings_whatever_else_its_row_holds(tmp_path):
    path = tmp_path / "rows.jsonl"
    assert rows.find(path, {"seed": 0}) is None
    assert rows.read(path) == []
    rows.add(path, {"seed": 0, "data": "a", "AP": 0.25})
    rows.add(path, {"seed": 1, "data": "a", "AP": 0.5})
    assert rows.find(path, {"data": "a", "seed": 1}) == {"seed": 1, "data": "a", "AP": 0.5}
    assert rows.find(path, {"data": "b", "seed": 1}) is None
    assert [row["AP"] for row in rows.read(path)] == [0.25, 0.5]
