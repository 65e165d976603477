/**
 * How the page makes elements: text only ever becomes text nodes, so a message can never become markup.
 */

/** Make an element. `on*` keys are listeners, `null`/`false` drops an attribute, `true` sets it bare. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) listen(node, key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (key in node && typeof value !== "string" && key !== "list") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

const listeners = new WeakMap(); // element -> its listeners by the type of event

function listen(node, type, listener) {
  listeners.set(node, { ...listeners.get(node), [type]: listener });
  node.addEventListener(type, hear);
}

function hear(event) {
  return listeners.get(this)?.[event.type]?.(event);
}

/** From now on `node` does what `fresh`, the same element drawn later, would do. */
export function adopt(node, fresh) {
  const own = listeners.get(fresh) ?? {};
  for (const type of Object.keys(own)) node.addEventListener(type, hear); // the same listener is never added twice
  listeners.set(node, own);
}

/** Append strings, nodes and nested lists of them; empty values are skipped. */
export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** Put new children in place of all present ones. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export const $ = (selector, root = document) => root.querySelector(selector);

let counter = 0;

/** A fresh id for `aria-*` and `for` references. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Say something to screen readers without moving focus. */
export function announce(text) {
  const region = $("#announcer");
  if (region) region.textContent = text;
}

export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const isPhone = () => matchMedia("(max-width: 760px)").matches;
