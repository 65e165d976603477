/**
 * Pictures, clips and files inside messages: a clip plays in place with its sound, a picture opens large.
 * Links outside http(s) are never followed.
 */

import { shownUrl } from "./api.js";
import { append, h } from "./dom.js";
import { icon } from "./icons.js";
import { keepWhole } from "./patch.js";

const SPOILED = "SPOILER_";

const kindOf = (media) => {
  const type = media.content_type ?? "";
  const path = (media.url ?? "").split("?")[0].toLowerCase();
  if (type.startsWith("video/") || /\.(mp4|webm|mov)$/.test(path)) return "video";
  const shown = /^image\/(png|jpeg|webp|gif|avif|svg\+xml)\b/; // a phone's HEIC, a TIFF or a RAW is a file to fetch
  if (shown.test(type) || (!type && /\.(png|jpe?g|webp|gif|avif)$/.test(path))) return "image";
  return "file";
};

/** A media gallery component's items, or attachments shown as Discord groups them. */
export function gallery(items) {
  const shown = items.slice(0, 10);
  const grid = h("div", { class: `gallery gallery-${Math.min(shown.length, 4)}` });
  return append(
    grid,
    shown.map((item) => tile(item.media ?? item, item.description, item.spoiler, shown.length === 1)),
  );
}

function tile(media, description, spoiler, alone) {
  const url = shownUrl(media);
  if (!url) return h("div", { class: "tile tile-broken" }, "This picture has no link that can be opened.");
  const kind = kindOf(media);
  if (kind === "file" && media.content_type) return fileCard(media, media.filename, media.size);
  const body = kind === "video" ? player(media, url, description) : picture(url, description, media);
  const box = h("div", { class: "tile", dataset: { path: new URL(url).pathname } }, body);
  if (alone && media.width && media.height) {
    box.style.setProperty("--shape", `${media.width} / ${media.height}`);
    box.style.setProperty("--ratio", String(media.width / media.height));
    box.classList.add("tile-shaped");
  }
  return spoiler || media.filename?.startsWith(SPOILED) ? veiled(box) : box;
}

function veiled(box) {
  return append(box, veil());
}

/** What lies over a spoiler until it is pressed. */
export function veil() {
  const lift = (event) => {
    event.currentTarget.hidden = true;
  };
  return h("button", { class: "veil", type: "button", onclick: lift }, h("span", {}, "SPOILER"));
}

export function picture(url, description, media = {}) {
  const image = h("img", { src: url, alt: description ?? "", loading: "lazy" });
  if (media.width) image.setAttribute("width", media.width);
  if (media.height) image.setAttribute("height", media.height);
  const gone = (is) => () => image.closest(".tile, .thumb")?.classList.toggle("gone", is);
  image.addEventListener("error", gone(true));
  image.addEventListener("load", gone(false)); // a redraw may bring a fresh link
  return h(
    "button",
    {
      class: "picture",
      type: "button",
      "aria-label": `Open picture${description ? `: ${description}` : ""}`,
      onclick: () => enlarge(url, description),
    },
    image,
  );
}

function player(media, url, description) {
  const video = h("video", {
    class: "clip",
    playsinline: true,
    preload: "metadata",
    src: url,
    "aria-label": description || media.filename || "Clip",
  });
  const start = h("button", { class: "play", type: "button", "aria-label": "Play the clip with sound" }, icon("play"));
  const length = h("span", { class: "clip-length", "aria-hidden": "true" });
  const box = keepWhole(h("div", { class: "player", dataset: { path: new URL(url).pathname } }, video, start, length));
  start.addEventListener("click", () => {
    video.controls = true; // only with them it takes the focus that the button gives up
    video.focus();
    video.play().catch(() => {});
  });
  video.addEventListener("loadedmetadata", () => {
    if (!media.width) box.style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
    const seconds = Math.round(video.duration);
    length.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  });
  video.addEventListener("play", () => {
    video.controls = true; // before that, one large button is all there is to do
    box.classList.add("playing");
  });
  video.addEventListener("error", () => {
    delete box.dataset.path; // a redraw with a fresh link puts a new one in its place
    start.remove();
    box.append(
      h(
        "p",
        { class: "clip-broken", role: "status" },
        "This clip cannot be played here. Its link may have expired; reload the page for a fresh one.",
      ),
    );
  });
  return box;
}

/** Draw the message `root` anew by `redraw()`; a clip that then stands elsewhere in it is the same and plays on. */
export function keepPlayers(root, redraw) {
  const players = [...root.querySelectorAll(".player[data-path]")];
  const playing = new Set(players.filter((player) => !player.querySelector("video").paused));
  redraw();
  for (const player of players.filter((one) => !root.contains(one))) {
    const fresh = root.querySelector(`.player[data-path="${CSS.escape(player.dataset.path)}"]`);
    if (!fresh) continue;
    fresh.replaceWith(player);
    if (playing.has(player))
      player
        .querySelector("video")
        .play()
        .catch(() => {});
  }
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(2)} MB`;
}

/** A file component or an attachment that is neither picture nor clip. */
export function fileCard(media, name, bytes) {
  const url = shownUrl(media);
  const title =
    name ?? media.filename ?? decodeURIComponent((media.url ?? "").split("?")[0].split("/").pop() || "file");
  return h(
    "div",
    { class: "file-card" },
    icon("file", "file-icon"),
    h(
      "div",
      { class: "file-words" },
      url ? h("a", { href: url, download: title, target: "_blank", rel: "noopener" }, title) : h("span", {}, title),
      bytes ? h("span", { class: "muted" }, size(bytes)) : null,
    ),
    url
      ? h(
          "a",
          { class: "icon-button", href: url, download: title, "aria-label": `Download ${title}` },
          icon("download"),
        )
      : null,
  );
}

/** Attachments of a message without Components V2. */
export function attachments(list) {
  const seen = list.filter((item) => kindOf(item) !== "file");
  const files = list.filter((item) => kindOf(item) === "file");
  return [seen.length ? gallery(seen) : null, files.map((item) => fileCard(item, item.filename, item.size))];
}

/** Show one picture over everything; Escape, the button and a press beside it close. */
export function enlarge(url, description) {
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": description || "Picture" },
    h(
      "button",
      { class: "lightbox-close", type: "button", "aria-label": "Close", onclick: () => dialog.close() },
      icon("close"),
    ),
    h(
      "figure",
      {},
      h("img", { src: url, alt: description ?? "" }),
      h(
        "figcaption",
        {},
        description ? h("span", {}, description) : null,
        h("a", { href: url, target: "_blank", rel: "noopener" }, "Open original"),
      ),
    ),
  );
  dialog.addEventListener("click", (event) => event.target.closest("img, a, figcaption") || dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
