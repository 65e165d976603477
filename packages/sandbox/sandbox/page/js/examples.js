/**
 * The ready examples of the world's file: a press runs the command as it would be typed, pictures included, so that a newcomer
 * has seen the bot work within a minute.
 */

import * as api from "./api.js";
import { $, announce, h } from "./dom.js";
import { icon } from "./icons.js";
import { keepWhole } from "./patch.js";
import { popover } from "./popover.js";
import { botReady, run, typedCommands } from "./run.js";
import { world } from "./world.js";

async function pictureFile(name) {
  const response = await fetch(`/page/world/${name}`);
  if (!response.ok) throw new api.Refused(`The picture ${name} is missing from this page.`, response.status);
  const blob = await response.blob();
  return new File([blob], name, { type: blob.type });
}

/** Only what the registered command takes is sent, so an example never fails on a bot with fewer options. */
async function start(example, channel) {
  const command = typedCommands().find(({ path }) => path === example.command);
  if (!command) throw new api.Refused(`This bot has no ${example.command} command.`, 404);
  const takes = new Set(command.options.map((option) => option.name));
  const options = Object.fromEntries(Object.entries(example.options).filter(([name]) => takes.has(name)));
  for (const [name, picture] of Object.entries(example.files ?? {}))
    options[name] = await api.upload(await pictureFile(picture));
  return run({ channel, command: example.command, options });
}

/** A pressed `card`, of `exampleCards`: busy until the sandbox took the command, and what it refused is said below. */
async function pressed(card, example, { channel, onrun }) {
  if (card.classList.contains("busy")) return;
  const note = $(".composer-note", card.closest(".examples-block"));
  card.classList.add("busy");
  card.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  note.hidden = true;
  try {
    const interaction = await start(example, channel().id);
    announce(`${example.title}: the command is on its way.`);
    onrun(interaction);
  } catch (error) {
    note.textContent = error instanceof api.Refused ? error.message : "The example could not be started.";
    note.hidden = false;
  }
  card.classList.remove("busy");
  card.removeAttribute("aria-disabled");
}

/** `channel()` says where to run; `onrun(interaction)` is told once the sandbox took the command. */
export function exampleCards(settings) {
  const note = keepWhole(h("p", { class: "composer-note", role: "alert", hidden: true }));
  const cards = world.page().examples.map((example) =>
    h(
      "button",
      {
        class: "example",
        type: "button",
        disabled: !botReady(),
        onclick: (event) => pressed(event.currentTarget, example, settings),
      },
      h(
        "span",
        { class: `example-pictures count-${example.pictures.length}` },
        example.pictures.map((name, at) =>
          h("img", { src: `/page/world/${name}`, alt: at === 0 ? example.alt : "" }),
        ),
      ),
      h(
        "span",
        { class: "example-words" },
        h("strong", {}, example.title),
        h("span", { class: "example-say" }, example.say),
        h("span", { class: "command-mention" }, example.command),
        h("span", { class: "example-state" }, icon("play"), h("span", {}, example.action)),
      ),
    ),
  );
  return h("div", { class: "examples-block" }, h("div", { class: "examples" }, cards), note);
}

/** The examples over the composer, for later. */
export function examplesPopover(anchor, settings) {
  let close = () => {};
  const cards = exampleCards({
    ...settings,
    onrun: (interaction) => {
      close();
      settings.onrun(interaction);
    },
  });
  close = popover(anchor, h("div", { class: "examples-pop", role: "group" }, h("h2", {}, "Ready examples"), cards), {
    label: "Ready examples",
  });
  cards.querySelector("button:not([disabled])")?.focus();
}
