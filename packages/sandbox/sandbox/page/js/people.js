/** Faces and names of members, the bot and other applications. */

import { h } from "./dom.js";
import { world } from "./world.js";

const HUES = ["rose", "amber", "teal", "violet", "sky", "moss"];

/** A round picture: its own for the bot, for all others their first letter on a colour that stays theirs. */
export function avatar(user, className = "") {
  if (world.isOurs(user))
    return h("img", { class: `avatar ${className}`, src: world.page().icon, alt: "", width: 40, height: 40 });
  const name = displayName(user);
  const hue = HUES[[...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  return h(
    "span",
    { class: `avatar avatar-letter hue-${hue} ${className}`, "aria-hidden": "true" },
    [...name][0]?.toUpperCase() ?? "?",
  );
}

export function displayName(user) {
  return user?.display ?? user?.global_name ?? user?.username ?? user?.name ?? "someone";
}

export function appTag() {
  return h("span", { class: "app-tag" }, "APP");
}
