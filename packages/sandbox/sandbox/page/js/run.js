/**
 * Runs a command as the chosen member, wherever it was asked for (composer, example, message menu), and shows
 * its way until the bot answered.
 */

import * as api from "./api.js";
import { outcome } from "./live.js";
import { world } from "./world.js";

/** Resolves to the interaction's id once the sandbox took it; throws `api.Refused` otherwise. */
export async function run({ channel, command, options = {}, target }) {
  const { interaction } = await api.invoke(world.me.id, channel, command, options, target);
  const room = world.notices.get(channel);
  for (const [id, notice] of room ?? []) if (notice.local === "failed") world.notice(channel, id, null);
  const timer = setTimeout(() => world.notice(channel, interaction, { local: "sending", command }), 250);
  outcome(interaction).then((record) => {
    clearTimeout(timer);
    const failed = record.state === "failed";
    world.notice(
      channel,
      interaction,
      failed ? { local: "failed", command, text: "The application did not respond" } : null,
    );
    if (record.state === "modal") world.tell("modal", { interaction, modal: record.modal, channel });
  });
  return interaction;
}

/** A text in the chosen member's language, where the bot registered it in that; else as it is. */
const mine = (text, texts) => texts?.[world.me?.locale] ?? text;

function localized(option) {
  return {
    ...option,
    description: mine(option.description, option.description_localizations),
    choices: option.choices?.map((choice) => ({ ...choice, name: mine(choice.name, choice.name_localizations) })),
  };
}

/** Every command that can be typed, subcommands written out: `{path, description, options}`. */
export function typedCommands() {
  const found = [];
  const walk = (path, node) => {
    const options = node.options ?? [];
    const inner = options.filter((option) => option.type === 1 || option.type === 2);
    if (inner.length) inner.forEach((option) => walk(`${path} ${option.name}`, option));
    else
      found.push({
        path,
        description: mine(node.description ?? "", node.description_localizations),
        options: options.map(localized).sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false)),
      });
  };
  for (const command of world.state.commands ?? []) if ((command.type ?? 1) === 1) walk(`/${command.name}`, command);
  return found;
}

/** Context menu commands; `type` 2 is for members, 3 for messages. */
export const menuCommands = (type) => (world.state.commands ?? []).filter((command) => command.type === type);

export const botReady = () => Boolean(world.state.bot?.online) && typedCommands().length > 0;
