/** Small words at the top of the page that go away by themselves: what was refused, and who mentioned you elsewhere. */

import * as api from "./api.js";
import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { whenReleased } from "./presses.js";

const STAYS_MS = 8000;

function toast(node) {
  whenReleased(() => {
    $("#toasts").replaceChildren(node); // one at a time: the newest counts
    setTimeout(() => whenReleased(() => node.remove()), STAYS_MS);
  });
}

export function showProblem(error) {
  toast(
    h(
      "div",
      { class: "toast toast-problem", role: "alert" },
      icon("warning"),
      error instanceof api.Refused ? error.message : "That did not work. Try again.",
    ),
  );
}

/** Take away what was said of a mention in this channel, which the member opens now. */
export function forgetMention(channel) {
  $(`#toasts [data-channel="${CSS.escape(channel)}"]`)?.remove();
}

/** Somebody mentioned you where you are not looking; a press goes there. */
export function showMention({ author, channel, place, text, onopen }) {
  const node = h(
    "div",
    { class: "toast", role: "status", dataset: { channel } },
    h(
      "button",
      {
        class: "toast-open",
        type: "button",
        onclick: () => {
          node.remove();
          onopen();
        },
      },
      avatar(author),
      h(
        "span",
        { class: "toast-words" },
        h("strong", {}, `${author.display} · ${place}`),
        h("span", { class: "snippet" }, text),
      ),
    ),
    h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => node.remove() },
      icon("close"),
    ),
  );
  toast(node);
}
