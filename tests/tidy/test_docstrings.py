"""Functions say what they do: each public one has a docstring, and it begins with what the function does."""

import ast
import re
from collections.abc import Iterator

from support import repository
from support.findings import fail_on

# Where a public function says nothing, by file and name → why its reader does not need it.
SILENT: dict[str, str] = {}
# Shown as a command's help, beside others that begin so too.
HELP = {"src/manyeyes/cli/simulate.py calibrate begins 'How often a calibrated thresho'"}
NO_VERBS = (
    *("The", "This", "That", "These", "Those", "It", "A", "An", "One", "Two", "Every", "Each", "All", "Any", "Both"),
    *("No", "Nobody", "Nothing", "Everything", "Everybody", "Somebody", "Whoever", "Whatever", "Our", "Ourselves"),
    *("What", "Which", "How", "Whether", "Where", "When", "While", "Who", "Whom", "Whose", "Why", "False", "True"),
    *("In", "On", "At", "As", "For", "From", "To", "Of", "By", "With", "Without", "Until", "After", "Before", "Like"),
    *("Returns", "Raises", "Yields", "Tells", "Gives", "Makes", "Sends", "Writes", "Takes", "Says", "Runs", "Waits"),
)
FIRST_WORD = re.compile(r"`*([\w'-]+)")
PAGE = re.compile(r"(GET|POST|PUT|DELETE)( or (GET|POST))? /")  # a handler of a page or method: what it answers


def functions(node: ast.AST, within: str = "", *, is_public: bool = True) -> Iterator[tuple[str, ast.AST, bool]]:
    """Yield (dotted name, function, is it public) of all in some code; what is inside of a function is not public."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, repository.FUNCTIONS | ast.ClassDef):
            name, is_open = f"{within}{child.name}", is_public and not child.name.startswith("_")
            is_class = isinstance(child, ast.ClassDef)
            if not is_class:
                yield name, child, is_open
            yield from functions(child, f"{name}.", is_public=is_open and is_class)
        else:
            yield from functions(child, within, is_public=is_public)


def silent(tree: ast.Module) -> list[str]:
    """Return the names of public functions and methods without a docstring, but for overloads."""
    return [name for name, f, is_public in functions(tree) if is_public and not docstring(f) and not is_overload(f)]


def is_overload(function: ast.AST) -> bool:
    decorators = getattr(function, "decorator_list", [])
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in decorators)


def begins_badly(tree: ast.Module) -> list[str]:
    """Return the names of functions, private ones too, whose docstrings begin with another word than a verb."""
    return [
        f"{name} begins {text[:30]!r}" for name, f, _ in functions(tree) if (text := docstring(f)) and no_verb(text)
    ]


def no_verb(text: str) -> bool:
    """Tell whether a docstring begins with one of `NO_VERBS`, or with no English word at all."""
    found = FIRST_WORD.match(text)
    if PAGE.match(text):
        return False
    return found is None or text.startswith("`") or not found[1][0].isupper() or found[1] in NO_VERBS


def docstring(function: ast.AST) -> str:
    assert isinstance(function, repository.FUNCTIONS)
    return ast.get_docstring(function) or ""


def modules() -> list[tuple[str, ast.Module]]:
    """Return every module of the package by its path from the root."""
    return [(repository.name(path), repository.tree(path)) for path in sorted(repository.SOURCE.rglob("*.py"))]


def test_every_public_function_explains_itself():
    found = [f"{path} {name}" for path, tree in modules() for name in silent(tree)]
    fail_on(set(found) - set(SILENT), "say in a docstring what these do, return and raise; or add them to SILENT")


def test_a_docstring_begins_with_what_the_function_does():
    found = [f"{path} {finding}" for path, tree in modules() for finding in begins_badly(tree)]
    fail_on(
        set(found) - HELP, 'begin these with a verb in its base form: "Return …", "Raise …", "Tell whether …", "Lock …"'
    )


def test_no_function_is_exempt_in_vain():
    found = {f"{path} {name}" for path, tree in modules() for name in silent(tree)}
    fail_on(set(SILENT) - found, "these have docstrings now, or are gone: take them out of SILENT")


PLANTED = '''
def bare(): ...
def _private(): ...
def outer():
    """Return nothing."""
    def inner(): ...
class Open:
    def __init__(self): ...
    @property
    def size(self): ...
    def said(self):
        """The size."""
class _Closed:
    def method(self):
        """https alone."""
def page():
    """GET /worker: the page."""
'''


def test_what_is_planted_is_found():
    tree = ast.parse(PLANTED)
    assert silent(tree) == ["bare", "Open.size"]
    assert begins_badly(tree) == ["Open.said begins 'The size.'", "_Closed.method begins 'https alone.'"]
