/**
 * Puts the page together: which channel and thread are open, what hangs where, and what is said when the bot or the
 * sandbox is away. Every part it wires knows only its own work.
 */

import { Composer } from "./composer.js";
import { listen, memberMenu, messageMenu } from "./context_menu.js";
import { $, announce, fill, h, isPhone } from "./dom.js";
import { closeDrawer, openDrawer, shutOff } from "./drawer.js";
import { exampleCards, examplesPopover } from "./examples.js";
import { icon } from "./icons.js";
import { connect } from "./live.js";
import { snippet } from "./snippet.js";
import { openModal } from "./modal.js";
import { Pane } from "./pane.js";
import { holdsPosts, iconOf, isDirect, isThread, nameOf } from "./places.js";
import { drawn, fillAgain, patch } from "./patch.js";
import { botReady, typedCommands } from "./run.js";
import { Sidebar, visibleChannels } from "./sidebar.js";
import { threadCard, threadOf } from "./thread_card.js";
import { forgetMention, showMention } from "./toast.js";
import { world } from "./world.js";

let channel = null;
let thread = null;
let opener = null; // what was pressed to open the thread: there the focus returns
let awaited = null; // the interaction of a pressed example: its thread is opened when it comes
const callbacks = {
  onmenu: messageMenu,
  onprofile: (user, anchor) => memberMenu(user, anchor, (channel ?? thread).id),
};
const settings = {
  channel: () => channel,
  onrun: (interaction) => {
    awaited = isPhone() ? null : interaction;
    pane.toBottom();
  },
};
const pane = new Pane($("#messages"), { intro, callbacks, label: "Messages" });
const side = new Pane($("#thread-messages"), { intro: threadIntro, callbacks, label: "Thread" });
const composer = new Composer($("#composer"), { onexamples: (anchor) => examplesPopover(anchor, settings) });
const threadComposer = new Composer($("#thread-composer"));
const sidebar = new Sidebar({ onopen: open });

let metBot = false;
let head = { place: null, key: "", node: null };

/** The head of a channel; on the first one, the welcome and the examples. Drawn anew only when its words change. */
function intro(place) {
  const words = world.page();
  const posts = holdsPosts(place) ? visibleChannels().posts(place.id) : [];
  const shown = posts.map((post) => [post.id, post.name, post.applied_tags, threadOf(post)]);
  const key = JSON.stringify([place.id, place.name, place.topic, botReady(), words, world.me?.id, shown]);
  if (key === head.key) return head.node;
  const fresh =
    isDirect(place)
      ? directIntro(place)
      : place.id === firstChannel()?.id
        ? welcome(words)
        : holdsPosts(place)
          ? postsIntro(place, posts)
          : plainIntro(place);
  head = { place: place.id, key, node: place.id === head.place ? patch(head.node, fresh) : drawn(fresh) };
  return head.node;
}

/** The text, with a lone `/` drawn as a key. */
const withKeys = (text) => text.split(/(?<=^| )\/(?= |$)/).flatMap((part, at) => (at ? [h("kbd", {}, "/"), part] : [part]));

function welcome(words) {
  return h(
    "section",
    { class: "intro", "aria-labelledby": "welcome-title" },
    h("img", { class: "intro-mark", src: words.icon, alt: "" }),
    h("h2", { id: "welcome-title" }, words.welcome),
    h("p", { class: "intro-lead" }, withKeys(words.lead)),
    exampleCards(settings),
    words.note ? h("p", { class: "intro-note" }, icon("info"), h("span", {}, words.note)) : null,
  );
}

/** Where the page begins: the first channel of the guild that the sandbox has from the start. */
const firstChannel = () => visibleChannels(world.state.guild).text.find((place) => !holdsPosts(place));

