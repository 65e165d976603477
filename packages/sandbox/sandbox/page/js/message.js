/**
 * One message as an element: who, when, what, and the thread that hangs on it.
 */

import { components, embed } from "./components.js";
import { dots, failureOf } from "./controls.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { attachments } from "./media.js";
import { appTag, avatar, displayName } from "./people.js";
import { isEphemeral, shownAs, snippet, THINKING } from "./snippet.js";
import { threadCard, threadOf } from "./thread_card.js";
import { clock, messageTime } from "./times.js";
import { compareIds, world } from "./world.js";

const COMPONENTS_V2 = 1 << 15;
const THREAD_CREATED = 18;
const REPLY = 19;

/** `compact` leaves out the author, when the message follows one of the same author. */
export function messageElement(message, { compact, inThread, onmenu, onprofile }) {
  if (message.local) return localLine(message);
  if (message.type === THREAD_CREATED || message.type === 6) return systemLine(message);
  const author = shownAs(message.author);
  const time = messageTime(message.timestamp);
  const classes = [
    "message",
    compact && "compact",
    isEphemeral(message) && "ephemeral",
    world.mentionsMe(message) && "pinged",
  ];
  return h(
    "article",
    {
      class: classes.filter(Boolean).join(" "),
      tabindex: "-1",
      dataset: { id: message.id },
      "aria-label": `${author.display}, ${clock(message.timestamp)}`,
    },
    context(message),
    compact
      ? h("span", { class: "gutter-time", "aria-hidden": "true" }, clock(message.timestamp))
      : avatar(author, "message-avatar"),
    h(
      "div",
      { class: "message-body" },
      compact
        ? null
        : h(
            "header",
            { class: "message-head" },
            h(
              "button",
              {
                class: `author${author.bot ? " author-bot" : ""}`,
                type: "button",
                onclick: (event) => onprofile(author, event.currentTarget),
              },
              author.display,
            ),
            author.bot ? appTag() : null,
            time,
          ),
      content(message),
      failureOf(message) ? h("p", { class: "failure", role: "alert" }, icon("warning"), failureOf(message)) : null,
      isEphemeral(message) ? ephemeralFoot(message) : null,
      reactions(message),
      inThread ? null : threadCard(message),
    ),
    h(
      "div",
      { class: "message-tools" },
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": "More actions",
          title: "More actions",
          "aria-haspopup": "menu",
          onclick: (event) => onmenu(message, event.currentTarget),
        },
        icon("more"),
      ),
    ),
  );
}

function content(message) {
  if (message.flags & THINKING) {
    return h("p", { class: "thinking", role: "status" }, dots(), `${displayName(message.author)} is thinking…`);
  }
  if (message.flags & COMPONENTS_V2) return h("div", { class: "parts" }, components(message.components, message));
  const edited =
    message.edited_timestamp && !message.interaction_metadata && !message.interaction
      ? h("span", { class: "edited" }, "(edited)")
      : null;
  const forwarded = (message.message_snapshots ?? []).map((snapshot) =>
    h("blockquote", { class: "forwarded" }, h("div", { class: "small" }, "Forwarded"), content(snapshot.message)),
  );
  return [
    ...forwarded,
    message.content ? h("div", { class: "content" }, markdown(message.content), edited) : null,
    (message.attachments ?? []).length ? attachments(message.attachments) : null,
    (message.embeds ?? []).map(embed),
    (message.components ?? []).length ? h("div", { class: "parts" }, components(message.components, message)) : null,
  ];
}

/** The small line above: which command this answers, or which message it replies to. */
function context(message) {
  const used = message.interaction_metadata ?? message.interaction;
  const name = message.interaction?.name ?? message.interaction_metadata?.name;
  if (used?.user && (message.interaction || used.type === 2) && !message.message_reference) {
    const user = shownAs(used.user);
    return h(
      "div",
      { class: "message-context" },
      avatar(user, "tiny"),
      h("span", { class: "context-name" }, user.display),
      " used ",
      h("span", { class: "command-mention" }, name ? commandMark(name) : "a command"),
    );
  }
  const replied = message.referenced_message;
  if (message.type === REPLY && replied) {
    const user = shownAs(replied.author);
    return h(
      "button",
      {
        class: "message-context",
        type: "button",
        onclick: () => world.tell("open", { channel: replied.channel_id, message: replied.id }),
      },
      avatar(user, "tiny"),
      h("span", { class: "context-name" }, user.display),
      h("span", { class: "snippet" }, snippet(replied)),
    );
  }
  return null;
}

const commandMark = (name) =>
  (world.state.commands ?? []).some((command) => command.name === name && (command.type ?? 1) !== 1)
    ? name
    : `/${name}`;

function ephemeralFoot(message) {
  return h(
    "p",
    { class: "ephemeral-foot" },
    icon("eye"),
    "Only you can see this · ",
    h("button", { class: "text-link", type: "button", onclick: () => world.dismiss(message) }, "Dismiss message"),
  );
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((reaction) =>
      h(
        "span",
        { class: "reaction", role: "img", "aria-label": `${reaction.emoji.name}, ${reaction.count}` },
        reaction.emoji.name,
        " ",
        String(reaction.count),
      ),
    ),
  );
}

function systemLine(message) {
  const author = shownAs(message.author);
  const opened = world.channel(message.message_reference?.channel_id ?? message.id);
  return h(
    "article",
    { class: "system-line", dataset: { id: message.id } },
    icon(message.type === THREAD_CREATED ? "thread" : "info"),
    h(
      "span",
      {},
      h("strong", {}, author.display),
      message.type === THREAD_CREATED ? " started a thread: " : " pinned a message. ",
      opened
        ? h(
            "button",
            { class: "text-link", type: "button", onclick: () => world.tell("open", { channel: opened.id }) },
            opened.name,
          )
        : message.content,
    ),
    messageTime(message.timestamp),
  );
}

/** A command on its way, or one that was never answered: lines of the page's own. */
function localLine(message) {
  const failed = message.local === "failed";
  return h(
    "article",
    {
      class: `message local ephemeral${failed ? " local-failed" : ""}`,
      dataset: { id: message.id },
      "aria-label": failed ? "Failed command" : "Command on its way",
    },
    h(
      "div",
      { class: "message-context" },
      avatar(world.me, "tiny"),
      h("span", { class: "context-name" }, world.me.display),
      " used ",
      h("span", { class: "command-mention" }, message.command),
    ),
    avatar({ bot: true }, "message-avatar"),
    h(
      "div",
      { class: "message-body" },
      h("header", { class: "message-head" }, h("span", { class: "author author-bot" }, world.botName()), appTag()),
      failed
        ? h("p", { class: "failure", role: "alert" }, icon("warning"), message.text)
        : h("p", { class: "thinking", role: "status" }, dots(), "Sending command…"),
      failed ? ephemeralFoot(message) : null,
    ),
  );
}

/** Whether a message may leave out its author after the one before. */
export function follows(message, before) {
  if (!before || message.local || before.local || context(message) || before.type === THREAD_CREATED) return false;
  if (message.channel_id !== before.channel_id || threadOf(before)) return false;
  const near = Date.parse(message.timestamp) - Date.parse(before.timestamp) < 7 * 60 * 1000;
  return (
    near &&
    message.author.id === before.author.id &&
    isEphemeral(message) === isEphemeral(before) &&
    compareIds(message.id, before.id) > 0
  );
}
