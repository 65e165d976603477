/**
 * The page's small pictures, drawn as SVG paths. They are decoration: the element beside them carries the words.
 */

const PATHS = {
  hash: "M5.9 21 6.6 17H3l.35-2h3.6l1.06-6h-3.6l.35-2h3.6L9.07 3h2l-.71 4h6l.71-4h2l-.71 4H22l-.35 2h-3.6L17 15h3.6l-.35 2h-3.6l-.71 4h-2l.71-4h-6l-.71 4h-2Zm4.1-12-1.06 6h6L16 9h-6Z",
  megaphone: "M20 4v14l-8-3.2V17a3 3 0 0 1-6 0v-2.6A4.5 4.5 0 0 1 6.5 5.5H12L20 4ZM8 15v2a1 1 0 0 0 2 0v-2H8Z",
  speaker: "M3 9h4l5-4v14l-5-4H3V9Zm11-.5a4 4 0 0 1 0 7v-7ZM14 4a8.5 8.5 0 0 1 0 16v-2.2a6.4 6.4 0 0 0 0-11.6V4Z",
  stage: "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm-5 11c0-2.5 2-4 5-4s5 1.5 5 4H7ZM6.3 6.3l1.4 1.4A6 6 0 0 0 6.6 14.7l-1.8.9A8 8 0 0 1 6.3 6.3Zm11.4 0a8 8 0 0 1 1.5 9.3l-1.8-.9a6 6 0 0 0-1.1-7l1.4-1.4Z",
  posts: "M4 4h16v10H9l-5 4V4Zm3 3v2h10V7H7Zm0 3.5v2h7v-2H7ZM12 16h8v4l-3-2h-5v-2Z",
  thread:
    "M5.4 18.2 6 15H3l.3-2h3.05l.7-4H4l.35-2H7.4L8 3h2l-.7 4h6l.7-4h2l-.6 4H21l-.35 2H17.4l-.35 2h-2l.35-2H9.1l-.7 4h3.1v2H8.05l-.65 3.2h-2ZM14 13h7a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-3l-2.4 2v-2H14a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1Z",
  close: "M18.4 4 12 10.4 5.6 4 4 5.6 10.4 12 4 18.4 5.6 20 12 13.6 18.4 20l1.6-1.6L13.6 12 20 5.6 18.4 4Z",
  menu: "M3 6h18v2H3V6Zm0 5h18v2H3v-2Zm0 5h18v2H3v-2Z",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6V5Z",
  send: "M3.4 20.6 22 12 3.4 3.4l-.01 6.7L16 12 3.4 13.9v6.7Z",
  sparkle:
    "M12 2l1.9 5.6a4 4 0 0 0 2.5 2.5L22 12l-5.6 1.9a4 4 0 0 0-2.5 2.5L12 22l-1.9-5.6a4 4 0 0 0-2.5-2.5L2 12l5.6-1.9a4 4 0 0 0 2.5-2.5L12 2Z",
  chevron: "M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6 1.4-1.4Z",
  right: "M8.6 16.6 13.2 12 8.6 7.4 10 6l6 6-6 6-1.4-1.4Z",
  eye: "M12 5c5.5 0 9.3 4.9 10 7-.7 2.1-4.5 7-10 7S2.7 14.1 2 12c.7-2.1 4.5-7 10-7Zm0 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm0 2.3a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z",
  file: "M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2Zm7 1.5V8h4.5L13 3.5Z",
  image:
    "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6c0-1.1.9-2 2-2Zm3.5 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM4 18h16l-5.5-7-4 5-2.5-3L4 18Z",
  download: "M11 3h2v9.2l3.3-3.3 1.4 1.4L12 16l-5.7-5.7 1.4-1.4L11 12.2V3ZM4 18h16v2H4v-2Z",
  external:
    "M14 3h7v7h-2V6.4l-9.3 9.3-1.4-1.4L17.6 5H14V3ZM5 5h6v2H5v12h12v-6h2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7c0-1.1.9-2 2-2Z",
  trash: "M9 3h6l1 1h4v2H4V4h4l1-1ZM6 8h12l-1 13H7L6 8Z",
  check: "M9.5 16.6 5.4 12.5 4 13.9l5.5 5.5L20.5 8.4 19.1 7 9.5 16.6Z",
  play: "M8 5v14l11-7L8 5Z",
  warning: "M12 3 1.5 21h21L12 3Zm-1 6.5h2v5h-2v-5Zm0 6.5h2v2h-2v-2Z",
  people:
    "M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm7.5 1a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM9 13.5c4 0 7 2 7 4.5v2H2v-2c0-2.5 3-4.5 7-4.5Zm8 0c3 .2 5 1.8 5 3.7V20h-4v-2c0-1.8-.9-3.3-2.3-4.4l1.3-.1Z",
  bubble: "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5c0-1.1.9-2 2-2Z",
  info: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-1 5v2h2V7h-2Zm0 4v6h2v-6h-2Z",
  copy: "M8 2h11a1 1 0 0 1 1 1v13h-2V4H8V2ZM5 6h10a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Z",
  app: "M4 4h7v7H4V4Zm9 0h7v7h-7V4ZM4 13h7v7H4v-7Zm11 0h3v3h3v3h-3v3h-3v-3h-3v-3h3v-3Z",
  reply: "M3 12v8h2v-8a2 2 0 0 1 2-2h14V8H7a4 4 0 0 0-4 4Z",
};

/** An icon of 24 units, sized by the text around it unless the style says otherwise. */
export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