/** A forum or media channel: its posts, newest first, with their tags. */
function postsIntro(place, posts) {
  const names = new Map((place.available_tags ?? []).map((tag) => [tag.id, `${tag.emoji_name ?? ""} ${tag.name}`.trim()]));
  const card = (post) =>
    h(
      "li",
      { class: "post" },
      threadCard(post),
      (post.applied_tags ?? []).map((id) => h("span", { class: "post-tag" }, names.get(id) ?? id)),
    );
  return h(
    "section",
    { class: "intro" },
    h("span", { class: "intro-round" }, icon(iconOf(place))),
    h("h2", {}, place.name),
    h("p", { class: "intro-lead" }, posts.length ? "Choose a post to read and write in it." : "No posts yet."),
    h("ul", { class: "posts" }, posts.map(card)),
  );
}

function plainIntro(place) {
  return h(
    "section",
    { class: "intro" },
    h("span", { class: "intro-round" }, icon(iconOf(place))),
    h("h2", {}, `Welcome to #${place.name}`),
    h("p", { class: "intro-lead" }, `This is the start of the #${place.name} channel.`),
  );
}

function directIntro(place) {
  const own = nameOf(place) === world.botName();
  return h(
    "section",
    { class: "intro" },
    own
      ? h("img", { class: "intro-mark", src: world.page().icon, alt: "" })
      : h("span", { class: "intro-round" }, icon("bubble")),
    h("h2", {}, nameOf(place)),
    h(
      "p",
      { class: "intro-lead" },
      own ? `What ${world.botName()} writes to you alone is here.` : `${world.botName()} is not in this conversation.`,
    ),
  );
}

let threadHead = { place: null, name: "", node: null };

function threadIntro({ id, name }) {
  if (threadHead.place !== id || threadHead.name !== name) {
    const mark = h("span", { class: "intro-round" }, icon("thread"));
    const fresh = h("section", { class: "intro intro-thread" }, mark, h("h3", {}, name));
    threadHead = { place: id, name, node: id === threadHead.place ? patch(threadHead.node, fresh) : drawn(fresh) };
  }
  return threadHead.node;
}

/** Go to a channel, a thread (at the side) or a direct message. The focus goes along, unless it opened `byItself`. */
function open(target, { byItself = false } = {}) {
  if (isThread(target)) {
    if (target.id !== thread?.id) opener = byItself ? null : document.activeElement;
    thread = target;
    const parent = world.channel(target.parent_id);
    if (parent && parent.id !== channel?.id) channel = parent;
  } else {
    channel = target;
    if (thread && thread.parent_id !== channel.id) thread = null;
    if (isPhone()) thread = null;
  }
  forgetMention(target.id);
  sidebar.direct = Boolean(channel && isDirect(channel));
  if (channel?.guild_id) world.guild = channel.guild_id;
  const fromDrawer = closeDrawer();
  draw();
  if (byItself) return;
  if (isThread(target)) side.focus();
  else if (fromDrawer || document.activeElement === document.body) pane.focus();
}

/** The focus goes back to what opened the thread, to its card, or to where one writes. */
function closeThread() {
  const card = `#messages [data-thread="${CSS.escape(thread.id)}"]`;
  thread = null;
  draw();
  const back = [opener, $(card), isPhone() ? pane.scroller : composer.box].find((node) =>
    node?.isConnected && node.checkVisibility({ visibilityProperty: true }),
  );
  back?.focus({ preventScroll: true });
}

function draw() {
  const before = channel?.id;
  channel = (channel && world.mayOpen(channel)) ?? firstChannel() ?? visibleChannels().text[0] ?? null;
  thread = (thread && world.channel(thread.id)) ?? null;
  if (channel && channel.id !== before) sidebar.direct = isDirect(channel);
  sidebar.channel = channel;
  sidebar.thread = thread;
  if (!channel) return;
  const topic = channel.topic ? [h("span", { class: "topic" }, channel.topic)] : [];
  const title = h("h1", {}, nameOf(channel));
  fillAgain($("#channel-title"), [icon(iconOf(channel)), title, ...topic]);
  const { badge, note, icon: face, examples } = world.page();
  composer.examples.hidden = !examples.length;
  fill($("#provider"), icon("info"), badge);
  $("#provider").hidden = !badge;
  $("#provider").title = note;
  $("#provider").setAttribute("aria-label", note);
  $("link[rel=icon]").href = face;
  pane.open(channel);
  composer.open(channel);
  $("#composer").hidden = holdsPosts(channel);
  document.body.classList.toggle("thread-open", Boolean(thread));
  $("#thread").hidden = !thread;
  if (thread) {
    fillAgain($("#thread-title"), [icon("thread"), h("h2", { title: thread.name }, thread.name)]);
    side.open(thread);
    threadComposer.open(thread);
  } else {
    side.close();
  }
  shutOff(Boolean(thread));
  banner();
  sidebar.draw();
}

