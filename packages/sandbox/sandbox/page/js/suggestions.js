/**
 * The list above the composer: commands, choices, autocompletion. The typing field keeps the focus; arrow keys move
 * the active line, Enter or Tab take it.
 */

import { fill, freshId, h } from "./dom.js";

export class Suggestions {
  items = [];
  active = -1;

  constructor() {
    this.head = h("div", { class: "suggest-head" });
    this.list = h("div", {
      class: "suggest-list",
      role: "listbox",
      id: freshId("suggestions"),
      "aria-label": "Suggestions",
    });
    this.element = h("div", { class: "suggest", hidden: true }, this.head, this.list);
    this.element.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays where one types
  }

  /** `items` are `{label, hint, face, mark, take}`, the first of them marked; `head` is a node or text above them. */
  show(input, head, items) {
    this.input = input;
    this.items = items;
    fill(this.head, head);
    this.head.hidden = !head;
    fill(
      this.list,
      items.map((item) =>
        h(
          "div",
          { class: "suggest-item", role: "option", id: freshId("suggestion"), onclick: () => item.take() },
          item.face ?? null,
          h(
            "span",
            { class: "suggest-words" },
            h("span", { class: "suggest-label" }, item.label),
            item.hint ? h("span", { class: "muted" }, item.hint) : null,
          ),
          item.mark ? h("span", { class: "muted suggest-mark" }, item.mark) : null,
        ),
      ),
    );
    this.list.hidden = !items.length;
    this.element.hidden = !head && !items.length;
    this.#expanded(items.length > 0);
    input.setAttribute("aria-controls", this.list.id);
    this.#mark(items.length ? 0 : -1);
  }

  hide() {
    this.element.hidden = true;
    this.items = [];
    this.active = -1;
    this.#expanded(false);
    this.input?.removeAttribute("aria-activedescendant");
  }

  /** Only a combobox is open or closed; a box of several lines is none. */
  #expanded(is) {
    if (this.input?.getAttribute("role") === "combobox") this.input.setAttribute("aria-expanded", String(is));
  }

  #mark(at) {
    this.active = at;
    [...this.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    const node = this.list.children[at];
    if (node) {
      this.input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else {
      this.input?.removeAttribute("aria-activedescendant");
    }
  }

  /** True when the key was for the list. */
  key(event) {
    if (this.element.hidden || !this.items.length || event.isComposing) return false;
    const count = this.items.length;
    if (event.key === "ArrowDown") this.#mark((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.#mark((this.active - 1 + count) % count);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.active >= 0)
      this.items[this.active].take();
    else return false;
    event.preventDefault();
    return true;
  }
}
