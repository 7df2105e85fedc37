"""Take folders called train, val and test as the splits of a data set, and say what lies beside them."""

from collections import Counter, defaultdict

from yolo.data.lists import canonical
from yolo.wording import counted

PARTS = ("train", "val", "test")  # as `lists.canonical` has them
ITSELF = "the folder itself"  # as a place of pictures, in messages


def are_splits(names, beside):
    """Return whether folders are the splits of a data set: not where `train` may be a class among others.

    Args:
        names: the parts that there are folders of.
        beside: whether annotated pictures lie beside these folders.
    """
    return bool(names) and not (beside and set(names) == {"train"})


def by_folder(stems, usable):
    """Return the splits of pictures that lie in folders called train, val and test, a note and a remark.

    There are none where all pictures lie in others, or in one of val and test.

    Args:
        stems: those of all pictures and annotations.
        usable: a set of those that have both.
    """
    found, beside = defaultdict(list), Counter()
    for stem in sorted(stems):
        folder, inside, _ = stem.partition("/")
        if inside and canonical(folder) in PARTS:
            found[canonical(folder)].append(stem)
        elif stem in usable:
            beside[f"{folder}/" if inside else ITSELF] += 1
    if not are_splits(found, beside) or not (beside or "train" in found):
        return {}, (), ()
    sizes = ", ".join(f"{name} {len(found[name])}" for name in PARTS if name in found)
    splits = {name: tuple(chosen) for name, chosen in found.items()}
    return splits, (f"folders taken as the splits {sizes}",), told_beside(beside) if "train" in found else ()


def told_beside(numbers):
    """Return a sentence on annotated pictures that are in no split, where there are any.

    Args:
        numbers: place beside the folders of the splits -> number of pictures; may be empty.
    """
    if not numbers:
        return ()
    total = sum(numbers.values())
    places = ", ".join(f"{place} {number}" for place, number in numbers.items())
    those = f"{counted(total, 'annotated picture')} {'is' if total == 1 else 'are'} in no split"
    return (f"{those}, beside the folders of the splits: {places}; move them into one of these to use them",)


def told_train(names, numbers):
    """Return a note that pictures beside the folders of some splits are for training, where there are any.

    Args:
        names: the splits.
        numbers: as for `told_beside`.
    """
    if not numbers:
        return ()
    named = " and ".join(f"'{name}'" for name in PARTS if name in names)
    return (f"no folder 'train': train {sum(numbers.values())}, all that are not in {named}",)
