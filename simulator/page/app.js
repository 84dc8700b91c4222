// The demo chat: one person at a time in this tab, everything live.

import { $, closeMenu, dialog, h, icon } from "./dom.js";
import * as composer from "./composer.js";
import * as gestures from "./gestures.js";
import * as head from "./head.js";
import * as log from "./log.js";
import * as panel from "./panel.js";
import * as people from "./people.js";
import { act, listen, read } from "./server.js";
import { currentLanguage, previewText, speak, t } from "./words.js";

const POLL = 2000;

const app = {
  bot: null, people: [], chats: [], commands: [], now: new Date().toISOString(), clockMoves: false,
  person: null, chat: null, thread: undefined,
  get chatNow() {
    return this.chats.find((one) => one.id === this.chat) ?? null;
  },
  where: () => ({ person: app.person, fields: { chat: app.chat, ...(app.thread ? { thread: app.thread } : {}) } }),
  newestOwn: log.newestOwn, messageOf: log.messageOf, jump: log.jump,
  act: perform, acted, toast, report, back, redraw, redrawClock, useExample,
};

let stopListening = () => {};
let turn = 0;
let refreshTimer = null;
let seenTimer = null;
let pendingText = null;

// Where we are

function addressed() {
  const given = new URLSearchParams(location.hash.slice(1));
  const person = Number(given.get("person")) || null;
  const thread = given.get("thread");
  return { person, chat: Number(given.get("chat")) || person, thread: thread === null ? undefined : thread === "general" ? null : Number(thread) };
}

async function go() {
  const my = ++turn;
  delete $("app").dataset.shown;
  const there = addressed();
  composer.leave();
  closeMenu();
  const known = app.people.find((one) => one.id === there.person);
  $("app").classList.toggle("show-list", !known);
  if (!known) {
    stopListening();
    stopListening = () => {};
    Object.assign(app, { person: null, chat: null, thread: undefined, chats: [], commands: [] });
    log.empty();
    redraw();
    return;
  }
  const another = there.person !== app.person;
  if (another) {
    stopListening();
    stopListening = () => {};
    head.types(app, null);
  }
  Object.assign(app, there);
  if (another) app.chats = [];
  // A chat that is known already is there at once: what is typed next must not land in the one before.
  if (!app.chatNow) {
    await readChats();
    if (my !== turn) return;
    if (!app.chatNow) app.chat = app.person;
  }
  if (another) follow(there.person);
  app.commands = [];
  readCommands().then(() => my === turn && composer.draw(), () => {});
  await showChat();
}

async function showChat() {
  const chat = app.chatNow;
  if (!chat) return;
  const my = turn;
  head.draw(app);
  composer.draw();
  people.draw(app);
  await log.load(placeNow(), { mark: !document.hidden }).catch(report);
  if (my !== turn) return;
  if (!document.hidden) chat.unread = 0;
  $("app").dataset.shown = `${app.person}/${app.chat}`;
  head.draw(app);
  composer.draw();
  people.draw(app);
  titled();
  if (pendingText !== null) {
    composer.put(pendingText);
    pendingText = null;
  } else if (matchMedia("(min-width: 720px) and (hover: hover)").matches) composer.focus();
}

function placeNow() {
  const words = app.bot.description || app.bot.short_description;
  return { person: app.person, chat: app.chatNow, thread: app.thread, about: words ? `${t("about")}\n\n${words}` : t("noMessages"), onPress: gestures.press, onReact: gestures.react, onJump: log.jump, onCommand: (text) => perform("says", { text }) };
}

function back() {
  $("app").classList.add("show-list");
  document.querySelector(`#people-list [data-person="${app.person}"]`)?.focus({ preventScroll: true });
}

// Reading

async function readPeople() {
  const found = await read("people");
  app.people = found.people;
  app.bot = found.bot;
  app.clockMoves = found.clock_moves;
  const moved = app.now.slice(0, 16) !== found.now.slice(0, 16);
  app.now = found.now;
  return moved;
}

