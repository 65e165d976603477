/**
 * A modal that a command or a button opened: title, fields, Cancel and Submit. Nothing typed is lost while the bot
 * has not taken it.
 */

import * as api from "./api.js";
import { dots } from "./controls.js";
import { append, fill, freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { outcome } from "./live.js";
import { modalFields } from "./modal_fields.js";
import { avatar } from "./people.js";
import { world } from "./world.js";

/** Show `modal` (Discord's payload), opened by the interaction with this id. */
export function openModal({ interaction, modal, channel }) {
  const titleId = freshId("modal-title");
  const { nodes, fields } = modalFields(modal.components ?? []);
  const note = h("div", { class: "modal-note", role: "alert", hidden: true });
  const submit = h(
    "button",
    { class: "button button-primary", type: "submit" },
    h("span", { class: "button-face" }, "Submit"),
  );
  const cancel = h("button", { class: "button button-plain", type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = h(
    "form",
    {
      class: "modal-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
    },
    h(
      "header",
      { class: "modal-head" },
      avatar({ bot: true }, "small"),
      h("h2", { id: titleId }, modal.title),
      h(
        "button",
        { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => dialog.close() },
        icon("close"),
      ),
    ),
    append(h("div", { class: "modal-body" }), [note, nodes]),
    h("footer", { class: "modal-foot" }, cancel, submit),
  );
  const dialog = h("dialog", { class: "modal", "aria-labelledby": titleId }, form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    // What opened it may be gone by now, as a draft's button is once the draft was taken.
    if (document.activeElement === document.body)
      [...document.querySelectorAll(".pane-scroll")].findLast((pane) => pane.checkVisibility())?.focus({ preventScroll: true });
  });
  dialog.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    const open = fields.find((field) => field.files?.room > 0);
    if (files.length && open) {
      event.preventDefault();
      open.files.add(files);
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();

  function say(text) {
    note.hidden = !text;
    fill(note, text ? [icon("warning"), h("span", {}, text)] : []);
    if (text) note.scrollIntoView({ block: "nearest" });
  }

  async function send() {
    if (submit.classList.contains("busy")) return;
    const wrong = fields.filter((field) => field.check());
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    say(null);
    submit.classList.add("busy");
    submit.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
    submit.append(dots());
    try {
      const values = {};
      for (const field of fields) {
        const value = await field.value();
        if (value !== undefined) values[field.id] = value;
      }
      const answer = await api.modal(world.me.id, interaction, values);
      const record = await outcome(answer.interaction);
      if (record.state === "failed") say("Something went wrong. Try again.");
      else dialog.close();
      if (record.state === "modal") openModal({ interaction: answer.interaction, modal: record.modal, channel });
    } catch (error) {
      say(error instanceof api.Refused ? error.message : "Something went wrong. Try again.");
    }
    submit.classList.remove("busy");
    submit.removeAttribute("aria-disabled");
    submit.querySelector(".dots")?.remove();
  }
}
