"""The check of a figure's layout finds each kind of fault, and none in a figure without one."""

import pytest
from matplotlib.figure import Figure

from tests.yolo.figures import faults, painted_texts, unnamed


def plain():
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], label="line")
    axes.set(xlabel="across", ylabel="up", title="title")
    return figure, axes


def test_a_figure_without_a_fault():
    figure, _ = plain()
    figure.legend(loc="outside lower center")
    assert (faults(figure), unnamed(figure)) == ([], [])


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda figure, axes: axes.text(0.9, 0.5, "too long a text").set_in_layout(False), "text' is clipped"),
        (lambda figure, axes: [axes.text(0.5, 0.2, text) for text in "ab"], "'a' lies on 'b'"),
        (lambda figure, axes: figure.legend(loc="center"), "a legend lies on axes"),
        (lambda figure, axes: axes.legend(loc="lower left"), "a legend lies on a curve"),
        (lambda figure, axes: figure.legend(loc="upper center"), "a legend lies on 'title'"),
        (lambda figure, axes: axes.legend(bbox_to_anchor=(2, 1)).set_in_layout(False), "a legend is clipped"),
    ],
)
def test_each_fault_is_found(spoil, fault):
    figure, axes = plain()
    spoil(figure, axes)
    assert fault in " ".join(faults(figure))


def test_an_axis_without_a_name_is_found_unless_it_is_not_painted():
    figure, axes = plain()
    axes.set_ylabel("")
    assert unnamed(figure) == ["title"]
    axes.set_axis_off()
    assert unnamed(figure) == []


def test_ticks_beyond_the_limits_are_not_painted():
    figure, axes = plain()
    axes.set(xticks=[0, 1, 7], xlim=(0, 1.5))
    painted = [text.get_text() for text in painted_texts(figure)]
    assert "1" in painted
    assert "7" not in painted
