/**
 * Discord's markdown as DOM nodes. Input is untrusted: it becomes text nodes and a fixed set of elements, never markup.
 * Blocks first (code, quotes, headings, lists, small text), then what stands inside a line.
 */

import { h } from "./dom.js";
import { inline } from "./markdown_inline.js";

const FENCE = /^```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```/;
const LIST_ITEM = /^( *)([-*]|\d{1,4}\.) +(.*)$/;

/** Nodes for a whole message or text display. */
export function markdown(text) {
  const nodes = [];
  let rest = String(text ?? "").replace(/\r\n?/g, "\n");
  let prose = [];
  const flush = () => {
    if (prose.length) nodes.push(...blocks(prose));
    prose = [];
  };
  while (rest) {
    const fence = rest.indexOf("```");
    const match = fence >= 0 ? FENCE.exec(rest.slice(fence)) : null;
    if (!match) {
      prose.push(...rest.split("\n"));
      break;
    }
    const before = rest.slice(0, fence).replace(/\n$/, "");
    if (before) prose.push(...before.split("\n"));
    flush();
    nodes.push(h("pre", { class: "code-block" }, h("code", {}, match[2])));
    rest = rest.slice(fence + match[0].length).replace(/^\n/, "");
  }
  flush();
  return nodes;
}

/** Quotes do not nest in Discord: inside one, a further mark is text. */
function blocks(lines, quoted = false) {
  const nodes = [];
  let run = [];
  const flush = () => {
    if (run.length) nodes.push(h("div", { class: "line" }, inline(run.join("\n"))));
    run = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const heading = /^(#{1,3}) +(.+?)\s*#*$/.exec(line);
    if (heading) {
      flush();
      nodes.push(
        h(
          "div",
          {
            class: `heading heading-${heading[1].length}`,
            role: "heading",
            "aria-level": "3", // below the heading of the channel; the size of the text means no level
          },
          inline(heading[2]),
        ),
      );
    } else if (/^-# +\S/.test(line)) {
      flush();
      nodes.push(h("div", { class: "small" }, inline(line.replace(/^-# +/, ""))));
    } else if (!quoted && /^>>> /.test(line)) {
      flush();
      const inside = [line.slice(4), ...lines.slice(at + 1)];
      nodes.push(h("blockquote", {}, blocks(inside, true)));
      return nodes;
    } else if (!quoted && (line.startsWith("> ") || line === ">")) {
      flush();
      const inside = [];
      while (at < lines.length && (lines[at].startsWith("> ") || lines[at] === ">")) inside.push(lines[at++].slice(2));
      at -= 1;
      nodes.push(h("blockquote", {}, blocks(inside, true)));
    } else if (LIST_ITEM.test(line)) {
      flush();
      const items = [];
      while (at < lines.length && LIST_ITEM.test(lines[at])) items.push(LIST_ITEM.exec(lines[at++]));
      at -= 1;
      nodes.push(list(items));
    } else {
      run.push(line);
    }
  }
  flush();
  return nodes;
}

function list(items) {
  const ordered = /\d/.test(items[0][2]);
  const root = h(ordered ? "ol" : "ul", ordered ? { start: Number.parseInt(items[0][2], 10) } : {});
  const depth = items[0][1].length;
  for (let at = 0; at < items.length;) {
    const node = h("li", {}, inline(items[at][3]));
    at += 1;
    const inner = [];
    while (at < items.length && items[at][1].length > depth) inner.push(items[at++]);
    if (inner.length) node.append(list(inner));
    root.append(node);
  }
  return root;
}

/** The same text without its marks, for one-line previews and titles. */
export function plain(text) {
  const words = markdown(text).map((node) => node.textContent ?? "");
  return words.join(" ").replace(/\s+/g, " ").trim();
}
