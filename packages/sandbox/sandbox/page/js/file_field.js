/**
 * Where files are chosen: press, drop or paste, see what was taken, take it away again. Holds files until they are
 * asked for; uploading is the form's work.
 */

import { announce, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { size } from "./media.js";

export class FileField {
  files = [];
  #previews = new Map();

  /** `max` files at most; `label` names the field; `numbered` shows each file's place. */
  constructor({ label, max = 1, numbered = false, onchange = () => {}, hint = "" }) {
    this.max = max;
    this.numbered = numbered;
    this.onchange = onchange;
    this.label = label;
    this.input = h("input", {
      type: "file",
      class: "unseen",
      multiple: max > 1,
      "aria-label": label,
      onchange: () => {
        this.add([...this.input.files]);
        this.input.value = "";
      },
    });
    this.words = h("span", { class: "drop-words" });
    this.zone = h("label", { class: "drop" }, this.input, icon("image", "drop-icon"), this.words);
    this.list = h("div", { class: "previews" });
    this.hint = hint;
    this.element = h("div", { class: "file-field" }, this.list, this.zone);
    const over = (on) => (event) => {
      event.preventDefault();
      this.element.classList.toggle("over", on);
    };
    this.element.addEventListener("dragover", over(true));
    this.element.addEventListener("dragleave", over(false));
    this.element.addEventListener("drop", (event) => {
      over(false)(event);
      event.stopPropagation();
      this.add([...event.dataTransfer.files]);
    });
    this.#draw();
  }

  get room() {
    return this.max - this.files.length;
  }

  /** Take as many as there is room for; a single place is replaced. Returns those left over. */
  add(files) {
    if (!files.length) return [];
    if (this.max === 1 && this.files.length) this.#forget(this.files[0]);
    const taken = files.slice(0, this.room);
    this.files = [...this.files, ...taken];
    announce(`${taken.map((file) => file.name).join(", ")} attached`);
    this.#draw();
    this.onchange();
    return files.slice(taken.length);
  }

  remove(file) {
    this.#forget(file);
    this.#draw();
    this.onchange();
    this.input.focus();
  }

  #forget(file) {
    this.files = this.files.filter((kept) => kept !== file);
    if (this.#previews.has(file)) URL.revokeObjectURL(this.#previews.get(file));
    this.#previews.delete(file);
  }

  #draw() {
    fill(
      this.list,
      this.files.map((file, at) => this.#preview(file, at)),
    );
    this.zone.hidden = this.room === 0;
    const left = this.max > 1 ? ` (${this.files.length} of ${this.max})` : "";
    fill(
      this.words,
      h("strong", {}, `${this.max > 1 && this.files.length ? "Add more" : "Drop, paste or choose"}${left}`),
      this.hint ? h("span", { class: "muted" }, this.hint) : null,
    );
  }

  #preview(file, at) {
    const kind = file.name.includes(".") ? file.name.split(".").at(-1).slice(0, 5).toUpperCase() : "";
    const plain = h("span", { class: "preview-kind" }, icon("file", "file-icon"), kind);
    let face = plain;
    if (file.type.startsWith("image/")) {
      if (!this.#previews.has(file)) this.#previews.set(file, URL.createObjectURL(file));
      face = h("img", { src: this.#previews.get(file), alt: "" });
      face.addEventListener("error", () => face.replaceWith(plain)); // such as a phone's HEIC, which few browsers read
    }
    return h(
      "div",
      { class: "preview" },
      h(
        "div",
        { class: "preview-face" },
        face,
        this.numbered ? h("span", { class: "preview-number" }, String(at + 1)) : null,
      ),
      h("span", { class: "preview-name", title: file.name }, file.name),
      h("span", { class: "muted" }, size(file.size)),
      h(
        "button",
        {
          class: "preview-remove",
          type: "button",
          "aria-label": `Remove ${file.name}`,
          title: "Remove",
          onclick: () => this.remove(file),
        },
        icon("trash"),
      ),
    );
  }

  focus() {
    (this.zone.hidden ? this.list.querySelector("button") : this.input)?.focus();
  }
}
