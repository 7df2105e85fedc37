"""Show files that lie outside of docs/ on the site, so that each is kept once.

Pages link to them by `../`, which works on the files themselves; on the site they lie beside the pages.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = ("CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/*.md", "benchmarks/*.png")


def on_files(files: Files, config: Any) -> Files:
    """Add the files that lie outside of the folder of pages."""
    for pattern in OUTSIDE:
        for path in sorted(ROOT.glob(pattern)):
            files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the text of a page with links as they are on the site."""
    return re.sub(r"\]\((?:\.\./|docs/)", "](", markdown)
