/**
 * One option of a command as a chip to fill: text, number, choice, member, role, channel or file. Knows what Discord
 * would refuse before anything is sent.
 */

import { FileField } from "./file_field.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { isDirect } from "./places.js";
import { world } from "./world.js";

const [TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT] = [3, 4, 5, 6, 7, 8, 9, 10, 11];

export const LONGEST_TEXT = 6000; // characters, where the option names no other limit
const WIDEST = 60; // characters; a choice may have 100 on Discord. A chip without room for its input has it below the name

const people = () => world.everyone().map((member) => ({ name: `@${member.display}`, value: member.id }));
const ofHere = (thing) => !thing.guild_id || thing.guild_id === world.here()?.id;
const roles = () =>
  (world.state.roles ?? []).filter(ofHere).map((role) => ({ name: `@${role.name.replace(/^@/, "")}`, value: role.id }));
const channels = () =>
  (world.state.channels ?? [])
    .filter((channel) => !isDirect(channel) && ofHere(channel))
    .map((channel) => ({ name: `#${channel.name}`, value: channel.id }));

/** What may be chosen where nothing may be typed; null for free fields. */
function fixedChoices(option) {
  if (option.choices?.length) return option.choices.map((choice) => ({ name: choice.name, value: choice.value }));
  if (option.type === BOOLEAN)
    return [
      { name: "True", value: true },
      { name: "False", value: false },
    ];
  if (option.type === USER) return people();
  if (option.type === ROLE) return roles();
  if (option.type === CHANNEL) return channels();
  return option.type === MENTIONABLE ? [...people(), ...roles()] : null;
}

/** A field for one option. `host` is told about focus, input, keys and removal. */
export function optionField(option, host) {
  return option.type === ATTACHMENT ? new AttachmentOption(option, host) : new ChipOption(option, host);
}

class AttachmentOption {
  constructor(option, host) {
    this.option = option;
    this.files = new FileField({
      label: `${option.name}: ${option.description}`,
      hint: "",
      onchange: () => {
        this.setError(null);
        host.changed(this);
      },
    });
    this.note = h("span", { class: "chip-error", role: "alert" });
    this.element = h(
      "div",
      { class: "attach-card", dataset: { option: option.name } },
      h(
        "div",
        { class: "attach-head" },
        h("span", { class: "attach-name" }, option.name),
        option.required ? h("span", { class: "muted" }, "required") : removal(this, host),
      ),
      this.files.element,
      this.note,
    );
    this.element.addEventListener("focusin", () => host.focused(this));
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && host.cancel());
  }

  get inTray() {
    return true;
  }

  get empty() {
    return this.files.files.length === 0;
  }

  value() {
    return this.files.files[0];
  }

  problem() {
    return this.empty && this.option.required ? "Choose a file" : null;
  }

  setError(text) {
    this.element.classList.toggle("wrong", Boolean(text));
    this.note.textContent = text ?? "";
  }

  focus() {
    this.files.focus();
  }
}

class ChipOption {
  #picked = null;

  constructor(option, host) {
    this.option = option;
    this.host = host;
    const long = option.type === TEXT && !option.choices?.length && !option.autocomplete;
    this.input = h(long ? "textarea" : "input", {
      class: "chip-input",
      rows: long ? 1 : null,
      type: long ? null : "text",
      autocomplete: "off",
      spellcheck: long ? "true" : "false",
      inputmode: option.type === INTEGER ? "numeric" : option.type === NUMBER ? "decimal" : null,
      role: fixedChoices(option) || option.autocomplete ? "combobox" : null,
      "aria-label": `${option.name}${option.required ? ", required" : ", optional"}: ${option.description}`,
      oninput: () => {
        this.#picked = null;
        this.setError(null);
        this.fit();
        host.changed(this);
      },
      onfocus: () => host.focused(this),
      onkeydown: (event) => host.key(event, this),
    });
    this.mark = icon("warning", "chip-warning");
    this.element = h(
      "div",
      {
        class: `chip${long ? " chip-long" : ""}`,
        dataset: { option: option.name },
        onclick: (event) => event.target.closest("button, input, textarea") || this.focus(),
      },
      h("span", { class: "chip-name" }, option.name),
      h("span", { class: "chip-value" }, this.input, this.mark, option.required ? null : removal(this, host)),
    );
    if (long) new ResizeObserver(() => this.fit()).observe(this.input); // chips beside it make it narrower
    this.long = long;
    this.fit();
  }

  get inTray() {
    return false;
  }

  get empty() {
    return this.input.value.trim() === "";
  }

  fit() {
    if (this.input.tagName === "INPUT") {
      this.input.size = Math.max(3, Math.min(WIDEST, this.input.value.length + 1));
      return;
    }
    this.input.style.setProperty("block-size", "auto");
    this.input.style.setProperty("block-size", `${this.input.scrollHeight}px`);
  }

  /** Choices that go with what is typed; null where the field is free. */
  choices() {
    const all = fixedChoices(this.option);
    if (!all) return null;
    const typed = this.#picked === null ? this.input.value.trim().toLowerCase() : "";
    return all.filter((choice) => choice.name.toLowerCase().includes(typed)).slice(0, 25);
  }

  pick(choice) {
    this.input.value = choice.name;
    this.#picked = choice;
    this.setError(null);
    this.fit();
  }

  set(value) {
    this.input.value = String(value);
    this.fit();
  }

  value() {
    if (this.#picked) return this.#picked.value;
    const typed = this.input.value.trim();
    const named = fixedChoices(this.option)?.find((choice) => choice.name.toLowerCase() === typed.toLowerCase());
    if (named) return named.value;
    return this.option.type === INTEGER || this.option.type === NUMBER ? Number(typed) : this.input.value;
  }

  problem() {
    const { option } = this;
    if (this.empty) return option.required ? "This option is required. Specify a value." : null;
    if (this.#picked) return null;
    const value = this.value();
    const all = fixedChoices(option);
    if (all && !all.some((choice) => choice.value === value)) return "Choose one of the list.";
    if (option.type === INTEGER || option.type === NUMBER) {
      if (!Number.isFinite(value)) return "Input a valid number.";
      if (option.type === INTEGER && !Number.isInteger(value)) return "Input a whole number.";
      if (option.min_value !== undefined && value < option.min_value) return `At least ${option.min_value}.`;
      if (option.max_value !== undefined && value > option.max_value) return `At most ${option.max_value}.`;
    }
    if (option.type === TEXT && option.min_length && value.length < option.min_length)
      return `At least ${option.min_length} characters.`;
    if (option.type === TEXT && value.length > (option.max_length ?? LONGEST_TEXT))
      return `At most ${option.max_length ?? LONGEST_TEXT} characters; these are ${value.length}.`;
    return null;
  }

  setError(text) {
    this.element.classList.toggle("wrong", Boolean(text));
    this.input.setAttribute("aria-invalid", String(Boolean(text)));
    this.element.title = text ?? "";
  }

  focus() {
    this.input.focus();
    this.input.setSelectionRange?.(this.input.value.length, this.input.value.length);
  }
}

function removal(field, host) {
  return h(
    "button",
    {
      class: "chip-remove",
      type: "button",
      "aria-label": `Remove option ${field.option.name}`,
      onclick: () => host.remove(field),
    },
    icon("close"),
  );
}
