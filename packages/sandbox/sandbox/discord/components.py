"""Message components: checked as Discord checks them, and turned from what a bot sends into what Discord answers.

Covers Components V2 and the older action rows. Modals have their own forms; files are looked up through a callable.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.discord.errors import Problems
from sandbox.strict_json import Json

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
TOP_LEVEL_V2 = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
MAX_COMPONENTS, MAX_TEXT, MAX_ROWS, MAX_BUTTONS, MAX_OPTIONS = 40, 4000, 5, 5, 25
LINK_STYLE, PREMIUM_STYLE = 5, 6
LINK_SCHEMES = ("http://", "https://", "discord://")

Path = tuple[str | int, ...]
Media = Callable[[str], dict[str, Any] | None]


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, parents before children, accessories and a label's own component included."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def medias(component: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where an answered component holds media items: pairs of (holder, key)."""
    if component["type"] == MEDIA_GALLERY:
        return [(item, "media") for item in component["items"]]
    key = {THUMBNAIL: "media", FILE: "file"}.get(component["type"])
    return [(component, key)] if key else []


class ComponentForm:
    """One message's components. Faults go to `problems`; `media` finds what a URL names, None where there is no such file."""

    def __init__(self, problems: Problems, media: Media) -> None:
        self._problems = problems
        self._media = media
        self._custom_ids: set[str] = set()
        self._count = 0
        self._text = 0
        self._next_id = 0

    def message(self, components: list[dict[str, Any]], *, v2: bool) -> list[dict[str, Any]]:
        """Return the components as Discord answers them; meaningless when `problems` has grown."""
        path: Path = ("components",)
        limit = MAX_COMPONENTS if v2 else MAX_ROWS
        if len(components) > limit:
            self._problems.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {limit} in length.")
        allowed = TOP_LEVEL_V2 if v2 else (ACTION_ROW,)
        made = self._children(path, components, allowed)
        if self._count > MAX_COMPONENTS:
            self._problems.add(
                path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"The maximum number of components is {MAX_COMPONENTS}."
            )
        if self._text > MAX_TEXT:
            self._problems.add(
                path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"Displayable text must be {MAX_TEXT} or fewer in length."
            )
        return made

    def _children(self, path: Path, components: list[Any], allowed: tuple[int, ...]) -> list[dict[str, Any]]:
        return [self._one((*path, index), component, allowed) for index, component in enumerate(components)]

    def _one(self, path: Path, component: Json, allowed: tuple[int, ...]) -> dict[str, Any]:
        kind = component.get("type") if isinstance(component, dict) else None
        if kind not in allowed:
            choices = ", ".join(map(str, allowed))
            self._problems.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).')
            return {"type": 0, "id": 0}
        self._count += 1
        self._next_id += 1
        made: dict[str, Any] = {"type": kind, "id": component.get("id") or self._next_id}
        return made | _MAKERS[kind](self, path, component)

    def row(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        children = component.get("components") or []
        self._problems.length((*path, "components"), children, 1, MAX_BUTTONS)
        selects = [child for child in children if isinstance(child, dict) and child.get("type") in SELECTS]
        if selects and len(children) > 1:
            self._problems.add(
                (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select takes the whole width of its row."
            )
        return {"components": self._children((*path, "components"), children, (BUTTON, *SELECTS))}

    def custom_id(self, path: Path, component: dict[str, Any]) -> str:
        custom_id = component.get("custom_id")
        self._problems.length((*path, "custom_id"), custom_id, 1, 100)
        if custom_id in self._custom_ids:
            self._problems.add(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._custom_ids.add(str(custom_id))
        return str(custom_id)

    def button(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        style = component.get("style")
        made: dict[str, Any] = {"style": style}
        if style not in {1, 2, 3, 4, LINK_STYLE, PREMIUM_STYLE}:
            self._problems.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
        if style == LINK_STYLE:
            made["url"] = component.get("url")
            self._problems.length((*path, "url"), made["url"], 1, 512)
            if made["url"] and not made["url"].startswith(LINK_SCHEMES):
                self._problems.add(
                    (*path, "url"), "URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("http", "https", "discord").'
                )
            if component.get("custom_id"):
                self._problems.add(
                    (*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link has no custom id"
                )
        elif style != PREMIUM_STYLE:
            made["custom_id"] = self.custom_id(path, component)
        label, emoji = component.get("label"), component.get("emoji")
        if label is not None:
            self._problems.length((*path, "label"), label, 0, 80)
            made["label"] = label
        if emoji:
            made["emoji"] = {"name": emoji.get("name")} | ({"id": str(emoji["id"])} if emoji.get("id") else {})
        if not label and not emoji and style != PREMIUM_STYLE:
            self._problems.add((*path, "label"), "BUTTON_COMPONENT_INVALID_EMPTY", "A button needs a label or an emoji")
        if component.get("disabled"):
            made["disabled"] = True
        return made

    def select(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {
            "custom_id": self.custom_id(path, component),
            "min_values": _given(component, "min_values", 1),
            "max_values": _given(component, "max_values", 1),
        }
        check_choosing(self._problems, path, component, MAX_OPTIONS)
        if component.get("placeholder"):
            made["placeholder"] = component["placeholder"]
        if component.get("disabled"):
            made["disabled"] = True
        if component["type"] == STRING_SELECT:
            made["options"] = select_options(self._problems, path, component.get("options"), 1, MAX_OPTIONS)
        for key in ("default_values", "channel_types"):
            if component.get(key):
                made[key] = component[key]
        return made

    def section(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        texts = component.get("components") or []
        self._problems.length((*path, "components"), texts, 1, 3)
        made: dict[str, Any] = {"components": self._children((*path, "components"), texts, (TEXT_DISPLAY,))}
        if component.get("accessory") is None:
            self._problems.required((*path, "accessory"))
            return made
        return made | {"accessory": self._one((*path, "accessory"), component["accessory"], (BUTTON, THUMBNAIL))}

    def text(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        content = component.get("content")
        self._problems.length((*path, "content"), content, 1, MAX_TEXT)
        self._text += len(content or "")
        return {"content": content}

    def _item(self, path: Path, media: Json, *, own_only: bool = False) -> dict[str, Any] | None:
        url = media.get("url") if isinstance(media, dict) else None
        path = (*path, "url")
        if not isinstance(url, str) or not url:
            self._problems.required(path)
            return None
        self._problems.length(path, url, 1, 2048)
        attached = url.startswith("attachment://")
        if not attached and (own_only or not url.startswith(("https://", "http://"))):
            self._problems.add(path, "URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("attachment",).')
            return None
        found = self._media(url)
        if found is None:
            self._problems.add(
                path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"The referenced attachment {url} was not found"
            )
        return found

    def _described(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        description = component.get("description")
        self._problems.length((*path, "description"), description, 0, 1024)
        return {"description": description, "spoiler": bool(component.get("spoiler"))}

    def thumbnail(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        media = self._item((*path, "media"), component.get("media"))
        return {"media": media} | self._described(path, component)

    def gallery(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        items = component.get("items") or []
        self._problems.length((*path, "items"), items, 1, 10)
        made: list[dict[str, Any]] = []
        for index, item in enumerate(items):
            place = (*path, "items", index)
            made.append({"media": self._item((*place, "media"), item.get("media"))} | self._described(place, item))
        return {"items": made}

    def file(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        media = self._item((*path, "file"), component.get("file"), own_only=True)
        name = ((component.get("file") or {}).get("url") or "").removeprefix("attachment://")
        return {"file": media, "name": name, "size": None, "spoiler": bool(component.get("spoiler"))}

    def separator(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        spacing = _given(component, "spacing", 1)
        if spacing not in {1, 2}:
            self._problems.add((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        return {"divider": _given(component, "divider", default=True), "spacing": spacing}

    def container(self, path: Path, component: dict[str, Any]) -> dict[str, Any]:
        children = component.get("components") or []
        self._problems.length((*path, "components"), children, 1, MAX_COMPONENTS)
        color = component.get("accent_color")
        if color is not None and not (isinstance(color, int) and 0 <= color <= 0xFFFFFF):
            self._problems.add((*path, "accent_color"), "NUMBER_TYPE_MAX", "int value should be between 0 and 16777215.")
        return {
            "accent_color": color,
            "spoiler": bool(component.get("spoiler")),
            "components": self._children((*path, "components"), children, IN_CONTAINER),
        }


def check_choosing(problems: Problems, path: Path, component: dict[str, Any], most: int) -> None:
    """Check how many values may be chosen (`most`, or as many as it has options, at most), and the placeholder's length."""
    low, high = _given(component, "min_values", 1), _given(component, "max_values", 1)
    if not (0 <= low <= most and 1 <= high <= most and low <= high):
        problems.add((*path, "max_values"), "NUMBER_TYPE_MAX", f"min_values and max_values must fit 0 to {most} in order.")
    options = component.get("options")
    if options and max(low, high) > len(options):
        problems.add((*path, "max_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {len(options)}.")
    problems.length((*path, "placeholder"), component.get("placeholder"), 0, 150)


def select_options(problems: Problems, path: Path, options: Json, low: int, high: int) -> list[dict[str, Any]]:
    """Check the options of a select, radio group or checkbox group and return them as they are answered."""
    path = (*path, "options")
    options = options or []
    problems.length(path, options, low, high)
    seen: set[str] = set()
    made: list[dict[str, Any]] = []
    for index, option in enumerate(options):
        for key in ("label", "value"):
            problems.length((*path, index, key), option.get(key), 1, 100)
        problems.length((*path, index, "description"), option.get("description"), 0, 100)
        if option.get("value") in seen:
            problems.add((*path, index, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Option values must be unique")
        seen.add(option.get("value"))
        made.append({key: value for key, value in option.items() if value is not None})
    return made


def _given(component: dict[str, Any], key: str, default: Json) -> Json:
    value = component.get(key)
    return default if value is None else value


_MAKERS: dict[int, Callable[[ComponentForm, Path, dict[str, Any]], dict[str, Any]]] = {
    ACTION_ROW: ComponentForm.row,
    BUTTON: ComponentForm.button,
    SECTION: ComponentForm.section,
    TEXT_DISPLAY: ComponentForm.text,
    THUMBNAIL: ComponentForm.thumbnail,
    MEDIA_GALLERY: ComponentForm.gallery,
    FILE: ComponentForm.file,
    SEPARATOR: ComponentForm.separator,
    CONTAINER: ComponentForm.container,
} | dict.fromkeys(SELECTS, ComponentForm.select)
