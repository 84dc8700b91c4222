// The conversation: rows by day, kept in step with the stream, read in pages backwards.

import { $, h, icon } from "./dom.js";
import { row } from "./bubbles.js";
import { measureQuotes } from "./rich.js";
import { messagesOf } from "./server.js";
import { dayKey, dayText, t } from "./words.js";

const PAGE = 200;
const NEAR = 80; // pixels from the end that still count as "at the bottom"
const TOGETHER = 5 * 60_000; // messages of one sender closer than this share a tail

const frame = $("log");
const inner = h("div", { class: "log-inner" });
const down = $("down");
const observer = new ResizeObserver(() => {
  if (state.sticky) toBottom();
});

const state = { place: null, units: [], byId: new Map(), more: false, loading: false, sticky: true, waiting: 0, turn: 0, busy: false, queue: [], gone: new Set() };

export function setUp() {
  frame.replaceChildren(inner);
  observer.observe(inner);
  observer.observe(frame);
  frame.addEventListener("scroll", scrolled, { passive: true });
  down.append(icon("down"));
  down.addEventListener("click", () => toBottom(true));
  frame.addEventListener("keydown", walk);
}

export const newestOwn = () => [...state.units].reverse().flatMap((u) => u.messages).find((m) => m.mine && m.kind !== "service") ?? null;
export const messageOf = (id) => state.byId.get(Number(id))?.messages.find((m) => m.id === Number(id)) ?? null;
export const atBottom = () => state.sticky;

// Read a chat. `keep`: the same chat once more, after an interruption: the place in it stays.
export async function load(place, { keep = false, mark = true } = {}) {
  const turn = ++state.turn;
  const held = keep ? anchor() : null;
  const wanted = keep ? Math.min(500, Math.max(PAGE, count() + 50)) : PAGE;
  if (!keep) {
    state.place = place;
    frame.setAttribute("aria-busy", "true");
    clear();
  }
  // What the stream tells meanwhile may be newer than what is being read: it has its turn afterwards.
  state.busy = true;
  state.queue = [];
  let found;
  try {
    found = await messagesOf(place.person, place.chat.id, { limit: wanted, mark });
  } finally {
    if (turn === state.turn) state.busy = false;
  }
  if (turn !== state.turn) return;
  const sticky = state.sticky;
  clear();
  state.place = place;
  state.more = found.more;
  take(found.messages);
  draw();
  frame.removeAttribute("aria-busy");
  if (keep && !sticky) {
    state.sticky = false;
    restore(held);
  } else {
    toBottom();
  }
  for (const act of state.queue.splice(0)) act();
  if (state.more && frame.scrollHeight <= frame.clientHeight) loadOlder();
}

// Draw everything again: another language or zone.
export function redraw(place) {
  const held = anchor();
  const sticky = state.sticky;
  state.place = place ?? state.place;
  if (!state.place) return;
  draw();
  if (sticky) toBottom();
  else restore(held);
}

export function empty() {
  state.turn++;
  state.place = null;
  clear();
}

export function added(message) {
  if (later(() => added(message)) || !wanted(message) || state.gone.has(message.id)) return;
  const known = state.byId.get(message.id);
  if (known) return changed(message);
  const last = state.units.at(-1);
  const joins = message.album && last?.messages[0].album === message.album;
  inner.querySelector(".nothing")?.remove();
  if (joins) {
    last.messages.push(message);
    state.byId.set(message.id, last);
    redrawUnit(last);
  } else if (last && message.serial < last.messages[0].serial) {
    take([message]);
    draw();
  } else {
    const unit = { messages: [message], node: null };
    state.units.push(unit);
    state.byId.set(message.id, unit);
    place(unit, state.units.length - 1);
    unit.node.classList.add("arrives");
    if (message.mine) state.sticky = true;
  }
  if (state.sticky) toBottom();
  else {
    state.waiting++;
    pill();
  }
}

export function changed(message) {
  if (later(() => changed(message))) return;
  const unit = state.byId.get(message.id);
  if (!unit) return;
  unit.messages = unit.messages.map((m) => (m.id === message.id ? message : m));
  redrawUnit(unit);
  if (state.sticky) toBottom();
}

