"""Choose the training pictures of a dataset that has no list `train`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from yolo.data.hash_split import Splits, by_hash, hold_out
from yolo.data.layout import Layout
from yolo.wording import counted

PARTS = ("train", "val", "trainval", "test")


@dataclass(frozen=True)
class SplitChoice:
    """The splits of a dataset, and how they were chosen.

    Attributes:
        splits: those of the lists, and those that were chosen.
        notes: one sentence on each choice.
        remarks: one sentence on each possible problem.
    """

    splits: Splits
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def choose(lists: Splits, stems: set[str], usable: set[str]) -> SplitChoice:
    """Return splits with a split `train`, if any picture is left for it.

    Without a list `train`, the first of these ways that is possible makes it:

    1. The lists of single classes are joined.
    2. The list `trainval` is split.
    3. All pictures are taken that are not in `val` or `test`.
    4. The pictures of all other lists, or without lists all pictures, are split by a hash of their names.

    Args:
        lists: name of a list -> stems.
        stems: all stems in the dataset.
        usable: the stems that have a picture and an annotation.
    """
    if "train" in lists:
        return SplitChoice(lists)
    found = {name: chosen for name, chosen in lists.items() if not stems.isdisjoint(chosen)}
    joined = _join_classes(found)
    found, base = found | joined, lists | joined
    if "train" in found:
        return SplitChoice(base, (f"no list 'train': those of single classes are joined to {_sizes(joined)}",))
    if "trainval" in found:
        made = _split_trainval(found)
        return SplitChoice(base | made, (f"no list 'train': 'trainval' is split into {_sizes(made)}",))
    apart = [name for name in ("val", "test") if name in found]
    others = [name for name in found if name not in apart and name.rpartition("_")[2] not in apart]
    pool = {stem for name in others for stem in found[name]} if others else stems
    if not apart:
        made, note = _by_hash(pool, usable & pool, others)
        return SplitChoice(base | made, (note,))
    rest = tuple(sorted(pool.difference(*(found[name] for name in apart))))
    if not rest:
        return SplitChoice(base)
    named = " and ".join(f"'{name}'" for name in apart)
    return SplitChoice(base | {"train": rest}, (f"no list 'train': train {len(rest)}, all that are not in {named}",))


def without_choice(layout: Layout) -> Layout:
    """Return the layout without its splits, and without notes on their choice."""
    return replace(layout, splits={}, notes=(), unreadable={})


def _by_hash(stems: set[str], usable: set[str], lists: Sequence[str]) -> tuple[Splits, str]:
    """Split stems by hash; return the splits and a note. `lists` names the lists that hold the stems."""
    made = by_hash(stems, usable)
    counts = {name: usable.intersection(chosen) for name, chosen in made.items() if name != "trainval"}
    whose = f" of {', '.join(f'{name}.txt' for name in lists)}" if lists else ""
    pictures = counted(len(usable), "picture")
    return made, f"no list 'train': {pictures}{whose} split by a hash of the names into {_sizes(counts)}"


def _join_classes(lists: Splits) -> Splits:
    """Return the splits joined from lists such as `cat_train` and `dog_train`.

    A picture that is for training in one list and in `val` or `test` of another one is not for training.
    """
    ends = {name: name.lower().rpartition("_")[2] for name in lists}
    joined: dict[str, Collection[str]] = {
        part: dict.fromkeys(stem for name, end in ends.items() if end == part for stem in lists[name])
        for part in PARTS
        if part not in lists
    }
    apart = {stem for part in ("val", "test") for stem in joined.get(part, ())}
    if "train" in joined:
        joined["train"] = [stem for stem in joined["train"] if stem not in apart]
    return {part: tuple(chosen) for part, chosen in joined.items() if chosen}


def _split_trainval(lists: Splits) -> Splits:
    """Return `trainval` without `val` as `train`; if there is no list `val`, hold out a tenth for it."""
    whole = lists["trainval"]
    if "val" in lists:
        val = set(lists["val"])
        return {"train": tuple(stem for stem in whole if stem not in val)}
    held = set(hold_out(whole, 0.1)) if len(whole) > 1 else ()
    made = {
        "train": tuple(stem for i, stem in enumerate(whole) if i not in held),
        "val": tuple(stem for i, stem in enumerate(whole) if i in held),
    }
    return {name: chosen for name, chosen in made.items() if chosen}


def _sizes(splits: Mapping[str, Collection[str]]) -> str:
    """Return the names and sizes of splits: `train 24, val 3`."""
    return ", ".join(f"{name} {len(chosen)}" for name, chosen in splits.items())
