/**
 * What can be done with a message or a member beyond reading: the bot's own context menu commands ("Apps"), and
 * copying. Opened by the right button, a long press, the Menu key or the message's own button.
 */

import { showProblem } from "./toast.js";
import { announce } from "./dom.js";
import { icon } from "./icons.js";
import { snippet } from "./snippet.js";
import { menu } from "./popover.js";
import { menuCommands, run } from "./run.js";
import { world } from "./world.js";

const LONG_PRESS_MS = 500;

async function invoke(command, channel, target) {
  try {
    await run({ channel, command: command.name, target });
  } catch (error) {
    showProblem(error);
  }
}

function apps(type, channel, target) {
  const entries = menuCommands(type).map((command) => ({
    label: command.name,
    icon: icon("app"),
    act: () => invoke(command, channel, target),
  }));
  return entries.length ? [{ heading: "Apps" }, ...entries, { line: true }] : [];
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied`);
  } catch {
    announce("Copying is not allowed here");
  }
}

/** When the menu closes, `back` gets the focus if nothing had it before the menu opened. */
export function messageMenu(message, anchor, back) {
  if (message.local) return;
  menu(
    anchor,
    [
      ...apps(3, message.channel_id, message.id),
      { label: "Copy text", icon: icon("copy"), act: () => copy(message.content || snippet(message), "Text") },
      { label: "Copy message ID", icon: icon("copy"), act: () => copy(message.id, "ID") },
    ],
    "Message actions",
    back,
  );
}

export function memberMenu(user, anchor, channel) {
  menu(
    anchor,
    [
      { heading: user.display },
      ...apps(2, channel, user.id),
      { label: "Copy user ID", icon: icon("copy"), act: () => copy(user.id, "ID") },
    ],
    `${user.display}`,
  );
}

/** Open the message menu where Discord would, for every message inside `root`. */
export function listen(root) {
  const messageAt = (target) => {
    const node = target.closest?.("article.message[data-id]");
    if (!node || target.closest("a, video, textarea, input, dialog")) return null;
    for (const room of world.messages.values()) if (room.has(node.dataset.id)) return room.get(node.dataset.id);
    return null;
  };
  root.addEventListener("contextmenu", (event) => {
    const message = messageAt(event.target);
    if (!message || !getSelection().isCollapsed) return;
    event.preventDefault();
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : event.target;
    messageMenu(message, at, event.target.closest("article"));
  });
  let timer = 0;
  const stop = () => clearTimeout(timer);
  root.addEventListener(
    "touchstart",
    (event) => {
      const message = messageAt(event.target);
      const [touch] = event.touches;
      stop();
      if (message && event.touches.length === 1)
        timer = setTimeout(() => messageMenu(message, { x: touch.clientX, y: touch.clientY }), LONG_PRESS_MS);
    },
    { passive: true },
  );
  for (const type of ["touchend", "touchmove", "touchcancel"]) root.addEventListener(type, stop, { passive: true });
}
