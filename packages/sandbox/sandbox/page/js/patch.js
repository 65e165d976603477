/**
 * Draws anew what stands already: whatever is still there stays the very same element, so that a redraw takes neither
 * focus nor selection, stops no clip and closes no list.
 */

import { adopt } from "./dom.js";

const NAMES = ["id", "customId", "thread", "channel", "path"]; // the data attributes that tell elements of a kind apart
const looks = new WeakMap(); // how a node was drawn; what became of it since (an opened list, a lifted veil) stays
const whole = new WeakSet();

/** This element runs by itself, as a clip does: a redraw keeps it as it is or puts another in its place. Returns it. */
export function keepWhole(node) {
  whole.add(node);
  return node;
}

/** Note how `node` and all in it were drawn, before anything happens to them. Returns it. */
export function drawn(node) {
  looks.set(node, look(node));
  node.childNodes.forEach(drawn);
  return node;
}

/** Let `old` become what `fresh` is. Returns the element that now is it: `old`, unless it is of another kind. */
export function patch(old, fresh) {
  if (kind(old) !== kind(fresh)) return drawn(fresh);
  if (whole.has(old) && whole.has(fresh)) {
    for (const loading of fresh.querySelectorAll("[src]")) loading.removeAttribute("src"); // it will not be shown
    return old;
  }
  const before = looks.get(old) ?? look(old);
  const after = look(fresh);
  if (typeof after === "string") {
    if (before !== after) old.data = after;
  } else {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (before[name] !== after[name]) change(old, name, before[name], after[name]);
    adopt(old, fresh);
    fillAgain(old, [...fresh.childNodes]);
  }
  looks.set(old, after);
  return old;
}

/** Let `parent` hold what is drawn as `fresh`, a list of nodes; what is there already stays. */
export function fillAgain(parent, fresh) {
  const present = new Map();
  for (const node of parent.childNodes) present.set(kind(node), [...(present.get(kind(node)) ?? []), node]);
  hold(
    parent,
    fresh.map((node) => {
      const old = present.get(kind(node))?.shift();
      return old ? patch(old, node) : drawn(node);
    }),
  );
}

/** Make `parent` hold exactly `children`, moving nothing that stands right already. */
export function hold(parent, children) {
  const wanted = new Set(children);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  children.forEach((node, at) => {
    if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at] ?? null);
  });
}

/** What an element must have in common with another to become it: tag, first class and name. */
function kind(node) {
  if (!(node instanceof Element)) return node.nodeName;
  const name = NAMES.map((key) => node.dataset[key] ?? "").join(" ");
  return `${node.nodeName} ${node.classList[0] ?? ""} ${whole.has(node) ? "whole" : ""} ${name}`;
}

function look(node) {
  if (!(node instanceof Element)) return node.data;
  return Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]));
}

function change(node, name, before, after) {
  if (name === "class") {
    const stay = new Set(words(after));
    node.classList.remove(...words(before).filter((word) => !stay.has(word)));
    node.classList.add(...stay);
  } else if (after === undefined) node.removeAttribute(name);
  else if (name === "style")
    node.style.cssText = after; // as an attribute the page's policy would refuse it
  else node.setAttribute(name, after);
}

const words = (text) => (text ?? "").split(" ").filter(Boolean);