async function readChats() {
  if (app.person === null) return;
  const person = app.person;
  const { chats } = await read(`chats/${person}`);
  if (person === app.person) app.chats = chats;
}

async function readCommands() {
  if (app.person === null || !app.chat) return;
  app.commands = (await read(`commands/${app.person}/${app.chat}`).catch(() => ({ commands: [] }))).commands;
}

// What hangs on the chat as a whole (keyboards, pins, unread) is read again soon after something happened.
function refreshSoon() {
  if (refreshTimer) return;
  refreshTimer = setTimeout(async () => {
    refreshTimer = null;
    try {
      await Promise.all([readChats(), readPeople()]);
    } catch {
      return;
    }
    if (app.person !== null && app.chat !== null && !app.chatNow) location.hash = people.address(app.person);
    people.draw(app);
    if (app.chatNow) {
      head.draw(app);
      composer.draw();
    }
    titled();
  }, 120);
}

async function poll() {
  try {
    if (!document.hidden) {
      const before = JSON.stringify(app.people);
      const moved = await readPeople();
      if (JSON.stringify(app.people) !== before) people.draw(app);
      if (moved) redrawClock();
      const there = app.people.some((one) => one.id === addressed().person);
      if (there !== (app.person !== null)) await go();
    }
  } catch {
    // The stream shows that the server is away.
  }
  setTimeout(poll, POLL);
}

// The server counts as unread what this page was not told to have looked at; said once for a burst.
function seen() {
  const hidden = document.hidden || ($("app").classList.contains("show-list") && matchMedia("(max-width: 719px)").matches);
  if (hidden || seenTimer || app.person === null || !app.chatNow) return;
  seenTimer = setTimeout(() => {
    seenTimer = null;
    if (app.person !== null && app.chatNow) act(app.person, "reads", { chat: app.chat }).then(refreshSoon, () => {});
  }, 100);
}

// The stream

function follow(person) {
  const here = (event) => app.person === person && event.chat === app.chat;
  stopListening = listen(person, {
    hello(again, event) {
      app.now = event.now;
      head.connected(app, true);
      if (!again || app.person !== person) return;
      refreshSoon();
      readCommands();
      if (app.chatNow) log.load(placeNow(), { keep: true, mark: !document.hidden }).catch(() => {});
    },
    lost: () => head.connected(app, false),
    message(event) {
      if (here(event)) {
        log.added(event.message);
        if (!event.message.mine) {
          head.types(app, null);
          if (event.message.from.is_bot) announce(`${event.message.from.name}: ${event.message.text || previewText(event.message.kind)}`);
        }
        seen();
      }
      refreshSoon();
    },
    edited(event) {
      if (here(event)) {
        log.changed(event.message);
        announce(event.message.mine ? "" : event.message.text);
      }
      refreshSoon();
    },
    deleted(event) {
      if (here(event)) {
        log.removed(event.message_id);
        composer.gone(event.message_id);
      }
      refreshSoon();
    },
    reaction: (event) => here(event) && log.changed(event.message),
    typing: (event) => here(event) && head.types(app, event.action),
    toast(event) {
      gestures.released(event.chat);
      if (event.text) toast(event.text);
      if (event.url) gestures.followLink(event.url);
    },
    alert(event) {
      gestures.released(event.chat);
      dialog("alert", (close) => [h("p", {}, event.text), h("div", { class: "actions" }, h("button", { class: "main", on: { click: () => close() } }, t("ok")))]);
    },
    pinned: repinned,
    unpinned: repinned,
    blocked: refreshSoon,
    unblocked: refreshSoon,
    commands: () => readCommands().then(() => composer.draw()),
    people: refreshSoon,
    clock(event) {
      app.now = event.now;
      redrawClock();
      refreshSoon();
    },
  });
  async function repinned(event) {
    refreshSoon();
    const message = here(event) && event.message_id ? log.messageOf(event.message_id) : null;
    if (!message) return;
    read(`chats/${person}/${event.chat}/messages/${event.message_id}`).then(log.changed, () => {});
  }
}

