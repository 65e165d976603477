"""Refusals as Discord writes them: a status, a JSON error code, a message, and for bad forms the tree of fields."""

from typing import Any

from sandbox.strict_json import Json

UNKNOWN: dict[str, tuple[int, str]] = {
    "channel": (10003, "Unknown Channel"),
    "guild": (10004, "Unknown Guild"),
    "member": (10007, "Unknown Member"),
    "message": (10008, "Unknown Message"),
    "role": (10011, "Unknown Role"),
    "user": (10013, "Unknown User"),
    "webhook": (10015, "Unknown Webhook"),
    "interaction": (10062, "Unknown interaction"),
    "emoji": (10014, "Unknown Emoji"),
    "tag": (10087, "Unknown Tag"),
    "command": (10063, "Unknown application command"),
}


class ApiError(Exception):
    """A refused request, ready to be answered."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message} {errors or ''}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


def unknown(what: str) -> ApiError:
    code, message = UNKNOWN[what]
    return ApiError(404, code, message)


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


class Problems:
    """Every fault of one form, each at its field, raised together as Discord does (50035)."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        node = self._tree
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: tuple[str | int, ...]) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: tuple[str | int, ...], value: Json, low: int, high: int) -> None:
        """Check a string's or a list's length, both ends included; a missing value has length 0."""
        size = len(value) if value is not None else 0
        if size == 0 and low > 0:
            self.required(path)
        elif size > high and not isinstance(value, str):
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        elif size > high:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif size < low:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def error(self) -> ApiError:
        return ApiError(400, 50035, "Invalid Form Body", self._tree)

    def raise_any(self) -> None:
        if self._tree:
            raise self.error()

    def __bool__(self) -> bool:
        return bool(self._tree)
