/**
 * The fields of modals, by Discord's component numbers: text, selects, files, radio and checkboxes, with labels.
 * Each knows its `id` (custom id), `check()` (shows and returns its problem), `value()` and `focus()`.
 */

import * as api from "./api.js";
import { preset, settings } from "./controls.js";
import { freshId, h } from "./dom.js";
import { FileField } from "./file_field.js";
import { markdown } from "./markdown.js";
import { pick } from "./picker.js";

const MAKE = {
  3: selectField,
  4: textField,
  5: selectField,
  6: selectField,
  7: selectField,
  8: selectField,
  19: fileField,
  21: groupField,
  22: groupField,
  23: checkField,
};

/** Nodes to show and the fields among them. */
export function modalFields(components) {
  const fields = [];
  const nodes = components.map((component) => {
    if (component.type === 10) return h("div", { class: "text-display" }, markdown(component.content));
    const inner =
      component.type === 18 ? component.component : component.type === 1 ? component.components[0] : component;
    const make = MAKE[inner?.type];
    if (!make) return h("p", { class: "unknown-part" }, `This page cannot draw components of type ${inner?.type} yet.`);
    const label = component.label ?? inner.label ?? "";
    const ids = { input: freshId("field"), label: freshId("label"), hint: freshId("hint"), problem: freshId("problem") };
    ids.told = component.description ? `${ids.hint} ${ids.problem}` : ids.problem;
    const field = make(inner, ids, label);
    const required = inner.required ?? (inner.type !== 23 && (inner.min_values ?? 1) !== 0);
    const problem = h("p", { class: "field-problem", role: "alert", id: ids.problem });
    const block = h(
      "div",
      { class: "field" },
      h(
        field.native ? "label" : "div",
        { class: "field-label", id: ids.label, for: field.native ? ids.input : null },
        label,
        required
          ? [h("span", { class: "required", "aria-hidden": "true" }, " *"), h("span", { class: "unseen" }, " required")]
          : h("span", { class: "muted" }, " (optional)"),
      ),
      component.description ? h("p", { class: "field-hint", id: ids.hint }, component.description) : null,
      field.node,
      problem,
    );
    fields.push({
      ...field,
      id: inner.custom_id,
      check: () => {
        const wrong = field.problem(required);
        problem.textContent = wrong ?? "";
        block.classList.toggle("wrong", Boolean(wrong));
        return wrong;
      },
    });
    return block;
  });
  return { nodes, fields };
}

function textField(component, ids) {
  const long = component.style === 2;
  const max = component.max_length ?? 4000;
  const counter = h("span", { class: "counter", "aria-hidden": "true" });
  const input = h(long ? "textarea" : "input", {
    id: ids.input,
    class: "text-input",
    type: long ? null : "text",
    rows: long ? 5 : null,
    placeholder: component.placeholder ?? null,
    "aria-describedby": ids.told,
    autocomplete: "off",
    oninput: count,
  });
  input.value = component.value ?? "";
  function count() {
    counter.textContent =
      component.max_length || input.value.length > max - 500 ? `${input.value.length} / ${max}` : "";
    counter.classList.toggle("over", input.value.length > max);
  }
  count();
  return {
    node: h("div", { class: "text-field" }, input, counter),
    native: true,
    focus: () => input.focus(),
    value: async () => input.value,
    problem: (required) => {
      const length = input.value.length;
      if (required && !input.value.trim()) return "This field is required.";
      if (length > max) return `At most ${max} characters; these are ${length}.`;
      return length && component.min_length && length < component.min_length
        ? `At least ${component.min_length} characters.`
        : null;
    },
  };
}

function selectField(component, ids) {
  let values = preset(component);
  const node = pick({
    ...settings(component),
    picked: values,
    customId: component.custom_id,
    disabled: Boolean(component.disabled),
    labelledby: ids.label,
    onpick: (picked) => {
      values = picked;
    },
  });
  return {
    node,
    focus: () => node.focus(),
    value: async () => values,
    problem: (required) => (required && !values.length ? "Choose one." : null),
  };
}

function fileField(component, ids, label) {
  const max = component.max_values ?? 1;
  const min = component.min_values ?? 1;
  const files = new FileField({
    label: label || "Files",
    max,
    numbered: max > 1,
    hint: max > 1 ? `Up to ${max} files` : "",
  });
  return {
    node: files.element,
    files,
    focus: () => files.focus(),
    value: async () => {
      const names = [];
      for (const file of files.files) names.push(await api.upload(file));
      return names;
    },
    problem: (required) => {
      if (files.files.length < min && (required || files.files.length))
        return min > 1 ? `Choose at least ${min} files.` : "Choose a file.";
      return null;
    },
  };
}

function groupField(component, ids) {
  const radio = component.type === 21;
  const max = component.max_values ?? component.options.length;
  const inputs = component.options.map((option) =>
    h("input", {
      type: radio ? "radio" : "checkbox",
      name: ids.input,
      value: option.value,
      checked: Boolean(option.default),
      id: freshId("choice"),
    }),
  );
  const node = h(
    "div",
    { class: "group", role: radio ? "radiogroup" : "group", "aria-labelledby": ids.label },
    component.options.map((option, at) =>
      h(
        "label",
        { class: "group-option", for: inputs[at].id },
        inputs[at],
        h(
          "span",
          {},
          option.label,
          option.description ? h("span", { class: "muted block" }, option.description) : null,
        ),
      ),
    ),
  );
  const picked = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    node,
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
    value: async () => (radio ? picked()[0] : picked()),
    problem: (required) => {
      if (required && !picked().length) return "Choose one.";
      if (!radio && picked().length < (component.min_values ?? 0)) return `Choose at least ${component.min_values}.`;
      return !radio && picked().length > max ? `Choose at most ${max}.` : null;
    },
  };
}

function checkField(component, ids, label) {
  const input = h("input", {
    type: "checkbox",
    id: ids.input,
    checked: Boolean(component.default),
    "aria-labelledby": ids.label,
  });
  return {
    node: h("label", { class: "group-option", for: ids.input }, input, h("span", {}, label)),
    focus: () => input.focus(),
    value: async () => input.checked,
    problem: () => null,
  };
}
