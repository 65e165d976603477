"""Checks Discord's limits on the payload of a message or form. Shares no code with the bot, which keeps the limits itself."""

from __future__ import annotations

TEXT = 10
BUTTON = 2
GALLERY = 12
SECTION = 9
ROW = 1


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def every(components):
    for component in components:
        yield component
        yield from every(component.get("components", ()))
        if component.get("accessory"):
            yield from every([component["accessory"]])
        if component.get("component"):
            yield from every([component["component"]])


def text_of(page):
    """All texts of a message, as one string."""
    return "\n".join(each["content"] for each in every(page.to_components()) if each["type"] == TEXT)


def labels_of(page):
    return [each["label"] for each in every(page.to_components()) if each["type"] == BUTTON]


def broken(page):
    """Everything that Discord would refuse about a message; empty if it is fine."""
    parts = list(every(page.to_components()))
    found = [f"{len(parts)} components"] if len(parts) > 40 else []
    total = sum(units(each["content"]) for each in parts if each["type"] == TEXT)
    if total > 4000:
        found.append(f"{total} units of text")
    for each in parts:
        found.extend(_PARTS[each["type"]](each) if each["type"] in _PARTS else ())
    ids = [each["custom_id"] for each in parts if each.get("custom_id")]
    if len(ids) != len(set(ids)):
        found.append("a custom id twice")
    return found


def _text(part):
    if not part["content"]:
        yield "an empty text"


def _row(part):
    if not 1 <= len(part["components"]) <= 5:
        yield f"{len(part['components'])} buttons in a row"


def _section(part):
    if not 1 <= len(part["components"]) <= 3:
        yield "a section of another size"


def _gallery(part):
    if not 1 <= len(part["items"]) <= 10:
        yield f"{len(part['items'])} pictures"
    if any(units(item.get("description") or "") > 1024 for item in part["items"]):
        yield "a long description"


def _button(button):
    if not 1 <= units(button["label"]) <= 80:
        yield "a label of another length"
    if len(button.get("custom_id") or "") > 100:
        yield "a long custom id"
    if len(button.get("url") or "") > 512:
        yield "a long address"


_PARTS = {TEXT: _text, BUTTON: _button, ROW: _row, SECTION: _section, GALLERY: _gallery}


def broken_form(form):
    """Everything that Discord would refuse about a form."""
    sent = form.to_dict()
    found = []
    if not 1 <= units(sent["title"]) <= 45:
        found.append("title")
    if len(sent["custom_id"]) > 100:
        found.append("custom id")
    if not 1 <= len(sent["components"]) <= 5:
        found.append(f"{len(sent['components'])} parts")
    for label in sent["components"]:
        field = label["component"]
        if units(label["label"]) > 45 or units(label.get("description") or "") > 100:
            found.append(f"words of {label['label']}")
        # A value is counted in code points, as Discord's servers count; all else here in UTF-16 units, which are never fewer.
        if units(field.get("placeholder") or "") > 100 or len(field.get("value") or "") > (field.get("max_length") or 4000):
            found.append(f"text of {label['label']}")
        options = field.get("options") or []
        if len(options) > 25 or any(
            units(each["label"]) > 100 or units(each.get("description") or "") > 100 for each in options
        ):
            found.append(f"options of {label['label']}")
        if sum(bool(each.get("default")) for each in options) > (field.get("max_values") or 1):
            found.append(f"defaults of {label['label']}")
    return found
