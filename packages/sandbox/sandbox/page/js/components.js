/**
 * Components V2 (and rows under plain messages) as Discord draws them, by their numbers in its API.
 */

import { shownUrl } from "./api.js";
import { button, select } from "./controls.js";
import { append, h } from "./dom.js";
import { markdown } from "./markdown.js";
import { fileCard, gallery, picture, veil } from "./media.js";

const DRAW = {
  1: row,
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: section,
  10: (component) => h("div", { class: "text-display" }, markdown(component.content)),
  11: thumbnail,
  12: (component) => gallery(component.items ?? []),
  13: (component) => fileCard(component.file ?? {}, component.name, component.size),
  14: separator,
  17: container,
};

/** Nodes for a list of components of one message; a kind that the page does not know says so. */
export function components(list, message) {
  return (list ?? []).map((component) => draw(component, message));
}

function draw(component, message) {
  const how = DRAW[component.type];
  return how
    ? how(component, message)
    : h("p", { class: "unknown-part" }, `This page cannot draw components of type ${component.type} yet.`);
}

function row(component, message) {
  return h("div", { class: "row" }, components(component.components, message));
}

function section(component, message) {
  return h(
    "div",
    { class: "section" },
    h("div", { class: "section-words" }, components(component.components, message)),
    component.accessory ? h("div", { class: "section-side" }, draw(component.accessory, message)) : null,
  );
}

function thumbnail(component) {
  const url = shownUrl(component.media);
  return url ? h("div", { class: "thumb" }, picture(url, component.description)) : null;
}

function separator(component) {
  const room = component.spacing === 2 ? "separator-wide" : "";
  return component.divider === false ? h("div", { class: `gap ${room}` }) : h("hr", { class: `separator ${room}` });
}

function container(component, message) {
  const box = h("div", { class: "container" }, components(component.components, message));
  if (Number.isInteger(component.accent_color)) {
    box.style.setProperty("--accent", `#${component.accent_color.toString(16).padStart(6, "0")}`);
    box.classList.add("container-accent");
  }
  if (!component.spoiler) return box;
  return append(box, veil());
}

/** Rich embeds, for bots that still send them. */
export function embed(value) {
  const box = h(
    "article",
    { class: "embed" },
    value.author?.name ? h("div", { class: "embed-author" }, value.author.name) : null,
    value.title ? h("div", { class: "embed-title" }, markdown(value.title)) : null,
    value.description ? h("div", {}, markdown(value.description)) : null,
    value.fields?.length
      ? h(
          "div",
          { class: "embed-fields" },
          value.fields.map((field) =>
            h(
              "div",
              { class: field.inline ? "embed-field inline" : "embed-field" },
              h("strong", {}, markdown(field.name)),
              markdown(field.value),
            ),
          ),
        )
      : null,
    [value.image, value.thumbnail].filter(shownUrl).map((media) => gallery([media])),
    value.footer?.text ? h("div", { class: "small" }, value.footer.text) : null,
  );
  if (Number.isInteger(value.color)) box.style.setProperty("--accent", `#${value.color.toString(16).padStart(6, "0")}`);
  return box;
}
