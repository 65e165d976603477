/**
 * A select: a button that shows what is chosen and opens a list. One choice closes it; several are ticked and
 * sent when it closes. Arrow keys, Home, End, Enter, Space and Escape work.
 */

import { $, freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { popover } from "./popover.js";

/** `onpick` gets the list of chosen values. `labelledby` names the select in a form. */
export function pick({ options, placeholder, picked, min, max, disabled, busy, customId, onpick, labelledby }) {
  let values = [...picked];
  const several = max > 1;
  const drawn = h(
    "button",
    {
      class: `picker${busy ? " busy" : ""}`,
      type: "button",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-busy": busy ? "true" : null,
      "aria-disabled": busy ? "true" : null,
      "aria-label": labelledby ? null : placeholder,
      "aria-labelledby": labelledby ?? null,
      disabled,
      dataset: { customId: customId ?? "" },
      onclick: (event) => open(event.currentTarget),
      onkeydown: (event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        open(event.currentTarget);
      },
    },
    h("span", { class: "picker-face" }),
    icon("chevron", "picker-arrow"),
  );

  function show(root) {
    const face = $(".picker-face", root);
    const words = values.map((value) => options.find((option) => option.value === value)?.label).filter(Boolean);
    face.textContent = words.join(", ") || placeholder;
    face.classList.toggle("empty", !words.length);
  }

  /** `root` is the button that was pressed: the one drawn here, or one that stood already and does what this one does. */
  function open(root) {
    if (busy) return;
    const before = values.join("\n");
    const list = h("div", {
      class: "picker-list",
      role: "listbox",
      id: freshId("choices"),
      tabindex: "-1",
      "aria-multiselectable": several ? "true" : null,
    });
    const close = popover(root, list, {
      wide: true,
      label: placeholder,
      onclose: () => {
        root.setAttribute("aria-expanded", "false");
        root.removeAttribute("aria-controls");
        if (several && values.join("\n") !== before && values.length >= min) onpick(values);
      },
    });
    root.setAttribute("aria-expanded", "true");
    root.setAttribute("aria-controls", list.id);
    const items = options.map((option) =>
      h(
        "div",
        {
          class: "picker-option",
          role: "option",
          tabindex: "-1",
          id: freshId("option"),
          "aria-selected": String(values.includes(option.value)),
          onclick: () => choose(option),
        },
        option.emoji ? h("span", { class: "picker-emoji", "aria-hidden": "true" }, option.emoji.name) : null,
        h(
          "span",
          { class: "picker-words" },
          h("span", {}, option.label),
          option.description ? h("span", { class: "muted" }, option.description) : null,
        ),
        h("span", { class: "picker-tick", "aria-hidden": "true" }, icon("check")),
      ),
    );
    list.append(...items);
    if (!items.length) list.append(h("p", { class: "muted pad" }, "Nothing to choose from."));
    list.addEventListener("keydown", (event) => keys(event, items, close));
    (items.find((item) => item.getAttribute("aria-selected") === "true") ?? items[0] ?? list).focus();

    function choose(option) {
      if (!several) {
        values = [option.value];
        show(root);
        close();
        onpick(values);
        return;
      }
      if (values.includes(option.value)) values = values.filter((value) => value !== option.value);
      else if (values.length < max) values = [...values, option.value];
      items.forEach((item, at) => item.setAttribute("aria-selected", String(values.includes(options[at].value))));
      show(root);
    }
  }

  show(drawn);
  return drawn;
}

function keys(event, items, close) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length]?.focus();
  else if (event.key === "Enter" || event.key === " ") items[at]?.click();
  else if (event.key === "Tab") close();
  else return;
  event.preventDefault();
}
