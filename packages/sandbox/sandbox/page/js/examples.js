/**
 * The three ready examples: a press runs the command as it would be typed, pictures included, so that a newcomer
 * has a clip within a minute and has seen the command. It must not know more of the bot than its commands' names.
 */

import * as api from "./api.js";
import { $, announce, h } from "./dom.js";
import { icon } from "./icons.js";
import { keepWhole } from "./patch.js";
import { popover } from "./popover.js";
import { botReady, run, typedCommands } from "./run.js";
import { world } from "./world.js";

const EXAMPLES = [
  {
    title: "From words alone",
    command: "/video text",
    pictures: ["boat.svg"],
    alt: "A drawn paper boat on a rainy street",
    say: "A paper boat sails down a rainy street.",
    options: {
      prompt:
        "A red paper boat sails down a rain-wet cobbled street at dusk, lamplight rippling around it. Slow push-in. Rain patters, a tram bell rings far away, soft piano.",
      duration: 5,
      resolution: "720P",
    },
  },
  {
    title: "Bring a photograph to life",
    command: "/video image",
    pictures: ["cat.jpg"],
    alt: "A photograph of a tabby cat",
    say: "The cat looks up and purrs.",
    options: {
      prompt:
        "The cat slowly turns its head and looks straight into the camera, whiskers trembling. Gentle push-in. A low purr, a clock ticking in the next room.",
      duration: 5,
      resolution: "720P",
    },
    files: { image: "cat.jpg" },
  },
  {
    title: "Two characters in one clip",
    command: "/video characters",
    pictures: ["astronaut.jpg", "horse.png"],
    alt: "A photograph of an astronaut, and a drawn chestnut horse",
    say: "An astronaut meets a happy horse.",
    options: {
      prompt:
        "character1 walks across a quiet moonlit meadow towards character2, who tosses its mane and nuzzles the helmet. The camera orbits around them. Soft wind, a warm whinny, a music box.",
      duration: 5,
      resolution: "720P",
    },
    files: { character1: "astronaut.jpg", character2: "horse.png" },
  },
];

async function pictureFile(name) {
  const response = await fetch(`/page/pictures/${name}`);
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
  const cards = EXAMPLES.map((example) =>
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
          h("img", { src: `/page/pictures/${name}`, alt: at === 0 ? example.alt : "" }),
        ),
      ),
      h(
        "span",
        { class: "example-words" },
        h("strong", {}, example.title),
        h("span", { class: "example-say" }, example.say),
        h("span", { class: "command-mention" }, example.command),
        h("span", { class: "example-state" }, icon("play"), h("span", {}, "Make this clip")),
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

/** One sentence on what the clips are, true for the provider in use. */
export function providerWords() {
  const { name = "preview", real = name !== "preview", charged = false } = world.state.provider ?? {};
  if (name === "preview")
    return {
      short: "Preview clips",
      long: charged
        ? "Clips here are previews, drawn on this computer. They cost credits, and no money, until a provider key is set."
        : "Clips here are previews, drawn on this computer for free, until a provider key is set. The README says how.",
    };
  if (!real)
    return {
      short: "Stand-in clips",
      long: "Clips here are previews: stand-ins from the sandbox's own provider, for free, until a provider key is set.",
    };
  return { short: "Real clips", long: "A provider key is set: clips are made by Happy Horse 1.1 and are paid for." };
}
