/**
 * Things that float over the page beside what opened them: they close on Escape, on a press elsewhere and when
 * the window changes, and give the focus back.
 */

import { h } from "./dom.js";

const MARGIN = 8;
let present = null;

/**
 * Show `content` above or below `anchor` (an element, or `{x, y}` of the pointer), wherever there is room.
 * `wide` takes the anchor's width; on closing, `back` gets the focus if nothing had it before. Returns a function to close it.
 */
export function popover(anchor, content, { onclose, wide = false, label, back } = {}) {
  present?.();
  const origin = document.activeElement === document.body ? back : document.activeElement;
  const box = h("div", { class: "popover", role: "region", "aria-label": label ?? "Choices" }, content);
  content.setAttribute("aria-label", label ?? "Choices");
  const host = anchor instanceof Element ? (anchor.closest("dialog") ?? document.body) : document.body;
  host.append(box);
  place(anchor, box, wide);

  const close = () => {
    if (present !== close) return;
    present = null;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    removeEventListener("resize", close);
    const inside = box.contains(document.activeElement);
    box.remove();
    if (inside)
      (origin?.isConnected ? origin : anchor instanceof Element ? anchor : document.body).focus?.({
        preventScroll: true,
      });
    onclose?.();
  };
  const outside = (event) => {
    if (!box.contains(event.target) && !(anchor instanceof Element && anchor.contains(event.target))) close();
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  present = close;
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  addEventListener("resize", close);
  return close;
}

function place(anchor, box, wide) {
  const from = anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0);
  if (wide) box.style.setProperty("inline-size", `${Math.max(from.width, 200)}px`);
  box.style.removeProperty("max-block-size");
  box.style.setProperty("left", `${MARGIN}px`); // measured where nothing squeezes it
  const own = box.getBoundingClientRect();
  const below = innerHeight - from.bottom - MARGIN;
  const above = from.top - MARGIN;
  const under = below >= own.height || below >= above;
  box.style.setProperty("max-block-size", `${Math.max(120, (under ? below : above) - MARGIN)}px`);
  const height = Math.min(own.height, under ? below : above);
  const top = under ? from.bottom + 4 : from.top - height - 4;
  const left = Math.min(Math.max(MARGIN, from.left), innerWidth - own.width - MARGIN);
  box.style.setProperty("top", `${Math.max(MARGIN, top)}px`);
  box.style.setProperty("left", `${left}px`);
}

/** A menu of `{label, icon, act, danger}`, `{heading}` and `{line: true}`, moved through with the arrow keys. */
export function menu(anchor, entries, label, back) {
  const list = h("div", { class: "menu", role: "menu" });
  const close = popover(anchor, list, { label, back });
  const items = [];
  for (const entry of entries) {
    if (entry.line) list.append(h("hr", { class: "menu-line" }));
    else if (entry.heading) list.append(h("div", { class: "menu-heading", role: "presentation" }, entry.heading));
    else {
      const item = h(
        "button",
        {
          class: `menu-item${entry.danger ? " danger" : ""}`,
          type: "button",
          role: entry.checked === undefined ? "menuitem" : "menuitemradio",
          "aria-checked": entry.checked === undefined ? null : String(entry.checked),
          tabindex: "-1",
          onclick: () => {
            close();
            entry.act();
          },
        },
        entry.face ?? null,
        h(
          "span",
          { class: "menu-words" },
          h("span", {}, entry.label),
          entry.hint ? h("span", { class: "muted" }, entry.hint) : null,
        ),
        entry.icon ?? null,
      );
      items.push(item);
      list.append(item);
    }
  }
  const go = (item) => {
    for (const one of items) one.tabIndex = one === item ? 0 : -1; // a list that scrolls needs one that Tab could reach
    item?.focus();
  };
  list.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") close();
    if (to === undefined) return;
    event.preventDefault();
    go(items[(to + items.length) % items.length]);
  });
  go(items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0]);
  if (list.parentElement) place(anchor, list.parentElement, false);
  return close;
}