export function removed(id) {
  if (later(() => removed(id))) return;
  state.gone.add(id);
  const unit = state.byId.get(id);
  if (!unit) return;
  state.byId.delete(id);
  unit.messages = unit.messages.filter((m) => m.id !== id);
  if (unit.messages.length) redrawUnit(unit);
  else {
    const at = state.units.indexOf(unit);
    state.units.splice(at, 1);
    const day = unit.node.parentElement;
    unit.node.remove();
    if (day && !day.querySelector(".row")) day.remove();
    group(at - 1);
    group(at);
    if (!state.units.length) draw();
  }
  if (state.sticky) toBottom();
}

export async function jump(id) {
  for (let page = 0; !state.byId.has(id) && state.more && page < 20; page++) await loadOlder();
  const node = state.byId.get(id)?.node;
  if (!node) return;
  state.sticky = false;
  node.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  node.classList.remove("found");
  void node.offsetWidth;
  node.classList.add("found");
}

export function toBottom(smooth = false) {
  state.sticky = true;
  state.waiting = 0;
  frame.scrollTo({ top: frame.scrollHeight, behavior: smooth && !calm() ? "smooth" : "instant" });
  pill();
}

// Inside

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const count = () => state.byId.size;

function later(act) {
  if (state.busy) state.queue.push(act);
  return state.busy;
}

function wanted(message) {
  const place = state.place;
  return place && message.chat === place.chat.id && !message.deleted && (place.thread === undefined || (message.thread ?? null) === place.thread);
}

function clear() {
  state.units = [];
  state.byId = new Map();
  state.gone = new Set();
  state.more = false;
  state.sticky = true;
  state.waiting = 0;
  inner.replaceChildren();
  pill();
}

function take(messages) {
  const all = [...state.units.flatMap((u) => u.messages), ...messages.filter((m) => wanted(m) && !state.byId.has(m.id))];
  all.sort((a, b) => a.serial - b.serial);
  state.units = [];
  state.byId = new Map();
  for (const message of all) {
    const last = state.units.at(-1);
    if (message.album && last?.messages[0].album === message.album) {
      last.messages.push(message);
      state.byId.set(message.id, last);
    } else {
      const unit = { messages: [message], node: null };
      state.units.push(unit);
      state.byId.set(message.id, unit);
    }
  }
}

function draw() {
  inner.replaceChildren();
  if (!state.units.length) {
    inner.append(h("p", { class: "nothing" }, state.place.chat.type === "private" && !state.place.chat.started ? state.place.about : t("noMessages")));
    return;
  }
  state.units.forEach((unit, at) => place(unit, at, { later: true }));
  measureQuotes(inner);
}

// Older messages go above what is there, which stays as it is.
function prepend(messages) {
  const fresh = new Set(messages.filter((m) => wanted(m) && !state.byId.has(m.id)).map((m) => m.id));
  const drawn = new Map(state.units.map((unit) => [unit.messages.at(-1).id, unit.node]));
  take(messages);
  const count = state.units.findIndex((unit) => !fresh.has(unit.messages[0].id));
  if (count < 0 || state.units.slice(count).some((unit) => !drawn.has(unit.messages.at(-1).id)) || state.units[count].messages.some((m) => fresh.has(m.id))) return draw();
  for (const unit of state.units.slice(count)) unit.node = drawn.get(unit.messages.at(-1).id);
  const above = h("div");
  state.units.slice(0, count).forEach((unit, at) => place(unit, at, { later: true, where: above }));
  const [last, first] = [above.lastElementChild, inner.querySelector(".day")];
  if (last && last.dataset.day === first?.dataset.day) {
    first.querySelector(".date").after(...last.querySelectorAll(":scope > .row"));
    last.remove();
  }
  const days = [...above.children];
  inner.prepend(...days);
  group(count - 1);
  group(count);
  measureQuotes(inner);
}

