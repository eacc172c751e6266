"""Style sheets and scripts, at addresses that change when they do: a browser asks for them once.

They hold no incident data, so browsers may keep them. Scripts import each other by relative
addresses, so the whole folder shares one mark.
"""

from hashlib import blake2b
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent / "static"
_MARKED = "v-"
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


def _mark_of(folder: Path) -> str:
    digest = blake2b(digest_size=8)
    for file in sorted(folder.iterdir()):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return f"{_MARKED}{digest.hexdigest()}"


_MARK = _mark_of(_FOLDER)
ADDRESS = f"/static/{_MARK}"
"""Of the files as they are in this release."""
SCRIPTS = tuple(sorted(file.stem for file in _FOLDER.glob("*.js") if file.stem != "console"))
"""What `console.js` imports; a page names them all, so that they are fetched side by side."""


class ConsoleFiles(StaticFiles):
    """Serves them below their mark for good, and below any other address to be asked about each
    time: a page of the release before still finds them."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        mark, _, rest = path.partition("/")
        response = await super().get_response(
            rest if mark.startswith(_MARKED) and rest else path, scope
        )
        is_current = mark == _MARK and response.status_code in {200, 304}
        response.headers["Cache-Control"] = _FOR_GOOD if is_current else _ASK_EACH_TIME
        return response
