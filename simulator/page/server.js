// Talking to the simulator: reading, acting, and the stream of events (see simulator/README.md).

export class Refusal extends Error {}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refusal("");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(body.error ?? String(response.status));
  return body;
}

export const read = (path) => answered(fetch(`/sim/${path}`, { cache: "no-store" }));

export const post = (path, body) =>
  answered(fetch(`/sim/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));

export const act = (persona, action, fields = {}) => post("act", { persona, action, ...fields });

export function upload(persona, files, fields) {
  const form = new FormData();
  form.set("persona", String(persona));
  form.set("action", "uploads");
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== "") form.set(name, String(value));
  }
  for (const file of files) form.append("file", file, file.name || "foto.png");
  return answered(fetch("/sim/act", { method: "POST", body: form }));
}

export function messagesOf(person, chat, { before = null, limit = 200, mark = true } = {}) {
  const query = new URLSearchParams({ limit: String(limit), mark: mark ? "1" : "0" });
  if (before) query.set("before", String(before));
  return read(`chats/${person}/${chat}/messages?${query}`);
}

const EVENTS = ["message", "edited", "deleted", "reaction", "typing", "toast", "alert", "pinned", "unpinned", "blocked", "unblocked", "commands", "people", "clock"];

// Listens for one person until `stop()`. `on.hello(again)` comes first and after every interruption; nothing
// is replayed then, so the page reads again. `on.lost()` says that the connection is gone.
export function listen(person, on) {
  let source = null;
  let again = false;
  let timer = null;
  let wait = 500;
  let stopped = false;
  const begin = () => {
    source = new EventSource(`/sim/events/${person}`);
    source.addEventListener("hello", (event) => {
      wait = 500;
      on.hello(again, JSON.parse(event.data));
      again = true;
    });
    for (const name of EVENTS) source.addEventListener(name, (event) => on[name]?.(JSON.parse(event.data)));
    // The browser gives up after a refusal; a restarted demo should be found again all the same.
    source.addEventListener("error", () => {
      source.close();
      if (stopped) return;
      on.lost();
      timer = setTimeout(begin, wait);
      wait = Math.min(wait * 2, 8000);
    });
  };
  begin();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}
