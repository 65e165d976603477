/** A bot of discord.js's own making: `node bot.js URL TOKEN` registers /ping in the sandbox at URL and answers it. */

import { ButtonBuilder, ButtonStyle, ActionRowBuilder, Client, GatewayIntentBits } from "discord.js";

const [url, token] = process.argv.slice(2);
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: `${url}/api`, cdn: `${url}/cdn` } });

client.once("clientReady", () =>
  client.application.commands.set([
    { name: "ping", description: "Answers", options: [{ name: "word", description: "To be said", type: 3 }] },
  ]),
);
client.on("interactionCreate", async (interaction) => {
  if (interaction.isButton()) return interaction.update({ content: "pressed", components: [] });
  await interaction.deferReply();
  const button = new ButtonBuilder().setCustomId("more").setLabel("More").setStyle(ButtonStyle.Primary);
  const row = new ActionRowBuilder().addComponents(button);
  return interaction.editReply({ content: `pong ${interaction.options.getString("word")}`, components: [row] });
});
await client.login(token);
