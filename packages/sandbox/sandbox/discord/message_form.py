"""Reads a message as a bot sends it: all its fields checked at once, files taken in, references to them resolved.

Returns what changes on a message; `posting.py` posts it.
"""

from dataclasses import dataclass, field
from typing import IO, Any

from sandbox.discord.channels import Message
from sandbox.discord.components import FILE, TEXT_DISPLAY, ComponentForm, Media, walk
from sandbox.discord.embeds import embeds_of
from sandbox.discord.errors import ApiError, Problems
from sandbox.discord.external_files import ExternalFiles
from sandbox.discord.files import Files, Stored
from sandbox.discord.mentions import Mentions, mentioned

EPHEMERAL, LOADING, HAS_THREAD, SUPPRESS_EMBEDS = 1 << 6, 1 << 7, 1 << 5, 1 << 2
SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 12, 1 << 15
MAX_CONTENT, MAX_FILES = 2000, 10
_V2_FORBIDS = ("content", "embeds", "poll", "sticker_ids")


@dataclass(frozen=True)
class Upload:
    """One part of a multipart request."""

    filename: str
    content_type: str | None
    size: int
    file: IO[bytes]


@dataclass
class Draft:
    """The fields of a message that a request sets; `attachments` are all that the message has afterwards."""

    fields: dict[str, Any]
    attachments: list[Stored]
    added: list[Stored]
    mentions: Mentions
    dropped: list[str] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)
    """Ids of the files that the "components" and the "embeds" of this request name, where it has any."""


