"""Makes the file name of a clip from its prompt and settings. `pipeline.finishing`, delivery and Fresh link call it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.domain.job import Job

_WORDS_CHARACTERS: Final = 40
_RESERVED: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")


def clip_filename(job: Job, *, quoted: bool = True) -> str:
    """For example `a-red-kite-over-the-dunes-5s-1080p-2k3f9.mp4`: ASCII, lower case, at most 80 characters.

    The words are the prompt's where it has Latin letters or digits, and name the kind of clip otherwise, or when `quoted` is
    False. The last part is the end of the job's code, so that two clips of one prompt do not overwrite each other in a folder.
    """
    request = job.request
    plain = unicodedata.normalize("NFKD", request.prompt if quoted else "").encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > _WORDS_CHARACTERS:
        words = words[: _WORDS_CHARACTERS + 1].rsplit("-", 1)[0][:_WORDS_CHARACTERS].strip("-")
    if len(words) < 2 or _RESERVED.match(words):
        words = f"clip-from-{request.kind}"
    return f"{words}-{request.duration}s-{request.resolution.lower()}-{job.job_code[-5:]}.mp4"
