/**
 * Keeps the world true: server-sent events in, and after every (re)connection everything read again,
 * because nobody knows what was missed.
 */

import * as api from "./api.js";
import { world } from "./world.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;
let source = null;
let wait = FIRST_WAIT_MS;
let stateTimer = 0;
let heard = null; // what happened while all was being read, to be told after it

/** Begin, or begin again as another member. */
export async function connect() {
  source?.close();
  try {
    if (!world.me) await world.refresh();
    if (!world.me) throw new Error("a world without members");
  } catch {
    return retry();
  }
  source = api.events(world.me.id);
  source.onmessage = (event) => receive(JSON.parse(event.data));
  source.onerror = () => {
    source.close();
    retry();
  };
  return undefined;
}

function retry() {
  setLink("lost");
  setTimeout(async () => {
    try {
      await world.refresh();
    } catch {
      return retry();
    }
    return connect();
  }, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function setLink(link) {
  world.link = link;
  world.tell("link");
}

/** Read everything. Events that come meanwhile are applied after it, since what was read may be older and would undo them. */
async function readAll() {
  const mine = source;
  const meanwhile = [];
  heard = meanwhile;
  try {
    await world.refresh();
    await world.readAll();
  } catch {
    if (source !== mine) return undefined; // begun anew meanwhile
    source.close();
    return retry();
  }
  if (source !== mine) return undefined;
  heard = null;
  setLink("live");
  return meanwhile.forEach(receive);
}

function receive({ type, data }) {
  if (type === "hello") {
    wait = FIRST_WAIT_MS;
    return readAll();
  }
  if (type === "reset" || type === "dropped") return connect();
  if (heard) return heard.push({ type, data });
  if (type === "message" || type === "message_update") return world.put(data, type === "message_update");
  if (type === "message_delete") return world.drop(data.channel_id, data.id);
  if (type === "interaction") return world.tell("interaction", data);
  if (type === "typing") return world.tell("typing", data);
  if (type === "guild") return readAll(); // with all its channels, should it be new
  if (type === "channel" && !data.deleted) world.see(data.id);
  clearTimeout(stateTimer); // channels, threads, commands and the bot's state: rare, so read whole
  stateTimer = setTimeout(() => world.refresh().catch(() => {}), 40);
}

const CLIENT_LIMIT_MS = 4500; // Discord's 3 s, and some time for the way
const ASK_EVERY_MS = 500;

/** Wait until the bot answered an interaction; resolves to its record, `failed` when it never did. */
export function outcome(id) {
  return new Promise((resolve) => {
    const started = performance.now();
    let timer = 0;
    const settle = (record) => {
      if (record.id !== id || record.state === "pending") return;
      clearTimeout(timer);
      world.removeEventListener("interaction", heard);
      resolve(record);
    };
    const heard = (event) => settle(event.detail);
    const ask = async () => {
      try {
        settle(await api.interaction(id));
      } catch {
        // the events, or the next asking, will tell
      }
      if (performance.now() - started > CLIENT_LIMIT_MS) settle({ id, state: "failed" });
      else timer = setTimeout(ask, ASK_EVERY_MS);
    };
    world.addEventListener("interaction", heard);
    ask();
  });
}
