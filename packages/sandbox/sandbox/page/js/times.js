/**
 * Times as Discord writes them, in the reader's own locale. Relative ones are brought up to date each second.
 */

import { h } from "./dom.js";

const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const format = (options) => new Intl.DateTimeFormat(undefined, options);
const CLOCK = format({ hour: "numeric", minute: "2-digit" });
const DAY = format({ dateStyle: "long" });
const FULL = format({ dateStyle: "full", timeStyle: "short" });
const STYLES = {
  t: CLOCK,
  T: format({ timeStyle: "medium" }),
  d: format({ dateStyle: "short" }),
  D: DAY,
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: FULL,
};

let ahead = 0; // milliseconds by which the sandbox's clock is ahead of this computer's, as far as is known

/** The sandbox's clock was at this moment: it may be set forward while the page is open. */
export function clockSeen(iso) {
  ahead = Math.max(ahead, Date.parse(iso) - Date.now() || 0);
}

const now = () => Date.now() + ahead;

export function ago(seconds) {
  const away = seconds - now() / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(away) >= step) ?? ["second", 1];
  return relative.format(Math.round(away / size), unit);
}

/** A `<t:…>` of a message; `R` goes on counting. */
export function timestamp(seconds, style = "f") {
  const moment = new Date(seconds * 1000);
  const live = style === "R";
  const text = live ? ago(seconds) : (STYLES[style] ?? STYLES.f).format(moment);
  return h(
    "time",
    {
      class: "stamp",
      datetime: moment.toISOString(),
      title: FULL.format(moment),
      "data-relative": live ? String(seconds) : null,
    },
    text,
  );
}

/** The small time beside an author. */
export function messageTime(iso) {
  const moment = new Date(iso);
  const today = new Date(now()).toDateString() === moment.toDateString();
  const text = today ? CLOCK.format(moment) : `${STYLES.d.format(moment)} ${CLOCK.format(moment)}`;
  return h("time", { class: "message-time", datetime: iso, title: FULL.format(moment) }, text);
}

export const clock = (iso) => CLOCK.format(new Date(iso));
export const day = (iso) => DAY.format(new Date(iso));

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = ago(Number(node.dataset.relative));
    if (node.textContent !== text) node.firstChild.data = text;
  }
}, 1000);