// Acting

async function perform(action, fields = {}) {
  const place = app.where();
  try {
    const answer = await act(place.person, action, { ...place.fields, ...fields });
    acted(answer, action);
    return answer;
  } catch (refused) {
    report(refused);
    return null;
  }
}

function acted(answer, action) {
  // The stream usually is first; without it the own message should appear all the same.
  const message = answer.message;
  if (message && message.chat === app.chat && !message.deleted && !log.messageOf(message.id)) log.added(message);
  if (action === "says" || action === "uploads") panel.achieved("hint1", app);
  if (["starts", "opens", "blocks", "unblocks"].includes(action)) refreshSoon();
}

function useExample(text) {
  $("app").classList.remove("show-list");
  if (composer.put(text)) return;
  // Nobody chosen, or somebody who cannot write: the first who can.
  const somebody = app.people.find((one) => one.started && !one.blocked);
  if (!somebody) return $("app").classList.toggle("show-list", app.person === null);
  pendingText = text;
  location.hash = people.address(somebody.id);
}

// Telling

function report(refused) {
  toast(t("failed", { why: refused?.message || t("unreachable") }));
}

function toast(text) {
  const box = $("toasts");
  const note = h("div", { class: "toast" }, text);
  box.append(note);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(() => note.remove(), Math.min(7000, 2600 + text.length * 45));
}

function announce(text) {
  if (text) $("announcer").textContent = text.slice(0, 300);
}

function titled() {
  const person = app.people.find((one) => one.id === app.person);
  const waiting = app.chats.reduce((sum, chat) => sum + (chat.id === app.chat && !document.hidden ? 0 : chat.unread), 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${person ? `${person.first_name} · ` : ""}${app.bot?.name ?? ""}`;
}

function redrawClock() {
  panel.draw(app);
  const button = $("clock-chip-chat");
  if (button) panel.chip(button, app);
}

function redraw() {
  $("log").setAttribute("aria-label", t("messageList"));
  people.draw(app);
  panel.draw(app);
  head.draw(app);
  composer.draw();
  if (app.chatNow) log.redraw(placeNow());
  chrome();
  titled();
}

function chrome() {
  const add = $("add-person");
  add.setAttribute("aria-label", t("add"));
  add.title = t("add");
  const box = $("language");
  box.setAttribute("aria-label", t("language"));
  box.replaceChildren(...["id", "en"].map((code) => h("button", { lang: code, "aria-pressed": String(code === currentLanguage()), on: { click: () => {
    speak(code);
    redraw();
  } } }, code.toUpperCase())));
}

async function begin() {
  speak(currentLanguage());
  log.setUp();
  composer.setUp(app);
  gestures.setUp(app);
  $("add-person").append(icon("add"));
  $("add-person").addEventListener("click", async () => {
    const person = await people.addPerson();
    if (!person) return;
    await readPeople();
    location.hash = people.address(person.id);
  });
  $("people-list").addEventListener("click", (event) => {
    const row = event.target.closest("a");
    if (row && row.getAttribute("href") === location.hash && !event.metaKey && !event.ctrlKey) $("app").classList.remove("show-list");
  });
  addEventListener("hashchange", () => go().catch(report));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) seen();
  });
  addEventListener("resize", closeMenu);
  chrome();
  for (;;) {
    try {
      await readPeople();
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
  redraw();
  // On a wide window somebody is chosen already.
  if (!addressed().person && app.people.length && matchMedia("(min-width: 720px)").matches) {
    history.replaceState(null, "", people.address(app.people[0].id));
  }
  await go().catch(report);
  setTimeout(poll, POLL);
}

begin();
