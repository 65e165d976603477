/**
 * The control API in the page's words.
 * Every call resolves to JSON or throws `Refused` with a sentence for the member.
 */

export class Refused extends Error {
  /** `status` is 0 when the sandbox could not be reached at all. */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

async function call(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch(`/_sandbox/${path}`, { method, body, headers, cache: "no-store" });
  } catch {
    throw new Refused("The sandbox cannot be reached. It may be restarting.", 0);
  }
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    throw new Refused(`The sandbox answered something unreadable (${response.status}).`, response.status);
  }
  if (!response.ok) throw new Refused(answer.error ?? `The sandbox refused (${response.status}).`, response.status);
  return answer;
}

const post = (path, value) => call("POST", path, JSON.stringify(value), { "Content-Type": "application/json" });
const query = (values) => new URLSearchParams(values).toString();

export const state = () => call("GET", "state");
export const everything = (as) => call("GET", `messages?${query({ as })}`);
export const interaction = (id) => call("GET", `interactions/${encodeURIComponent(id)}`);
export const invoke = (as, channel, command, options, target) =>
  post("invoke", { as, channel, command, options, ...(target ? { target } : {}) });
export const autocomplete = (as, channel, command, options, focused) =>
  post("autocomplete", { as, channel, command, options, focused });
export const component = (as, message, customId, values) =>
  post("component", { as, message, custom_id: customId, values });
export const modal = (as, opened, values) => post("modal", { as, modal: opened, values });
/** Begin the direct message with the bot, or find it. */
export const direct = (as) => post("channels", { dm_with: as });
export const say = (as, channel, content, files) => post("messages", { as, channel, content, files });
export const events = (as) => new EventSource(`/_sandbox/events?${query({ as })}`);

/** Put a `File` or `Blob` into the sandbox; resolves to the `"@f1"` that names it elsewhere. */
export async function upload(file, filename = file.name) {
  const type = file.type || "application/octet-stream";
  const kept = await call("POST", `files?${query({ filename })}`, file, { "Content-Type": type });
  return `@${kept.file}`;
}

/** Files of the sandbox's CDN are fetched from where the page came from, whatever host name the link carries. */
export function localUrl(url) {
  if (!url) return null;
  let parsed;
  try {
    parsed = new URL(url, location.href);
  } catch {
    return null;
  }
  if (parsed.pathname.startsWith("/cdn/")) return location.origin + parsed.pathname + parsed.search;
  return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
}

/** Where a picture or a video is read from: through Discord's proxy, never from the outside host that it lies at. */
export const shownUrl = (media) => localUrl(media?.proxy_url) ?? localUrl(media?.url);
