"""The one kind of progress bar: on a terminal only, gone when the work is done, absent where it is short."""

from tqdm import tqdm


def bar(items=None, **settings):
    """A tqdm bar over `items`, or one to be updated by hand, with tqdm's own `settings`."""
    return tqdm(items, **{"leave": False, "disable": None, "delay": 1, "unit": "picture"} | settings)
