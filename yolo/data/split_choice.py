"""Choose the pictures for training where a data set has no list of them."""

from dataclasses import dataclass

from yolo.data.hash_split import by_hash, hold_out
from yolo.wording import counted

PARTS = ("train", "val", "trainval", "test")
FEW = 20  # pictures, on fewer a score means little


@dataclass(frozen=True)
class SplitChoice:
    """The splits of a data set.

    Attributes:
        splits: name -> stems, the lists that are there among them.
        notes: how the others were chosen, one sentence each.
        remarks: what is a reason to worry about them.
    """

    splits: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def choose(lists, stems, usable):
    """Return a `SplitChoice` with a split `train`, if any picture is left for it.

    Where no list is called so, lists of single classes are joined; or `trainval` is split; or what `val` and `test`
    leave is taken; or the other lists, or everything where there are none, are split by a hash of the names.

    Args:
        lists: name -> stems.
        stems: a set of all stems in the data set.
        usable: those that have a picture and an annotation.
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
        made, note, remarks = _by_hash(pool, usable & pool, others)
        return SplitChoice(base | made, (note,), remarks)
    rest = tuple(sorted(pool.difference(*(found[name] for name in apart))))
    if not rest:
        return SplitChoice(base)
    named = " and ".join(f"'{name}'" for name in apart)
    return SplitChoice(base | {"train": rest}, (f"no list 'train': train {len(rest)}, all that are not in {named}",))


def _by_hash(stems, usable, names):
    """The splits, how they were made, and remarks; `names` are those of the lists that the stems are from."""
    made = by_hash(stems, usable)
    counts = {name: usable.intersection(chosen) for name, chosen in made.items() if name != "trainval"}
    whose = f" of {', '.join(f'{name}.txt' for name in names)}" if names else ""
    pictures = counted(len(usable), "picture")
    note = f"no list 'train': {pictures}{whose} split by a hash of the names into {_sizes(counts)}"
    few = {name: len(counts.get(name, ())) for name in ("val", "test") if len(counts.get(name, ())) < FEW}
    held = ", ".join(f"{name} {'is empty' if not number else f'has {number}'}" for name, number in few.items())
    remark = f"a score on fewer than {FEW} pictures means little, and {held}: annotate more"
    return made, note, (remark,) if few else ()


def _join_classes(lists):
    """{part: stems} of lists such as `cat_train` and `dog_train`; a picture of several parts is in the last of them."""
    ends = {name: name.lower().rpartition("_")[2] for name in lists}
    joined = {
        part: dict.fromkeys(stem for name, end in ends.items() if end == part for stem in lists[name])
        for part in PARTS
        if part not in lists
    }
    apart = {stem for part in ("val", "test") for stem in joined.get(part, ())}
    if "train" in joined:
        joined["train"] = [stem for stem in joined["train"] if stem not in apart]
    return {part: tuple(chosen) for part, chosen in joined.items() if chosen}


def _split_trainval(lists):
    """{"train", "val"} of `trainval`: what `val` leaves of it, or else all but a tenth."""
    whole = lists["trainval"]
    if "val" in lists:
        return {"train": tuple(stem for stem in whole if stem not in set(lists["val"]))}
    held = set(hold_out(whole, 0.1)) if len(whole) > 1 else ()
    made = {
        "train": tuple(stem for i, stem in enumerate(whole) if i not in held),
        "val": tuple(stem for i, stem in enumerate(whole) if i in held),
    }
    return {name: chosen for name, chosen in made.items() if chosen}


def _sizes(splits):
    """`train 24, val 3`."""
    return ", ".join(f"{name} {len(chosen)}" for name, chosen in splits.items())