class MessageForm:
    """Reads one request body against the message it changes, if any."""

    def __init__(
        self,
        files: Files,
        outside: ExternalFiles,
        body: dict[str, Any],
        uploads: dict[int, Upload],
        place: str,
        before: Message | None = None,
        *,
        unlisted: bool = False,
    ) -> None:
        """`unlisted` lets an edit name files of the message that its `attachments` does not list."""
        self._unlisted = unlisted
        self._files = files
        self._outside = outside
        self._body = body
        self._uploads = uploads
        self._place = place
        self._before = before.data if before else None
        self._files_before = before.files if before else []
        self._problems = Problems()
        self._named: dict[str, set[str]] = {}

    def read(self) -> Draft:
        """Raises ApiError with every fault of the body."""
        self._plain()
        flags = self._flags()
        kept, added, dropped = self._attachments()
        attachments = kept + added
        try:
            fields = self._fields(self._nameable(kept) + added, flags)
            mentions = self._mentions(fields)
            self._problems.raise_any()
            self._not_empty(fields, attachments)
        except ApiError:
            for stored in added:
                self._files.remove(stored.id)
            raise
        return Draft(fields, attachments, added, mentions, dropped, self._named)

    def _plain(self) -> None:
        self._problems.length(("content",), self._body.get("content") or "", 0, MAX_CONTENT)
        for key in ("poll", "sticker_ids"):
            if self._body.get(key):
                self._problems.add((key,), "SANDBOX_DOES_NOT_KNOW", f"the sandbox does not know '{key}'")
        nonce = self._body.get("nonce")
        if isinstance(nonce, str):
            self._problems.length(("nonce",), nonce, 0, 25)

    def _flags(self) -> int:
        flags = int(self._body.get("flags") or 0)
        if self._before is None:
            return flags & (SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2)
        before = self._before["flags"] & ~LOADING
        if "flags" in self._body and self._body["flags"] is not None:
            before = before & ~SUPPRESS_EMBEDS | flags & (SUPPRESS_EMBEDS | COMPONENTS_V2)
        return before

    def _attachments(self) -> tuple[list[Stored], list[Stored], list[str]]:
        """Attachments kept, added and dropped. Ids that match an upload's number describe it; others are kept ones."""
        listed = self._body.get("attachments")
        before = [self._files.get(one) for one in self._files_before]
        held = {stored.id: stored for stored in before if stored}
        kept = dict(held)
        described: dict[int, dict[str, Any]] = {}
        if listed is not None:
            kept = {}
            for index, one in enumerate(listed):
                name = str(one.get("id"))
                if name in held:
                    kept[name] = held[name]
                    if "description" in one:
                        held[name].description = one["description"]
                elif name.isdecimal() and int(name) in self._uploads:
                    described[int(name)] = one
                else:
                    self._problems.add(("attachments", index, "id"), "ATTACHMENT_NOT_FOUND", f"Attachment {name} was not found")
        if len(kept) + len(self._uploads) > MAX_FILES:
            self._problems.add(("files",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")
            return [], [], []
        added = [self._take(number, upload, described.get(number, {})) for number, upload in sorted(self._uploads.items())]
        return list(kept.values()), added, [one for one in held if one not in kept]

    def _nameable(self, kept: list[Stored]) -> list[Stored]:
        """Kept files that components and embeds may name: those listed with id and filename, or with `unlisted` all of them."""
        if self._unlisted:
            return kept
        names = {str(one.get("id")): one.get("filename") for one in self._body.get("attachments") or []}
        return [one for one in kept if names.get(one.id) in {one.filename, one.given_name}]

    def _take(self, number: int, upload: Upload, described: dict[str, Any]) -> Stored:
        self._problems.length(("attachments", number, "description"), described.get("description"), 0, 1024)
        name = described.get("filename") or upload.filename
        stored = self._files.add(name, upload.content_type, upload.file, self._place)
        stored.description = described.get("description")
        return stored

    def _fields(self, nameable: list[Stored], flags: int) -> dict[str, Any]:
        v2 = bool(flags & COMPONENTS_V2)
        if v2:
            for key in _V2_FORBIDS:
                left = (self._before or {}).get(key) if key not in self._body else self._body[key]
                if left:
                    self._problems.add(
                        (key,),
                        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                        f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                    )
        fields: dict[str, Any] = {"flags": flags}
        if "content" in self._body:
            fields["content"] = str(self._body["content"] or "").strip()
        if "embeds" in self._body:
            fields["embeds"] = embeds_of(self._body["embeds"], self._problems, self._medias("embeds", nameable))
        if "components" in self._body:
            form = ComponentForm(self._problems, self._medias("components", nameable))
            fields["components"] = form.message(self._body["components"] or [], v2=v2)
            for component in walk(fields["components"]):
                if component["type"] == FILE and component.get("file") and component["file"].get("attachment_id"):
                    stored = self._files.get(component["file"]["attachment_id"])
                    component["size"] = stored.size if stored else None
        return fields

    def _medias(self, where: str, nameable: list[Stored]) -> Media:
        """What finds the media behind a URL, and notes which of the message's own files `where` names."""
        named = self._named[where] = set()

        def media(url: str) -> dict[str, Any] | None:
            if not url.startswith("attachment://"):
                return self._elsewhere(url)
            name = url.removeprefix("attachment://")
            found = next((one for one in nameable if name in {one.filename, one.given_name}), None)
            if found is None:
                return None
            named.add(found.id)
            return self._files.media(found) | {"attachment_id": found.id}

        return media

    def _elsewhere(self, url: str) -> dict[str, Any]:
        """The media behind a link; Discord knows more of its own files."""
        if self._files.base and url.startswith(self._files.base):
            parts = url.split("?", maxsplit=1)[0].rsplit("/", 2)
            stored = self._files.get(parts[-2]) if len(parts) == 3 else None
            if stored:
                return self._files.media(stored)
        return self._outside.media(url)

    def _mentions(self, fields: dict[str, Any]) -> Mentions:
        before = self._before or {}
        components = fields.get("components", before.get("components", []))
        texts = [fields.get("content", before.get("content", ""))]
        texts += [one.get("content") or "" for one in walk(components) if one["type"] == TEXT_DISPLAY]
        return mentioned(texts, self._body.get("allowed_mentions"), self._problems)

    def _not_empty(self, fields: dict[str, Any], attachments: list[Stored]) -> None:
        before = self._before or {}
        left = [fields.get(key, before.get(key)) for key in ("content", "embeds", "components")]
        if not any(left) and not attachments:
            raise ApiError(400, 50006, "Cannot send an empty message")
