/**
 * The card of a thread under the message that it hangs on: its name, how much was said, what was said last.
 */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, displayName } from "./people.js";
import { isThread } from "./places.js";
import { isEphemeral, shownAs, snippet } from "./snippet.js";
import { timestamp } from "./times.js";
import { world } from "./world.js";

/** What a thread card shows; also part of the key that says when a message must be drawn anew. */
export function threadOf(message) {
  const thread =
    world.channel(message.id) ?? (message.thread ? (world.channel(message.thread.id) ?? message.thread) : null);
  if (!thread || !isThread(thread)) return null;
  const inside = world.list(thread.id).filter((entry) => entry.author && entry.type !== 21 && !isEphemeral(entry));
  const { count, pings } = world.unread(thread.id);
  return { id: thread.id, name: thread.name, count: inside.length, last: inside.at(-1) ?? null, unread: count, pings };
}

export function threadCard(message) {
  const thread = threadOf(message);
  if (!thread) return null;
  const said = `${thread.count} ${thread.count === 1 ? "message" : "messages"}`;
  return h(
    "button",
    {
      class: `thread-card${thread.unread ? " unread" : ""}`,
      type: "button",
      dataset: { thread: thread.id },
      onclick: () => world.tell("open", { channel: thread.id }),
    },
    h(
      "span",
      { class: "thread-title" },
      icon("thread"),
      h("strong", {}, thread.name),
      h("span", { class: "thread-count" }, said, icon("right")),
      thread.pings
        ? [
            h("span", { class: "ping", "aria-hidden": "true" }, String(thread.pings)),
            h("span", { class: "unseen" }, `${thread.pings} ${thread.pings === 1 ? "mention" : "mentions"}`),
          ]
        : null,
    ),
    thread.last
      ? h(
          "span",
          { class: "thread-last" },
          avatar(shownAs(thread.last.author), "tiny"),
          h("span", { class: "context-name" }, displayName(shownAs(thread.last.author))),
          h("span", { class: "snippet" }, snippet(thread.last)),
          timestamp(Date.parse(thread.last.timestamp) / 1000, "R"),
        )
      : h("span", { class: "thread-last" }, "No messages yet"),
  );
}
