/**
 * The left of the page: server rail, channels with their threads, direct messages, and who you are.
 */

import { $, h, isPhone } from "./dom.js";
import { icon } from "./icons.js";
import { fillAgain } from "./patch.js";
import { avatar } from "./people.js";
import { called, iconOf, isCategory, isDirect, isThread, kindOf, nameOf } from "./places.js";
import { menu } from "./popover.js";
import { showProblem } from "./toast.js";
import { world } from "./world.js";

const faceOf = (channel) =>
  nameOf(channel) === world.botName() ? avatar({ bot: true }, "small") : icon(channel.type === 3 ? "people" : "bubble");
const archived = (channel) => Boolean(channel.thread_metadata?.archived ?? channel.archived);
const ofMine = (channel) =>
  isDirect(channel) &&
  (!channel.recipients?.length || channel.recipients.some((user) => (user.id ?? user) === world.me?.id));
const byPosition = (a, b) => (a.position ?? 0) - (b.position ?? 0);

/** The channels whose messages the sandbox gives to the member. The sandbox checks permissions; the page does not. */
export function visibleChannels(guild = world.here()) {
  const all = world.state.channels ?? [];
  const seen = (channel) => world.messages.size === 0 || world.messages.has(channel.id);
  const inside = (channel) => channel.type !== 12 || seen(channel) || (channel.member_ids ?? []).includes(world.me?.id);
  const own = all.filter((channel) => !isThread(channel) && !isDirect(channel) && channel.guild_id === guild?.id);
  const shown = own.filter((channel) => !isCategory(channel) && seen(channel)).sort(byPosition);
  const groups = own.filter(isCategory).sort(byPosition);
  return {
    text: [null, ...groups.map((group) => group.id)].flatMap((id) =>
      shown.filter((channel) => (channel.parent_id ?? null) === id),
    ),
    groups,
    /** Newest first, so that a new one is in sight. */
    threads: (parent) =>
      all
        .filter((channel) => isThread(channel) && channel.parent_id === parent && !archived(channel) && inside(channel))
        .reverse(),
    posts: (parent) => all.filter((channel) => isThread(channel) && channel.parent_id === parent).reverse(),
    direct: all.filter(ofMine),
  };
}

const sum = (list) => list.reduce((total, channel) => total + world.unread(channel.id).pings, 0);

function pingsIn(guild) {
  const { text, threads } = visibleChannels(guild);
  return sum([...text, ...text.flatMap((channel) => threads(channel.id))]);
}

export class Sidebar {
  direct = false;
  channel = null;
  thread = null;
  #inSight = null; // the open place whose row was brought into sight

