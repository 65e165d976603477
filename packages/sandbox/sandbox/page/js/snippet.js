/**
 * A message in few words, and its author as the guild calls them: what cards, replies and toasts show of a message.
 */

import { plain } from "./markdown.js";
import { displayName } from "./people.js";
import { world } from "./world.js";

const EPHEMERAL = 64;
export const THINKING = 128;

export const isEphemeral = (message) => Boolean(message.ephemeral || message.flags & EPHEMERAL);

/** A user of a message with the name and the kind that the guild knows. */
export const shownAs = (user) => ({
  ...user,
  display: world.member(user.id)?.display ?? displayName(user),
  bot: user.bot ?? world.member(user.id)?.bot,
});

/** A message in one line of plain words. */
export function snippet(message) {
  if (message.flags & THINKING) return "is thinking…";
  const texts = [];
  let clips = 0;
  const walk = (list) =>
    (list ?? []).forEach((part) => {
      if (part.type === 10) texts.push(part.content);
      if (part.type === 12) clips += (part.items ?? []).length;
      if (part.type === 13) clips += 1;
      walk(part.components);
    });
  walk(message.components);
  const words = plain([message.content, ...texts].filter(Boolean).join("\n")).slice(0, 140);
  return words || (clips || message.attachments?.length ? "sent a file" : "");
}
