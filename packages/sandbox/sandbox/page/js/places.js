/**
 * Kinds of places by their numbers in Discord's API: what each is called, how it is marked, and what may stand in it.
 */

import { world } from "./world.js";

const ICONS = { 2: "speaker", 5: "megaphone", 13: "stage", 15: "posts", 16: "image" };
const KINDS = { 2: "voice channel", 5: "announcement channel", 13: "stage channel", 15: "forum", 16: "media channel" };
const [DM, GROUP, CATEGORY] = [1, 3, 4];

export const isThread = (place) => place.type === 10 || place.type === 11 || place.type === 12;
export const isDirect = (place) => place.type === DM || place.type === GROUP;
export const isCategory = (place) => place.type === CATEGORY;
/** Forum and media channels hold posts, which are threads, and no messages of their own. */
export const holdsPosts = (place) => place.type === 15 || place.type === 16;
export const iconOf = (place) => (isThread(place) ? "thread" : isDirect(place) ? "bubble" : (ICONS[place.type] ?? "hash"));

/** The kind of a place in words, for who does not see its mark; none for text channels, threads and direct messages. */
export const kindOf = (place) => KINDS[place.type] ?? null;

/** The name of a place; a direct message is called after the others in it. */
export function nameOf(place) {
  if (place.type !== DM) return place.name ?? "";
  const others = (place.recipients ?? []).filter((user) => user.id !== world.me?.id);
  return others.length && place.recipients.length > 1
    ? others.map((user) => user.global_name ?? user.username).join(", ")
    : world.botName();
}

/** How a place is written in a sentence. */
export const called = (place) =>
  isThread(place) ? "this thread" : isDirect(place) ? `@${nameOf(place)}` : `#${place.name}`;