  constructor({ onopen }) {
    this.onopen = onopen;
    for (const type of ["state", "messages", "read", "member"]) world.hear(type, () => this.#soon());
  }

  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { text, groups, threads, direct } = visibleChannels();
    const directPings = sum(direct);
    const guildPings = world.guilds().reduce((total, guild) => total + pingsIn(guild), 0);
    this.#rail(directPings);
    $("#guild-name").textContent = this.direct ? "Direct Messages" : (world.here()?.name ?? "Sandbox");
    const list = this.direct
      ? this.#directList(direct)
      : [null, ...groups].map((group) => this.#group(group, text, threads));
    fillAgain($("#channels"), [list].flat(3));
    const open = this.thread?.id ?? this.channel?.id;
    const row = open === this.#inSight ? null : $(`#channels .channel-row[data-channel="${CSS.escape(open ?? "")}"]`);
    row?.scrollIntoView({ block: "nearest" });
    this.#inSight = open;
    this.#me();
    const total = guildPings + directPings;
    const name = this.channel ? called(this.channel) : "#";
    document.title = `${total ? `(${total}) ` : ""}${name} · ${world.page().title}`;
    const unread = [...text, ...direct].some(
      (channel) => channel.id !== this.channel?.id && world.unread(channel.id).count,
    );
    $("#menu-button").classList.toggle("has-news", unread || total > 0);
  }

  /** The channels of one category, or those of none. */
  #group(group, text, threads) {
    const inside = text.filter((channel) => (channel.parent_id ?? null) === (group?.id ?? null));
    if (!inside.length) return [];
    const title = h("div", { class: "channel-group" }, group?.name ?? "Text channels");
    return [title, inside.map((channel) => this.#entry(channel, threads(channel.id)))];
  }

  #rail(directPings) {
    const home = this.#railItem({
      label: "Direct Messages",
      active: this.direct,
      pings: directPings,
      face: icon("bubble"),
      onclick: () => this.#show(true),
    });
    const guilds = world.guilds().map((guild) =>
      this.#railItem({
        label: guild?.name ?? "Server",
        active: !this.direct && guild?.id === world.here()?.id,
        pings: pingsIn(guild),
        face:
          guild?.id === world.state.guild?.id
            ? h("img", { src: world.page().icon, alt: "" })
            : h("span", { class: "rail-letters", "aria-hidden": "true" }, (guild?.name ?? "?").slice(0, 2)),
        onclick: () => {
          world.guild = guild?.id ?? null;
          this.#show(false);
        },
      }),
    );
    fillAgain($("#rail"), [home, h("div", { class: "rail-line" }), ...guilds]);
  }

  #railItem({ label, active, pings, face, onclick }) {
    return h(
      "button",
      {
        class: `rail-item${active ? " active" : ""}`,
        type: "button",
        title: label,
        "aria-label": pings ? `${label}, ${pings} ${pings === 1 ? "mention" : "mentions"}` : label,
        "aria-current": active ? "true" : null,
        onclick,
      },
      h("span", { class: "rail-face" }, face),
      pings ? h("span", { class: "ping", "aria-hidden": "true" }, String(pings)) : null,
    );
  }

  /** Show a guild or the direct messages: the list and its first place. On a phone, which the list fills, only the list. */
  async #show(direct) {
    this.direct = direct;
    this.draw();
    if (direct) await world.directWithBot().catch(showProblem);
    const { text, direct: dms } = visibleChannels();
    const first = direct ? dms[0] : text[0];
    if (first && !isPhone() && this.direct === direct) this.onopen(first);
    else this.draw();
  }

  #entry(channel, threads) {
    return h(
      "div",
      { class: "channel-block", dataset: { channel: channel.id } },
      this.#row(channel, icon(iconOf(channel))),
      threads.length
        ? h(
            "div",
            { class: "thread-rows" },
            threads.map((thread) => this.#row(thread, null)),
          )
        : null,
    );
  }

  #directList(direct) {
    if (direct.length)
      return direct.map((channel) => this.#row(channel, faceOf(channel), nameOf(channel)));
    return h(
      "p",
      { class: "muted pad" },
      `No direct messages yet. When ${world.botName()} writes to you alone, it arrives here.`,
    );
  }

  #row(channel, face, name = channel.name) {
    const { count, pings } = world.unread(channel.id);
    const active = channel.id === this.channel?.id || channel.id === this.thread?.id;
    const kind = kindOf(channel) ? `, ${kindOf(channel)}` : "";
    const state = pings ? `, ${pings} ${pings === 1 ? "mention" : "mentions"}` : count ? ", unread" : "";
    return h(
      "button",
      {
        class: `channel-row${active ? " active" : ""}${count && !active ? " unread" : ""}`,
        type: "button",
        dataset: { channel: channel.id },
        "aria-current": active ? "true" : null,
        "aria-label": `${name}${kind}${state}`,
        title: name,
        onclick: () => this.onopen(channel),
      },
      face,
      h("span", { class: "channel-name" }, name),
      pings ? h("span", { class: "ping", "aria-hidden": "true" }, String(pings)) : null,
    );
  }

  #me() {
    const { me } = world;
    if (!me) return;
    const roles = me.roles.map((role) => world.role(role)?.name ?? role).filter((name) => name && name !== "@everyone");
    const button = h(
      "button",
      {
        class: "me-button",
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": `You are ${me.display}. Change member`,
        onclick: (event) => this.#switch(event.currentTarget),
      },
      avatar(me, "me-avatar"),
      h(
        "span",
        { class: "me-words" },
        h("strong", {}, me.display),
        h("span", { class: "muted" }, roles.length ? roles.join(", ") : "Change member"),
      ),
      icon("chevron", "me-arrow"),
    );
    fillAgain($("#me"), [button]);
  }

  #switch(anchor) {
    const entries = world.people().map((member) => {
      const roles = member.roles.map((role) => world.role(role)?.name ?? role).filter((name) => name !== "@everyone");
      return {
        label: member.display,
        hint: roles.join(", "),
        face: avatar(member, "small"),
        checked: member.id === world.me?.id,
        icon: member.id === world.me?.id ? icon("check") : null,
        act: () => world.become(member),
      };
    });
    menu(anchor, [{ heading: "You are…" }, ...entries], "Change member");
  }
}
