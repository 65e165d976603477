/**
 * Buttons and selects of messages: pressed, waiting, failed. What is being waited for lives here and not in the
 * elements, because a message may be drawn anew while the bot thinks. Modals that a press opens are handed on.
 */

import * as api from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { outcome } from "./live.js";
import { pick } from "./picker.js";
import { world } from "./world.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };
const waiting = new Set();
const failures = new Map();
const chosen = new Map();

const keyOf = (message, component) => `${message.id} ${component.custom_id}`;

/** What a message's look depends on beside the message itself. */
export function pressState(message) {
  const mine = [...waiting].filter((key) => key.startsWith(`${message.id} `));
  return [mine, failures.get(message.id) ?? null];
}

export const failureOf = (message) => failures.get(message.id) ?? null;

export function emoji(value) {
  return value
    ? h("span", { class: "button-emoji", "aria-hidden": "true" }, value.id ? `:${value.name}:` : value.name)
    : null;
}

export function button(component, message) {
  const label = [
    emoji(component.emoji),
    component.label ? h("span", { class: "button-label" }, component.label) : null,
  ];
  const name = component.label ? null : (component.emoji?.name ?? "Button");
  if (component.style === 5) {
    const url = api.localUrl(component.url);
    if (!url) return h("button", { class: "button button-link", type: "button", disabled: true }, label);
    const here = /\/channels\/[^/]+\/(\d+)(?:\/(\d+))?$/.exec(url);
    const onclick = (event) => {
      if (!here || !world.channel(here[1])) return;
      event.preventDefault();
      world.tell("open", { channel: here[1], message: here[2] });
    };
    return h(
      "a",
      {
        class: "button button-link",
        href: url,
        target: "_blank",
        rel: "noopener noreferrer",
        "aria-label": name,
        onclick,
      },
      label,
      icon("external"),
    );
  }
  const busy = waiting.has(keyOf(message, component));
  return h(
    "button",
    {
      class: `button button-${STYLES[component.style] ?? "secondary"}${busy ? " busy" : ""}`,
      type: "button",
      disabled: Boolean(component.disabled),
      "aria-busy": busy ? "true" : null,
      "aria-disabled": busy ? "true" : null, // `disabled` would take the focus away
      "aria-label": name ?? (busy ? component.label : null), // the face is hidden while the dots are there
      dataset: { customId: component.custom_id ?? "" },
      onclick: () => press(message, component, []),
    },
    h("span", { class: "button-face" }, label),
    busy ? dots() : null,
  );
}

export function dots() {
  return h("span", { class: "dots", role: "status", "aria-label": "Waiting for the bot" }, h("i"), h("i"), h("i"));
}

export function select(component, message) {
  const key = keyOf(message, component);
  const busy = waiting.has(key);
  const picked = chosen.get(key) ?? presets(component);
  return pick({
    ...settings(component),
    picked,
    disabled: Boolean(component.disabled),
    busy,
    customId: component.custom_id,
    onpick: (values) => {
      chosen.set(key, values);
      press(message, component, values);
    },
  });
}

const presets = (component) =>
  component.type === 3
    ? (component.options ?? []).filter((option) => option.default).map((option) => option.value)
    : (component.default_values ?? []).map((value) => value.id);

/** What a select offers: its own options, or the guild's members, roles and channels. */
export function settings(component) {
  const people = () => world.everyone().map((member) => ({ value: member.id, label: member.display }));
  const roles = () =>
    (world.state.roles ?? [])
      .filter((role) => role.name !== "@everyone")
      .map((role) => ({ value: role.id, label: `@${role.name}` }));
  const channels = () =>
    (world.state.channels ?? [])
      .filter((channel) => channel.type !== 1)
      .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
  const sources = { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels };
  return {
    options: component.type === 3 ? (component.options ?? []) : (sources[component.type] ?? people)(),
    placeholder: component.placeholder ?? "Make a selection",
    min: component.min_values ?? 1,
    max: component.max_values ?? 1,
  };
}

export const preset = presets;

async function press(message, component, values) {
  const key = keyOf(message, component);
  if (waiting.has(key)) return;
  waiting.add(key);
  failures.delete(message.id);
  const redraw = () => world.tell("messages", { channel: message.channel_id });
  redraw();
  try {
    const { interaction } = await api.component(world.me.id, message.id, component.custom_id, values);
    const record = await outcome(interaction);
    if (record.state === "failed") failures.set(message.id, "This interaction failed");
    if (record.state === "modal")
      world.tell("modal", { interaction, modal: record.modal, channel: message.channel_id });
  } catch (error) {
    failures.set(message.id, error instanceof api.Refused ? error.message : "This interaction failed");
  }
  waiting.delete(key);
  redraw();
}
