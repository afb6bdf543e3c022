"""Holds spec/manifest.json to spec/manifest.schema.json: a key that is misspelt must not be overlooked."""

import difflib
import json
import sys
from pathlib import Path

from .tlc import Misuse

SCHEMA = Path(__file__).resolve().parent.parent / "manifest.schema.json"


def hold(path, data):
    """Nothing, if the data are as the schema has it; else the first thing that is not, in a line."""
    try:
        import jsonschema
    except ImportError:
        raise Misuse(f"{sys.executable} has no jsonschema, which {Path(path).name} is checked with: run ci/setup, "
                     "or install it for this Python") from None
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    wrong = sorted(validator.iter_errors(data), key=lambda error: [(isinstance(x, str), x) for x in error.absolute_path])
    if wrong:
        raise Misuse(f"{path}: {place(data, wrong[0])}{sentence(wrong[0])}")


def place(data, error):
    """The entry, as one looks for it, and the key."""
    keys = list(error.absolute_path)
    said = ""
    if len(keys) > 1 and isinstance(keys[1], int):
        entry = data[keys[0]][keys[1]]
        name = entry.get("name") if isinstance(entry, dict) else None
        said = f"'{name}': " if isinstance(name, str) else f"entry {keys[1] + 1} of \"{keys[0]}\": "
        keys = keys[2:]
    return said + "".join(f"\"{key}\" " if isinstance(key, str) else f"item {key + 1} " for key in keys)


def sentence(error):
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"lacks \"{missing}\""
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        near = difflib.get_close_matches(unknown, known, 1)
        return f"has the key \"{unknown}\", which there is not" + (f": is \"{near[0]}\" meant?" if near else "")
    found = json.dumps(error.instance, ensure_ascii=False)
    found = found if len(found) <= 40 else found[:39] + "…"
    return f"is {found}, and has to be {error.schema.get('description', error.message)}"

