/**
 * What the chosen member knows: guild, channels, members, commands and messages, and what of it is unread.
 * Through `tell` the other modules hear what changed (`state`, `messages`, `read`, `member`, `interaction`, `typing`,
 * `link`) and what is to be done (`open`, `modal`, `command`).
 */

import * as api from "./api.js";
import { whenReleased } from "./presses.js";
import { clockSeen } from "./times.js";

const READ_KEY = "sandbox.read";
const AS_KEY = "sandbox.as";
const PLAIN = { title: "Bot sandbox", welcome: "", lead: "", badge: "", note: "", icon: "/page/pictures/bot.svg", examples: [] };

class World extends EventTarget {
  me = null;
  state = { bot: { online: false }, channels: [], members: [], roles: [], commands: [], guild: {} };
  /** channel id -> Map of message id -> message, oldest first */
  messages = new Map();
  /** Only the page knows these: failed commands and the like, shaped as ephemeral messages. */
  notices = new Map();
  dismissed = new Set();
  link = "connecting";
  /** The id of the guild that is looked at. */
  guild = null;
  #begun = new Map(); // direct messages in which nothing was said yet, which the sandbox does not list
  #read = JSON.parse(localStorage.getItem(READ_KEY) ?? "{}");
  #taken = new Set(); // channels taken as read without having been looked at

  /** Say that something changed; who draws it hears of it as soon as nothing is being pressed. */
  tell(type, detail = {}) {
    whenReleased(() => this.dispatchEvent(new CustomEvent(type, { detail })));
  }

  hear(type, listener) {
    this.addEventListener(type, (event) => listener(event.detail));
  }