function place(unit, at, { later = false, where = inner } = {}) {
  const key = dayKey(unit.messages[0].date);
  let day = where.lastElementChild;
  if (!day || day.dataset.day !== key) {
    day = h("section", { class: "day", data: { day: key } }, h("h2", { class: "date" }, h("span", {}, dayText(unit.messages[0].date))));
    where.append(day);
  }
  unit.node = row(unit.messages, state.place);
  day.append(unit.node);
  group(at - 1);
  group(at);
  if (!later) measureQuotes(unit.node);
}

function redrawUnit(unit) {
  const old = unit.node;
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset : null;
  const open = [...old.querySelectorAll(".expandable")].map((q) => q.classList.contains("open"));
  const shown = [...old.querySelectorAll(".spoiler")].map((s) => s.classList.contains("shown"));
  unit.node = row(unit.messages, state.place);
  old.replaceWith(unit.node);
  unit.node.querySelectorAll(".expandable").forEach((quote, i) => quote.classList.toggle("open", open[i] ?? false));
  unit.node.querySelectorAll(".spoiler").forEach((one, i) => one.classList.toggle("shown", shown[i] ?? false));
  if (focused?.y) unit.node.querySelector(`.key[data-y="${focused.y}"][data-x="${focused.x}"]`)?.focus();
  const at = state.units.indexOf(unit);
  group(at - 1);
  group(at);
  measureQuotes(unit.node);
}

// Whether a row begins or ends a run of one sender.
function group(at) {
  const unit = state.units[at];
  if (!unit?.node) return;
  const near = (other) => {
    if (!other) return false;
    const [a, b] = [unit.messages[0], other.messages[0]];
    return a.from.id === b.from.id && a.kind !== "service" && b.kind !== "service" && dayKey(a.date) === dayKey(b.date) && Math.abs(new Date(a.date) - new Date(b.date)) < TOGETHER;
  };
  unit.node.classList.toggle("first", !near(state.units[at - 1]));
  unit.node.classList.toggle("last", !near(state.units[at + 1]));
}

function pill() {
  const shown = !state.sticky;
  down.hidden = !shown;
  down.classList.toggle("counted", state.waiting > 0);
  down.dataset.count = state.waiting ? String(state.waiting) : "";
  down.setAttribute("aria-label", state.waiting ? t("newMessages", { n: state.waiting }) : t("down"));
}

function scrolled() {
  const left = frame.scrollHeight - frame.scrollTop - frame.clientHeight;
  const sticky = left < NEAR;
  if (sticky !== state.sticky) {
    state.sticky = sticky;
    if (sticky) state.waiting = 0;
    pill();
  }
  if (frame.scrollTop < 600 && state.more) loadOlder();
}

function anchor() {
  const top = frame.getBoundingClientRect().top;
  const unit = state.units.find((u) => u.node && u.node.getBoundingClientRect().bottom > top);
  return unit ? { id: unit.messages[0].id, top: unit.node.getBoundingClientRect().top } : null;
}

function restore(held) {
  const node = held && state.byId.get(held.id)?.node;
  if (node) frame.scrollTop += node.getBoundingClientRect().top - held.top;
}

async function loadOlder() {
  if (state.loading || !state.more || !state.units.length) return;
  state.loading = true;
  const { turn, place: where } = state;
  try {
    const oldest = state.units[0].messages[0].serial;
    const found = await messagesOf(where.person, where.chat.id, { before: oldest, limit: PAGE, mark: false });
    if (turn !== state.turn) return;
    const held = anchor();
    const sticky = state.sticky;
    state.more = found.more;
    prepend(found.messages);
    if (sticky) toBottom();
    else restore(held);
  } catch {
    // The next scroll tries again.
  } finally {
    state.loading = false;
  }
}

function walk(event) {
  if (event.target !== frame && !event.target.classList.contains("row")) return;
  const rows = [...inner.querySelectorAll(".row")];
  const at = rows.indexOf(event.target);
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    event.preventDefault();
    const next = at < 0 ? rows.length - 1 : at + (event.key === "ArrowUp" ? -1 : 1);
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  }
}
