/**
 * A chosen command with its options as chips: required ones first, optional ones added by pressing, checked before
 * it is sent.
 */

import * as api from "./api.js";
import { announce, append, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { LONGEST_TEXT, optionField } from "./option_field.js";
import { menu } from "./popover.js";
import { whenReleased } from "./presses.js";
import { run } from "./run.js";
import { world } from "./world.js";

const ASK_AFTER_MS = 180;

export class CommandForm {
  fields = [];
  #timer = 0;
  #asked = 0;
  #waits = null; // the field whose choices were asked for and have not come
  #taken = false; // Enter was pressed meanwhile: the first choice is taken when it comes

  /** `suggestions` is the list above the composer; `oncancel` and `onsent` end the form. */
  constructor(command, { channel, suggestions, oncancel, onsent, onsubmit }) {
    Object.assign(this, { command, channel, suggestions, oncancel, onsent, onsubmit });
    this.chips = h("div", { class: "chips" });
    this.tray = h("div", { class: "tray", hidden: true });
    this.note = h("div", { class: "composer-note", role: "alert", hidden: true });
    this.more = h("button", {
      class: "chip-more",
      type: "button",
      "aria-haspopup": "menu",
      onclick: () => this.#offer(),
      onkeydown: (event) => this.key(event, null),
    });
    this.name = h(
      "span",
      { class: "chip-command", tabindex: "-1", onkeydown: (event) => this.#nameKey(event) },
      command.path,
    );
    append(this.chips, [this.name, this.more]);
    for (const option of command.options) if (option.required) this.#include(option);
    this.#count();
  }

  #include(option) {
    const field = optionField(option, this);
    this.fields.push(field);
    if (field.inTray) this.tray.append(field.element);
    else this.more.before(field.element);
    this.tray.hidden = !this.tray.childElementCount;
    this.#count();
    return field;
  }

  #missing() {
    const present = new Set(this.fields.map((field) => field.option.name));
    return this.command.options.filter((option) => !present.has(option.name));
  }

  #count() {
    const missing = this.#missing().length;
    this.more.hidden = missing === 0;
    fill(this.more, icon("plus"), `${missing} optional`);
  }

  #offer() {
    menu(
      this.more,
      this.#missing().map((option) => ({
        label: option.name,
        hint: option.description,
        act: () => queueMicrotask(() => this.#include(option).focus()),
      })),
      "Optional options",
    );
  }

  /** What one has typed and attached so far, that another command may take over. */
  written() {
    const words = this.fields.find((field) => field.long && !field.empty);
    return {
      text: words?.input.value ?? "",
      files: this.fields.flatMap((field) => (field.inTray ? field.files.files : [])),
    };
  }

  /** Take over what was typed and attached before, where it fits. Returns what does not. */
  takeOver({ text, files }) {
    const field = this.fields.find((candidate) => candidate.long && candidate.empty);
    const fits = field && text.length <= (field.option.max_length ?? LONGEST_TEXT);
    if (fits) field.set(text);
    return { text: fits ? "" : text, files: this.addFiles(files) };
  }

  /** Dropped or pasted files go where there is room, opening the next file option when one is left. Returns those left over. */
  addFiles(files) {
    let left = [...files];
    while (left.length) {
      const free = this.fields.find((field) => field.inTray && field.empty);
      const next = free ?? this.#includeNextFile();
      if (!next) {
        this.#say("This command takes no more files.");
        return left;
      }
      left = next.files.add(left);
    }
    return left;
  }

  #includeNextFile() {
    const option = this.#missing().find((candidate) => candidate.type === 11);
    return option ? this.#include(option) : null;
  }

  focusFirst() {
    (this.fields.find((field) => field.empty && !field.inTray) ?? this.fields[0])?.focus();
    if (!this.fields.length) this.name.focus();
    for (const field of this.fields) field.fit?.();
  }

  focused(field) {
    this.at = field;
    this.#advise(field);
  }

  changed(field) {
    this.note.hidden = true;
    if (this.at === field || !field.inTray) this.#advise(field);
  }

  #advise(field) {
    const { option } = field;
    const head = h("span", {}, h("strong", {}, option.name), h("span", { class: "muted" }, ` ${option.description}`));
    clearTimeout(this.#timer);
    this.#asked += 1; // a list that is still to come is for what was typed before
    this.#waits = null;
    this.#taken = false;
    if (field.inTray) return this.suggestions.hide();
    if (option.autocomplete) {
      this.suggestions.show(field.input, head, []);
      this.#waits = field;
      this.#timer = setTimeout(() => this.#ask(field, head), ASK_AFTER_MS);
      return undefined;
    }
    const choices = field.choices();
    return this.suggestions.show(
      field.input,
      head,
      (choices ?? []).map((choice) => this.#line(field, choice)),
    );
  }

  #line(field, choice) {
    return {
      label: choice.name,
      take: () => {
        field.pick(choice);
        this.suggestions.hide();
        this.#next(field);
      },
    };
  }

  async #ask(field, head) {
    const mine = this.#asked;
    const values = { [field.option.name]: field.input.value };
    for (const other of this.fields)
      if (other !== field && !other.inTray && !other.empty) values[other.option.name] = other.value();
    try {
      const { choices } = await api.autocomplete(
        world.me.id,
        this.channel().id,
        this.command.path,
        values,
        field.option.name,
      );
      whenReleased(() => {
        if (mine !== this.#asked) return;
        this.#waits = null;
        const lines = choices.map((choice) => this.#line(field, choice));
        if (this.#taken && lines.length) return lines[0].take();
        if (document.activeElement === field.input) this.suggestions.show(field.input, head, lines);
      });
    } catch {
      whenReleased(() => {
        if (mine !== this.#asked) return;
        this.#waits = null;
        this.suggestions.show(field.input, append(head, [" · Loading options failed"]), []);
      });
    }
  }

  #next(field) {
    const empty = this.fields.find((candidate) => candidate !== field && candidate.empty && candidate.option.required);
    (empty ?? field).focus();
    if (!empty) this.suggestions.hide();
  }

  /** Enter takes the first of a list, also of one that is still being asked for; only with no list left it sends. */
  key(event, field) {
    if (event.isComposing) return;
    if (this.suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && field && this.#waits === field) this.#taken = true;
    else if (event.key === "Escape" && this.suggestions.items.length) this.suggestions.hide();
    else if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && !event.shiftKey && field) this.onsubmit();
    else if (event.key === "Backspace" && field?.input.value === "")
      field.option.required ? this.#backOut(field) : this.remove(field);
    else return;
    event.preventDefault();
  }

  /** A command without required options is sent by a second Enter, or left with Escape or Backspace. */
  #nameKey(event) {
    if (event.key === "Enter") this.onsubmit();
    else if (event.key === "Escape" || event.key === "Backspace") this.cancel();
    else return;
    event.preventDefault();
  }

  #backOut(field) {
    const others = this.fields.filter((candidate) => candidate !== field && !candidate.empty);
    if (!others.length) this.cancel();
  }

  cancel() {
    this.suggestions.hide();
    this.oncancel();
  }

  remove(field) {
    const at = this.fields.indexOf(field);
    this.fields.splice(at, 1);
    field.element.remove();
    this.tray.hidden = !this.tray.childElementCount;
    this.#count();
    (this.fields[at - 1] ?? this.fields[at])?.focus();
  }

  #say(text) {
    this.note.hidden = !text;
    fill(this.note, text ? [icon("warning"), text] : []);
    if (text) announce(text);
  }

  /** Check, upload, send. Everything stays as it is when the sandbox refuses. */
  async submit() {
    this.suggestions.hide();
    const problems = this.fields.map((field) => [field, field.problem()]).filter(([, problem]) => problem);
    this.fields.forEach((field) => field.setError(null));
    if (problems.length) {
      problems.forEach(([field, problem]) => field.setError(problem));
      this.#say(problems.map(([field, problem]) => `${field.option.name}: ${problem}`).join("  "));
      problems[0][0].focus();
      this.suggestions.hide();
      return;
    }
    try {
      const options = {};
      for (const field of this.fields) {
        if (field.empty) continue;
        options[field.option.name] = field.inTray ? await api.upload(field.value()) : field.value();
      }
      await run({ channel: this.channel().id, command: this.command.path, options });
      this.onsent();
    } catch (error) {
      this.#say(error instanceof api.Refused ? error.message : "The command could not be sent.");
    }
  }
}