  async refresh() {
    const state = await api.state();
    const fresh = Boolean(this.state.channels?.length) && state.channels?.[0]?.id !== this.state.channels[0].id; // another world: begun anew
    this.state = state;
    if (fresh) {
      this.#read = {};
      this.#begun.clear();
    }
    for (const [id, place] of this.#begun) if (!this.channel(id)) state.channels.push(place);
    const wanted =
      this.me?.name ??
      new URLSearchParams(location.search).get("as") ??
      localStorage.getItem(AS_KEY) ??
      "alice";
    this.me = this.people().find((member) => member.name === wanted) ?? this.people()[0] ?? null;
    this.tell("state");
  }

  /** Guilds that the member is in. If the sandbox sent no list of guilds, its first guild is the only one. */
  guilds() {
    const all = this.state.guilds ?? [this.state.guild];
    const mine = this.me?.guilds;
    return mine ? all.filter((guild) => mine.includes(guild.id)) : all;
  }

  /** The guild that is looked at, one that the member is in. */
  here() {
    const mine = this.guilds();
    return mine.find((guild) => guild.id === this.guild) ?? mine[0] ?? this.state.guild;
  }

  /** Members that a person can be: everyone but the bot. */
  people() {
    return (this.state.members ?? []).map(person).filter((member) => !member.bot);
  }

  everyone() {
    return (this.state.members ?? []).map(person);
  }

  botName() {
    return this.bot()?.display ?? "Bot";
  }

  /** How the page greets and looks, as the world's file has it. */
  page() {
    return this.state.page ?? PLAIN;
  }

  /** The bot that is served here; other applications' bots are members like any. */
  bot() {
    const { user } = this.state.bot ?? {};
    return this.member(user?.id) ?? (user ? person(user) : null);
  }

  /** Whether this user is the bot itself; one without an id is meant as it. */
  isOurs(user) {
    return Boolean(user?.bot) && (!user.id || user.id === this.state.bot?.user?.id);
  }

  /** Read what the member sees; what is new to this page counts as read, or a first visit would be all mentions. */
  async readAll() {
    const { me } = this;
    const answer = await api.everything(me.id);
    if (this.me !== me) return; // someone else meanwhile
    this.messages.clear();
    for (const channel of answer.channels) {
      this.messages.set(channel.id, new Map(channel.messages.map((message) => [message.id, message])));
    }
    for (const id of this.messages.keys()) {
      if (this.#key(id) in this.#read) continue;
      this.markRead(id);
      this.#taken.add(id);
    }
    for (const room of this.messages.values()) for (const message of room.values()) clockSeen(message.timestamp);
    this.tell("messages", { all: true });
  }

  /** `known` is false for a message that was written just now; if `readAll` has counted it as read, it is unread again. */
  put(message, known = true) {
    const { id, channel_id: channel } = message;
    const room = this.messages.get(channel) ?? new Map();
    this.messages.set(channel, room);
    room.set(id, message);
    clockSeen(message.timestamp);
    if (!known && this.#taken.has(channel) && compareIds(id, this.readUpTo(channel)) <= 0)
      this.#keepRead(channel, newest([...room.keys()].filter((other) => compareIds(other, id) < 0)));
    this.tell("messages", { channel, message, known, mine: !known && this.isMine(message) });
  }

  /** A channel that the member sees from now on, as a new one. */
  see(channel) {
    if (!this.messages.has(channel)) this.messages.set(channel, new Map());
  }

  drop(channel, id) {
    this.messages.get(channel)?.delete(id);
    this.tell("messages", { channel });
  }

  dismiss(message) {
    this.dismissed.add(message.id);
    for (const notices of this.notices.values()) notices.delete(message.id);
    this.tell("messages", { channel: message.channel_id });
  }

  /** Show a line that only this page knows, such as a command on its way. */
  notice(channel, id, value) {
    const room = this.notices.get(channel) ?? new Map();
    this.notices.set(channel, room);
    if (value) room.set(id, { id, channel_id: channel, ...value });
    else room.delete(id);
    this.tell("messages", { channel, mine: Boolean(value) });
  }

  list(channel) {
    const kept = [...(this.messages.get(channel)?.values() ?? [])].filter((message) => !this.dismissed.has(message.id));
    kept.sort((a, b) => compareIds(a.id, b.id));
    return [...kept, ...(this.notices.get(channel)?.values() ?? [])];
  }

  channel(id) {
    return (this.state.channels ?? []).find((channel) => channel.id === id) ?? null;
  }

  /** The place as it is now, if it is still there and the member sees it. */
  mayOpen({ id }) {
    const place = this.channel(id);
    if (!place) return null;
    if (place.type === 1 || place.type === 3) return place.recipients?.some((user) => user.id === this.me?.id) ? place : null;
    return this.messages.size === 0 || this.messages.has(id) ? place : null;
  }

  /** The member's direct message with the bot, begun if there is none yet. Rejects with `api.Refused`. */
  async directWithBot() {
    const made = await api.direct(this.me.id);
    this.#begun.set(made.id, made);
    this.see(made.id);
    if (!this.channel(made.id)) this.state.channels.push(made);
    return made;
  }

  role(id) {
    return (this.state.roles ?? []).find((role) => role.id === id) ?? null;
  }

  member(id) {
    return this.everyone().find((member) => member.id === id) ?? null;
  }

  #key(channel) {
    return `${this.me?.id}:${channel}`;
  }

  markRead(channel) {
    this.#taken.delete(channel);
    const last = newest([...(this.messages.get(channel)?.keys() ?? [])]);
    if (this.#read[this.#key(channel)] === last) return;
    this.#keepRead(channel, last);
    this.tell("read");
  }

  #keepRead(channel, id) {
    this.#read[this.#key(channel)] = id;
    localStorage.setItem(READ_KEY, JSON.stringify(this.#read));
  }

  readUpTo(channel) {
    return this.#read[this.#key(channel)] ?? "0";
  }

  /** How many messages here are new, and how many of them mention the member. */
  unread(channel) {
    const upTo = this.readUpTo(channel);
    const fresh = this.list(channel).filter(
      (message) => message.author && compareIds(message.id, upTo) > 0 && message.author.id !== this.me?.id,
    );
    const direct = [1, 3].includes(this.channel(channel)?.type);
    return { count: fresh.length, pings: fresh.filter((message) => direct || this.mentionsMe(message)).length };
  }

  /** Whether the member wrote it, or it answers what they did. */
  isMine(message) {
    const asked = message.interaction_metadata ?? message.interaction;
    return Boolean(this.me) && [message.author?.id, asked?.user?.id].includes(this.me.id);
  }

  mentionsMe(message) {
    return (message.mentions ?? []).some((user) => user.id === this.me?.id) || message.mention_everyone === true;
  }

  become(member) {
    this.me = member;
    this.dismissed.clear();
    this.notices.clear();
    this.messages.clear();
    this.#taken.clear();
    localStorage.setItem(AS_KEY, member.name);
    this.tell("state");
    this.tell("member");
  }
}

/** Snowflakes are longer than a double can hold; compare them as text. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

const newest = (ids) => ids.sort(compareIds).at(-1) ?? "0";

/** One shape for a guild member, whether the user is nested or flat. */
function person(member) {
  const user = member.user ?? member;
  const name = user.username ?? member.name ?? user.name;
  return {
    id: user.id ?? member.id,
    name,
    display: member.nick ?? user.global_name ?? member.display_name ?? name,
    bot: Boolean(user.bot ?? member.bot),
    roles: member.roles ?? [],
    guilds: member.guilds ?? null,
    locale: member.locale ?? null,
  };
}

export const world = new World();
