"""The modules of a page are named by what is in them, with those that they import, once they are collected."""

import re
import shutil
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from workbench.static_files import ModuleStaticFilesStorage

STATIC = Path(__file__).resolve().parents[3] / "annotations/web/static"
FOLDER = "annotations/adjudication"


def collect(root: Path) -> dict[str, str]:
    """Each module under its name and the name under which it is served."""
    names = [f"{FOLDER}/{path.name}" for path in (STATIC / FOLDER).glob("*.js")]
    source = FileSystemStorage(root)
    storage = ModuleStaticFilesStorage(location=root, base_url="/static/")
    served = {}
    for name, served_as, problem in storage.post_process({name: (source, name) for name in names}):
        assert not isinstance(problem, Exception), problem
        if served_as.endswith(".js"):  # and not its compressed copy
            served[name] = served_as
    return served


def test_a_module_that_changes_gives_those_that_import_it_another_name(tmp_path: Path) -> None:
    shutil.copytree(STATIC / FOLDER, tmp_path / FOLDER)
    before = collect(tmp_path)
    main = (tmp_path / before[f"{FOLDER}/main.js"]).read_text(encoding="utf-8")
    imported = re.findall(r'from "\./([^"]+)"', main)
    assert imported
    assert {f"{FOLDER}/{name}" for name in imported} <= set(before.values())
    with (tmp_path / FOLDER / "keys.js").open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    after = collect(tmp_path)
    changed = {name.removeprefix(f"{FOLDER}/") for name in before if before[name] != after[name]}
    assert changed == {"keys.js", "main.js"}
