/**
 * What stands inside a line of Discord's markdown: emphasis, code, links, mentions, timestamps, spoilers, escapes.
 * Each rule is tried at the present place only, so hostile text costs no more than its length times the rules.
 */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { isThread } from "./places.js";
import { timestamp } from "./times.js";
import { world } from "./world.js";

const MAX_DEPTH = 12;

const RULES = [
  [/^\\([^A-Za-z0-9\s])/, (match) => match[1]],
  [/^(`{1,2})([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (match) => h("code", { class: "code" }, match[2].trim() || match[2])],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (match) => timestamp(Number(match[1]), match[2])],
  [
    /^<@!?(\d{1,20})>/,
    (match) => mention("@", world.member(match[1])?.display ?? "unknown user", match[1] === world.me?.id),
  ],
  [/^<@&(\d{1,20})>/, (match) => mention("@", world.role(match[1])?.name ?? "deleted role")],
  [/^<#(\d{1,20})>/, (match) => channelLink(match[1])],
  [/^<\/([^:>]{1,100}):\d{1,20}>/, (match) => commandLink(`/${match[1]}`)],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (match) => `:${match[1]}:`],
  [/^@(everyone|here)\b/, (match) => mention("@", match[1])],
  [
    /^\[((?:[^[\]\\]|\\.){1,500})\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\)/,
    (match, depth) => link(match[2], inline(match[1], depth + 1)),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/, (match) => link(match[1], match[1])],
  [/^https?:\/\/[^\s<>]+[^\s<>.,:;"'\])}!?*_~|]/, (match) => link(match[0], match[0])],
  [/^\|\|([\s\S]+?)\|\|/, (match, depth) => spoiler(inline(match[1], depth + 1))],
  [
    /^\*\*\*(?=\S)((?:\\.|[^\\])+?)\*\*\*(?!\*)/,
    (match, depth) => h("strong", {}, h("em", {}, inline(match[1], depth + 1))),
  ],
  [/^\*\*(?=\S)((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (match, depth) => h("strong", {}, inline(match[1], depth + 1))],
  [/^__(?=\S)((?:\\[\s\S]|[^\\])+?)__(?!_)/, (match, depth) => h("u", {}, inline(match[1], depth + 1))],
  [/^~~(?=\S)((?:\\[\s\S]|[^\\])+?)~~/, (match, depth) => h("s", {}, inline(match[1], depth + 1))],
  [/^\*(?=[^\s*])((?:\\[\s\S]|\*\*|[^\\*])+?)\*(?!\*)/, (match, depth) => h("em", {}, inline(match[1], depth + 1))],
  [/^_(?=[^\s_])((?:\\[\s\S]|__|[^\\_])+?)_(?![_\w])/, (match, depth) => h("em", {}, inline(match[1], depth + 1))],
];

const SPECIAL = /[\\`<@[h|*_~]/;

/** Nodes and strings for one run of text; nesting deeper than any writer needs stays as it was typed. */
export function inline(text, depth = 0) {
  if (depth > MAX_DEPTH) return [text];
  const out = [];
  let words = "";
  let before = "";
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    let made = null;
    if (SPECIAL.test(character) && !(character === "_" && /\w/.test(before))) {
      const rest = text.slice(at);
      for (const [pattern, make] of RULES) {
        const match = pattern.exec(rest);
        if (match) {
          made = make(match, depth);
          at += match[0].length;
          before = match[0].at(-1);
          break;
        }
      }
    }
    if (made === null) {
      words += character;
      before = character;
      at += 1;
    } else if (typeof made === "string") {
      words += made;
    } else {
      if (words) out.push(words);
      words = "";
      out.push(made);
    }
  }
  if (words) out.push(words);
  return out;
}

function mention(mark, name, me = false) {
  return h("span", { class: me ? "mention mention-me" : "mention" }, `${mark}${name}`);
}

function channelLink(id) {
  const channel = world.channel(id);
  if (!channel) return mention("#", "unknown");
  const thread = isThread(channel);
  return h(
    "button",
    { class: "mention mention-channel", type: "button", onclick: () => world.tell("open", { channel: id }) },
    icon(thread ? "thread" : "hash"),
    channel.name,
  );
}

/** A press begins the command where one reads its name, as typing it does. */
function commandLink(path) {
  return h(
    "button",
    {
      class: "mention mention-command",
      type: "button",
      onclick: (event) => world.tell("command", { path, aside: Boolean(event.currentTarget.closest("#thread")) }),
    },
    path,
  );
}

function link(url, children) {
  const here = /\/channels\/[^/]+\/(\d+)(?:\/(\d+))?$/.exec(url);
  if (here && world.channel(here[1])) {
    return h(
      "a",
      {
        href: url,
        onclick: (event) => {
          event.preventDefault();
          world.tell("open", { channel: here[1], message: here[2] });
        },
      },
      children,
    );
  }
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
}

function spoiler(children) {
  const hidden = h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: "0",
      "aria-label": "Spoiler, press to show",
      "aria-expanded": "false",
    },
    h("span", { class: "spoiler-text" }, children),
  );
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (event.type === "keydown") event.preventDefault();
    hidden.classList.add("shown");
    hidden.setAttribute("aria-expanded", "true");
    hidden.removeAttribute("aria-label");
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", show);
  return hidden;
}