function banner() {
  const online = Boolean(world.state.bot?.online);
  if (online) metBot = true;
  const waiting = metBot
    ? "The bot is offline. Commands work again as soon as it is back."
    : "The bot is starting. Commands work as soon as it is online.";
  const text =
    world.link === "lost"
      ? "The sandbox is away. Connecting again…"
      : world.link === "live" && !online
        ? waiting
        : null;
  $("#banner").hidden = !text;
  fill($("#banner"), text ? [h("span", { class: "spinner", "aria-hidden": "true" }), text] : []);
}

/** A new message is read out where it is seen; a mention elsewhere is shown, once its thread is known. */
function arrived({ message, known }) {
  if (!message || known || message.author.id === world.me?.id) return;
  const author = { ...message.author, display: world.member(message.author.id)?.display ?? message.author.username };
  const seen =
    document.visibilityState === "visible" &&
    (message.channel_id === thread?.id || (message.channel_id === channel?.id && !(isPhone() && thread)));
  if (seen) return announce(`${author.display}: ${snippet(message)}`);
  if (!world.mentionsMe(message) && !world.isMine(message)) return undefined;
  const place = world.channel(message.channel_id);
  if (!place)
    return world.addEventListener("state", () => arrived({ message, known: !world.channel(message.channel_id) }), {
      once: true,
    });
  return showMention({
    author,
    channel: place.id,
    place: nameOf(place),
    text: snippet(message),
    onopen: () => open(place),
  });
}

/** After an example, its thread opens beside the card by itself. */
function openAwaited() {
  if (!awaited || !channel) return;
  const cards = world.messages.get(channel.id);
  const mine = visibleChannels()
    .threads(channel.id)
    .find((place) => JSON.stringify(cards?.get(place.id) ?? "").includes(awaited));
  if (!mine) return;
  awaited = null;
  open(mine, { byItself: true });
}

world.hear("state", () => {
  draw();
  openAwaited();
});
world.hear("link", banner);
world.hear("member", () => {
  thread = null;
  awaited = null;
  for (const one of [pane, side]) one.close({ forget: true });
  closeDrawer();
  connect();
});
world.hear("messages", (change) => {
  if (change.all) draw();
  openAwaited();
  arrived(change);
});
world.hear("modal", openModal);
world.hear("command", ({ path, aside }) => {
  const command = typedCommands().find((one) => one.path === path);
  if (command && aside) threadComposer.start(command);
  else if (command && !$("#composer").hidden) composer.start(command);
});
world.hear("open", async ({ channel: id, message }) => {
  if (!world.channel(id)) await world.refresh().catch(() => {}); // a thread opened just now: its message was heard of before it
  const place = world.channel(id);
  if (place) open(place);
  if (place && message) (place.parent_id ? side : pane).show(message);
});

$(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  if ($("#composer").hidden) pane.focus();
  else composer.focus();
});
$("#menu-button").addEventListener("click", openDrawer);
$("#veil").addEventListener("click", closeDrawer);
$("#thread-close").addEventListener("click", closeThread);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (!closeDrawer() && thread && event.target.closest?.("#thread")) closeThread();
});
for (const root of [$("#messages"), $("#thread-messages")]) listen(root);

addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (document.querySelector("dialog[open]")) return;
  (event.target.closest?.("#thread") ? threadComposer : composer).drop([...event.dataTransfer.files]);
});

connect();
