/**
 * The line at the foot of a channel: type `/` for commands, or words and pictures for a plain message.
 */

import * as api from "./api.js";
import { CommandForm } from "./command_form.js";
import { announce, fill, h } from "./dom.js";
import { FileField } from "./file_field.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { called } from "./places.js";
import { typedCommands } from "./run.js";
import { Suggestions } from "./suggestions.js";
import { world } from "./world.js";

const NOTHING = { text: "", files: [] };

/** The words and files of both, in this order. */
function both(first, second) {
  return {
    text: [first.text, second.text].filter((text) => text).join("\n"),
    files: [...first.files, ...second.files],
  };
}

export class Composer {
  channel = null;
  form = null;
  before = NOTHING; // what stood in the line when the form was opened
  unsent = NOTHING; // a message that was not taken while a form was open

  /** `onexamples(anchor)` opens the ready examples; without it there is no button for them. */
  constructor(root, { onexamples } = {}) {
    this.suggestions = new Suggestions();
    this.box = h("textarea", {
      class: "composer-box",
      rows: 1,
      autocomplete: "off",
      "aria-autocomplete": "list", // as a combobox of several lines, which there is no role for
      "aria-haspopup": "listbox",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onfocus: () => this.#typed(),
      onblur: () => this.form || this.suggestions.hide(),
    });
    this.slot = h("div", { class: "composer-slot" }, this.box);
    this.top = h("div", { class: "composer-top" });
    this.sendButton = h(
      "button",
      { class: "icon-button send", type: "submit", "aria-label": "Send", title: "Send" },
      icon("send"),
    );
    this.typing = h("div", { class: "typing", role: "status" });
    this.plus = h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": "Add a file",
        title: "Add a file",
        onclick: () => this.#plus(),
      },
      icon("plus"),
    );
    this.examples = onexamples
      ? h(
          "button",
          {
            class: "examples-button",
            type: "button",
            title: "Ready examples",
            onclick: (event) => onexamples(event.currentTarget),
          },
          icon("sparkle"),
          h("span", {}, "Examples"),
        )
      : null;
    this.element = h(
      "form",
      {
        class: "composer",
        onsubmit: (event) => {
          event.preventDefault();
          this.submit();
        },
      },
      this.suggestions.element,
      h(
        "div",
        { class: "composer-frame" },
        this.top,
        h("div", { class: "composer-row" }, this.plus, this.slot, this.examples, this.sendButton),
      ),
      this.typing,
    );
    root.append(this.element);
    this.element.addEventListener("paste", (event) => this.#files([...event.clipboardData.files], event));
    this.element.addEventListener(
      "focusout",
      (event) => this.element.contains(event.relatedTarget) || this.suggestions.hide(),
    );
    world.hear(
      "state",
      () =>
        !this.form &&
        document.activeElement === this.box &&
        this.box.value.startsWith("/") &&
        this.suggestions.items.length === 0 &&
        this.#typed(),
    );
    world.hear("typing", (data) => this.#typingShown(data));
    world.hear("messages", (change) => change.message && this.#typingShown({ channel_id: change.channel, over: true }));
  }

  open(channel) {
    if (this.channel?.id !== channel.id && this.form) this.#end(this.before);
    this.channel = channel;
    const place = called(channel);
    this.box.placeholder = `Message ${place}, or type /`;
    this.box.setAttribute("aria-label", `Message ${place}, or type slash for commands`);
  }

  /** The focus goes to where one types. */
  focus() {
    if (this.form) this.form.focusFirst();
    else this.box.focus();
  }

  /** Every file that lands anywhere on the page while this composer is the one in use. */
  drop(files) {
    this.#files(files);
  }

  #files(files, event) {
    if (!files.length) return;
    event?.preventDefault();
    if (this.form) return this.form.addFiles(files);
    this.#attachments().add(files);
    this.box.focus();
    return undefined;
  }

  #attachments() {
    if (!this.attached) {
      this.attached = new FileField({
        label: "Files for the message",
        max: 10,
        onchange: () => {
          if (this.attached && !this.attached.files.length) this.#dropAttached();
        },
      });
      this.top.append(this.attached.element);
    }
    return this.attached;
  }

  #dropAttached() {
    this.attached?.element.remove();
    this.attached = null;
  }

  #plus() {
    if (this.form) {
      const free = this.form.fields.find((field) => field.inTray && field.empty);
      return free ? free.files.input.click() : this.form.more.click();
    }
    const chosen = h("input", { type: "file", multiple: true, onchange: () => this.#files([...chosen.files]) });
    chosen.click();
    return undefined;
  }

  #typed() {
    this.box.style.setProperty("block-size", "auto");
    this.box.style.setProperty("block-size", `${Math.min(this.box.scrollHeight, 200)}px`);
    const typed = this.box.value;
    if (!typed.startsWith("/")) return this.suggestions.hide();
    const wanted = typed.slice(1).toLowerCase().replace(/\s+/g, " ");
    const all = typedCommands();
    const found = all
      .filter(({ path }) => path.slice(1).includes(wanted.trimEnd()))
      .sort((a, b) => Number(b.path.startsWith(`/${wanted}`)) - Number(a.path.startsWith(`/${wanted}`)));
    const head = all.length
      ? found.length
        ? `Commands of ${world.botName()}`
        : "No command is called that"
      : "The bot is starting. Its commands appear here in a moment.";
    return this.suggestions.show(
      this.box,
      head,
      found.map((command) => ({
        label: command.path,
        hint: command.description,
        face: avatar({ bot: true }, "small"),
        mark: command.options
          .filter((option) => option.required)
          .map((option) => option.name)
          .join("  "),
        take: () => this.start(command),
      })),
    );
  }

  #key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Escape") this.suggestions.hide();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  /** Turn the line into the form of one command. What stands in it already goes along, or comes back afterwards. */
  start(command) {
    if (this.form?.command.path === command.path) return this.form.focusFirst();
    this.before = this.#standing();
    this.reset();
    this.form = new CommandForm(command, {
      channel: () => this.channel,
      suggestions: this.suggestions,
      oncancel: () => this.#cancelled(),
      onsent: () => {
        this.#end(left);
        this.box.focus();
      },
      onsubmit: () => this.submit(),
    });
    const left = this.form.takeOver(this.before);
    this.element.classList.add("commanding");
    fill(this.top, this.form.note, this.form.tray);
    fill(this.slot, this.form.chips);
    announce(`${command.path}. ${command.description}`);
    this.form.focusFirst();
    return undefined;
  }

  /** The words and files that are not sent yet; what begins with a slash only looks for a command. */
  #standing() {
    if (this.form) {
      const { text, files } = this.form.written();
      return { text: text || this.before.text, files: files.length ? files : this.before.files };
    }
    return { text: this.box.value.startsWith("/") ? "" : this.box.value, files: this.attached?.files ?? [] };
  }

  #cancelled() {
    this.#end(this.before);
    this.box.focus();
  }

  /** The line is one for messages again, with these words and files in it. */
  #end(standing) {
    const { text, files } = both(this.unsent, standing);
    this.unsent = NOTHING;
    this.reset();
    this.box.value = text;
    if (files.length) this.#attachments().add(files);
    this.#typed();
  }

  reset() {
    this.form = null;
    this.attached = null;
    this.element.classList.remove("commanding");
    fill(this.top);
    this.box.value = "";
    this.box.style.removeProperty("block-size");
    fill(this.slot, this.box);
    this.suggestions.hide();
  }

  async submit() {
    if (this.sendButton.classList.contains("busy")) return;
    this.sendButton.classList.add("busy");
    try {
      if (this.form) await this.form.submit();
      else await this.#say();
    } finally {
      this.sendButton.classList.remove("busy");
    }
  }

  /** The line is empty at once, so that what is typed until the message stands there is the next one. */
  async #say() {
    const channel = this.channel.id;
    const said = { text: this.box.value.trim(), files: [...(this.attached?.files ?? [])] };
    if (!said.text && !said.files.length) return;
    this.reset();
    this.box.focus();
    try {
      const names = [];
      for (const file of said.files) names.push(await api.upload(file));
      await api.say(world.me.id, channel, said.text, names);
    } catch (error) {
      const refused = error instanceof api.Refused ? error.message : "The message could not be sent.";
      this.#giveBack(said);
      this.top.prepend(h("div", { class: "composer-note", role: "alert" }, icon("warning"), refused));
    }
  }

  /** What was not sent comes back before what was typed meanwhile; while a command is typed, once that is over. */
  #giveBack(said) {
    this.unsent = both(this.unsent, said);
    if (this.form) return;
    this.#end(this.#standing());
    this.box.focus();
  }

  #typingShown({ channel_id: channel, user_id: user, over = false }) {
    if (channel !== this.channel?.id || user === world.me?.id) return;
    clearTimeout(this.typingTimer);
    fill(this.typing, over ? [] : [h("strong", {}, world.member(user)?.display ?? world.botName()), " is typing…"]);
    if (!over) this.typingTimer = setTimeout(() => fill(this.typing), 8000);
  }
}
