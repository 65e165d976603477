/**
 * A list of messages that follows the conversation: drawn by key and in place, so that what did not change stays (and
 * plays on, and keeps the focus), at the bottom unless the reader scrolled away, with days and the first unread marked.
 */

import { pressState } from "./controls.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { keepPlayers } from "./media.js";
import { follows, messageElement } from "./message.js";
import { drawn, hold, patch } from "./patch.js";
import { isThread } from "./places.js";
import { whenReleased } from "./presses.js";
import { threadOf } from "./thread_card.js";
import { day } from "./times.js";
import { compareIds, world } from "./world.js";

const NEAR_BOTTOM_PX = 80;
const KEPT_PLACES = 8; // whose messages stay as they were drawn, clips with the frame that they show

export class Pane {
  channel = null;
  #nodes = new Map();
  #kept = new Map(); // place -> its nodes, of places that were looked at before
  #stick = true;
  #newFrom = null;

  /** `intro(channel)` gives what stands before the first message; `callbacks` go to every message. */
  constructor(root, { intro, callbacks, label }) {
    this.root = root;
    this.intro = intro;
    this.callbacks = callbacks;
    this.inner = h("div", { class: "pane-inner", role: "log", "aria-label": label, "aria-live": "off" });
    this.scroller = h(
      "div",
      { class: "pane-scroll", tabindex: "0", "aria-label": label, role: "region" },
      h("div", { class: "pane-fill" }),
      this.inner,
    );
    this.jump = h(
      "button",
      { class: "jump", type: "button", hidden: true, onclick: () => this.toBottom() },
      "New messages",
      icon("chevron"),
    );
    fill(root, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const follow = new ResizeObserver(() => whenReleased(() => this.#stick && this.toBottom()));
    follow.observe(this.inner);
    follow.observe(this.scroller);
    world.hear("messages", (change) => {
      // Names and links may be others now.
      if (change.all) for (const nodes of this.#kept.values()) for (const entry of nodes.values()) entry.key = null;
      this.draw(change);
    });
    world.hear("state", () => this.draw());
    world.hear("read", () => this.draw());
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  open(channel) {
    const same = this.channel?.id === channel?.id;
    this.channel = channel;
    if (same) return this.draw();
    this.#nodes = this.#kept.get(channel.id) ?? new Map();
    this.#newFrom = channel ? world.readUpTo(channel.id) : null;
    this.#stick = true;
    this.draw();
    this.toBottom();
  }

  /** Show nothing, until a place is opened; `forget` what was drawn, as another member sees other things. */
  close({ forget = false } = {}) {
    this.channel = null;
    if (forget) this.#kept.clear();
  }

  focus() {
    this.scroller.focus({ preventScroll: true });
  }

  #keep() {
    this.#kept.delete(this.channel.id);
    this.#kept.set(this.channel.id, this.#nodes);
    for (const place of this.#kept.keys()) if (this.#kept.size > KEPT_PLACES) this.#kept.delete(place);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const shape = `${scrollHeight} ${clientHeight}`;
    if (shape !== this.shape) {
      this.shape = shape; // the content moved, not the reader
      whenReleased(() => this.#stick && this.toBottom());
      return;
    }
    this.#stick = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (this.#stick) {
      this.jump.hidden = true;
      this.#seen();
    }
  }

  #seen() {
    if (this.channel && this.#stick && document.visibilityState === "visible" && this.root.offsetParent !== null)
      world.markRead(this.channel.id);
  }

  toBottom() {
    this.#stick = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.shape = `${this.scroller.scrollHeight} ${this.scroller.clientHeight}`;
    this.jump.hidden = true;
  }

  /** Bring one message into view and light it up for a moment. */
  show(id) {
    const node = this.inner.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!node) return;
    this.#stick = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("lit");
    node.focus({ preventScroll: true });
    node.addEventListener("animationend", () => node.classList.remove("lit"), { once: true });
  }

  #starter() {
    const thread = this.channel;
    if (!thread || !isThread(thread)) return [];
    const message = world.messages.get(thread.parent_id)?.get(thread.id);
    return message && !world.dismissed.has(message.id) ? [message] : [];
  }

  draw(change = {}) {
    if (!this.channel) return;
    const relevant =
      !change.channel ||
      change.channel === this.channel.id ||
      world.channel(change.channel)?.parent_id === this.channel.id ||
      change.channel === this.channel.parent_id;
    if (!relevant) return;
    const focused = this.inner.contains(document.activeElement) ? document.activeElement : null;
    const article = focused?.closest("article[data-id]");
    const inThread = Boolean(this.channel.parent_id);
    const list = [...this.#starter(), ...world.list(this.channel.id).filter((message) => message.type !== 21)];
    const children = [this.intro(this.channel)];
    const keep = new Map();
    let before = null;
    let marked = false;
    for (const message of list) {
      const today = message.timestamp ? day(message.timestamp) : null;
      if (today && (!before || today !== day(before.timestamp))) children.push(this.#divider(keep, today));
      if (
        !marked &&
        before &&
        !message.local &&
        this.#newFrom &&
        this.#newFrom !== "0" &&
        compareIds(message.id, this.#newFrom) > 0 &&
        message.author?.id !== world.me?.id &&
        message.channel_id === this.channel.id
      ) {
        marked = true;
        children.push(this.#fresh(keep));
      }
      const compact = follows(message, before);
      const key = JSON.stringify([
        message,
        compact,
        inThread ? null : threadOf(message),
        pressState(message),
        world.me?.id,
      ]);
      children.push(this.#node(keep, message, key, { compact, inThread, ...this.callbacks }));
      before = message.local ? before : message;
    }
    this.#nodes = keep;
    this.#keep();
    hold(this.inner, children.filter(Boolean));
    this.#keepFocus(focused, article);
    if (change.mine && change.channel === this.channel.id) this.#stick = true; // the member's own message, or what answers it
    if (this.#stick) this.toBottom();
    else if (change.message && !change.known && change.channel === this.channel.id) this.jump.hidden = false;
    this.#seen();
  }

  #node(keep, message, key, options) {
    const known = this.#nodes.get(message.id);
    if (known?.key === key) {
      keep.set(message.id, known);
      return known.node;
    }
    const fresh = messageElement(message, options);
    const node = known?.node ?? drawn(fresh);
    if (known) keepPlayers(node, () => patch(node, fresh));
    else node.classList.add("arriving");
    keep.set(message.id, { key, node });
    return node;
  }

  /** Where a redraw took the focused element away: focus the new one of its custom id, else its message, else the list. */
  #keepFocus(focused, article) {
    if (!focused || (this.inner.contains(focused) && !focused.matches(":disabled"))) return;
    const name = focused.dataset.customId;
    const again = name ? article?.querySelector(`[data-custom-id="${CSS.escape(name)}"]:not(:disabled)`) : null;
    const left = article && this.inner.contains(article) ? article : this.scroller;
    (again ?? left).focus({ preventScroll: true });
  }

  #divider(keep, text) {
    const id = `day ${text}`;
    const entry = this.#nodes.get(id) ?? { node: h("div", { class: "day", role: "separator" }, h("span", {}, text)) };
    keep.set(id, entry);
    return entry.node;
  }

  #fresh(keep) {
    const entry = this.#nodes.get("fresh") ?? {
      node: h("div", { class: "day fresh", role: "separator" }, h("span", {}, "New")),
    };
    keep.set("fresh", entry);
    return entry.node;
  }
}
