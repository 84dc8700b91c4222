// The demo chat: one person at a time in this tab, everything live.

import { $, closeMenu, coloured, dialog, h, icon, popMenu } from "./dom.js";
import * as composer from "./composer.js";
import * as head from "./head.js";
import * as log from "./log.js";
import * as panel from "./panel.js";
import * as people from "./people.js";
import { toggleQuote } from "./rich.js";
import { act, listen, read } from "./server.js";
import { currentLanguage, previewText, speak, t } from "./words.js";

const POLL = 2000;
const WAIT = 12_000; // how long a pressed button turns before the page stops believing in an answer
const EMOJI = ["👍", "❤", "🔥", "👏", "🙏", "👌", "✍", "🤔"];

const app = {
  bot: null, people: [], chats: [], commands: [], now: new Date().toISOString(), clockMoves: false,
  person: null, chat: null, thread: undefined,
  get chatNow() {
    return this.chats.find((one) => one.id === this.chat) ?? null;
  },
  where: () => ({ person: app.person, fields: { chat: app.chat, ...(app.thread ? { thread: app.thread } : {}) } }),
  newestOwn: log.newestOwn, messageOf: log.messageOf, jump: log.jump,
  act: perform, acted, toast, back, redraw, redrawClock, useExample,
};

let stopListening = () => {};
let turn = 0;
let pressing = [];
let refreshTimer = null;

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
    if (app.person !== null && log.newestOwn()) panel.achieved("hint3", app);
    stopListening();
    stopListening = () => {};
    head.types(app, null);
  }
  Object.assign(app, there);
  await readChats();
  if (my !== turn) return;
  if (!app.chatNow) app.chat = app.person;
  await readCommands();
  if (my !== turn) return;
  if (another) follow(there.person);
  await showChat();
}

async function showChat() {
  const chat = app.chatNow;
  if (!chat) return;
  head.draw(app);
  composer.draw();
  people.draw(app);
  await log.load(placeNow(), { mark: !document.hidden }).catch(report);
  chat.unread = 0;
  $("app").dataset.shown = `${app.person}/${app.chat}`;
  head.draw(app);
  composer.draw();
  people.draw(app);
  titled();
  if (matchMedia("(min-width: 720px) and (hover: hover)").matches) composer.focus();
}

function placeNow() {
  const words = app.bot.description || app.bot.short_description;
  return { person: app.person, chat: app.chatNow, thread: app.thread, about: words ? `${t("about")}\n\n${words}` : t("noMessages"), onPress: press, onReact: react, onJump: log.jump, onCommand: (text) => perform("says", { text }) };
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
      if (app.person === null && addressed().person) await go();
    }
  } catch {
    // The stream shows that the server is away.
  }
  setTimeout(poll, POLL);
}

function seen() {
  if (document.hidden || app.person === null || !app.chatNow || ($("app").classList.contains("show-list") && matchMedia("(max-width: 719px)").matches)) return;
  act(app.person, "reads", { chat: app.chat }).then(refreshSoon, () => {});
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
      released(event.chat);
      if (event.text) toast(event.text);
      if (event.url) followLink(event.url);
    },
    alert(event) {
      released(event.chat);
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
  if (answer.message && answer.message.chat === app.chat && !answer.message.deleted) log.added(answer.message);
  if (action === "says" || action === "uploads") panel.achieved("hint1", app);
  if (["starts", "opens", "blocks", "unblocks"].includes(action)) refreshSoon();
}

async function press(message, button, row, col, element) {
  if (button.copy !== null) return copy(button.copy);
  if (button.url !== null) return followLink(button.url);
  if (element.classList.contains("waiting")) return;
  if (button.style === "success") panel.achieved("hint2", app);
  const one = { element, chat: message.chat, id: message.id, row, col };
  one.timer = setTimeout(() => release(one), WAIT);
  pressing.push(one);
  element.classList.add("waiting");
  element.setAttribute("aria-busy", "true");
  try {
    await act(app.person, "taps", { chat: message.chat, message_id: message.id, row, col });
  } catch (refused) {
    release(one);
    report(refused);
  }
}

function release(one) {
  clearTimeout(one.timer);
  pressing = pressing.filter((other) => other !== one);
  one.element.classList.remove("waiting");
  one.element.removeAttribute("aria-busy");
}

// Answers come in the order of the presses.
function released(chat) {
  const one = pressing.find((other) => other.chat === chat);
  if (one) release(one);
}

function react(message, emoji) {
  perform("reacts", { message_id: message.id, emoji });
}

function followLink(url) {
  const start = new RegExp(`^https?://t\\.me/${app.bot.username}(\\?start=.*)?$`, "i");
  if (start.test(url)) return act(app.person, "opens", { link: url }).then((answer) => acted(answer, "opens"), report);
  if (/^https?:\/\//i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    const field = h("textarea", { class: "unseen" });
    field.value = text;
    document.body.append(field);
    field.select();
    toast(document.execCommand("copy") ? t("copied") : text);
    field.remove();
  }
}

function useExample(text) {
  if (matchMedia("(max-width: 719px)").matches && app.person !== null) $("app").classList.remove("show-list");
  if (!composer.put(text)) {
    const somebody = app.people.find((one) => one.started && !one.blocked);
    if (app.person === null && somebody) {
      location.hash = people.address(somebody.id);
      setTimeout(() => composer.put(text), 400);
    }
  }
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

// What one can do with a message

function messageMenu(row, x, y) {
  const message = log.messageOf(row.dataset.id);
  if (!message || message.kind === "service") return;
  const own = message.reactions.find((one) => one.from === app.person)?.emoji;
  const faces = h("div", { class: "faces" }, EMOJI.map((emoji) => h("button", { "aria-label": t("react", { e: emoji }), "aria-pressed": String(own === emoji), on: { click: () => {
    closeMenu();
    react(message, own === emoji ? null : emoji);
  } } }, coloured(emoji))));
  popMenu(x, y, [
    { icon: "reply", label: t("reply"), act: () => composer.reply(message) },
    message.text ? { icon: "copy", label: t("copyText"), act: () => copy(message.text) } : null,
    message.mine && message.text ? { icon: "edit", label: t("edit"), act: () => composer.edit(message) } : null,
    message.mine ? { icon: "trash", label: t("remove"), danger: true, act: () => perform("deletes", { message_id: message.id }) } : null,
  ], { above: faces });
}

function logActs() {
  const frame = $("log");
  frame.addEventListener("click", (event) => {
    const target = event.target;
    const more = target.closest(".row-more");
    if (more) {
      const box = more.getBoundingClientRect();
      return messageMenu(more.closest(".row"), box.left, box.bottom);
    }
    const anchor = target.closest("a.link");
    if (anchor && anchor.href.toLowerCase().startsWith(`https://t.me/${app.bot.username}`.toLowerCase())) {
      event.preventDefault();
      return followLink(anchor.href);
    }
    const hidden = target.closest(".spoiler:not(.shown)");
    if (hidden) return hidden.classList.add("shown");
    const copies = target.closest("[data-copies]");
    if (copies && !anchor) return copy(copies.dataset.copies);
    const quote = target.closest(".expandable:not(.short)");
    if (quote && !anchor && (target.closest(".unfold") || !quote.classList.contains("open"))) toggleQuote(quote);
  });
  frame.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.key === "Enter" || event.key === " ") {
      if (target.matches(".spoiler, code[role=button]")) {
        event.preventDefault();
        target.click();
      } else if (target.matches(".row") && event.key === "Enter") openFor(target);
    } else if (event.key === "ContextMenu" && target.matches(".row")) {
      event.preventDefault();
      openFor(target);
    }
  });
  const openFor = (row) => {
    const box = row.querySelector(".bubble")?.getBoundingClientRect();
    if (box) messageMenu(row, box.left + 20, Math.max(80, box.top + 20));
  };
  frame.addEventListener("contextmenu", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("a") || String(getSelection())) return;
    event.preventDefault();
    messageMenu(row, event.clientX, event.clientY);
  });
  frame.addEventListener("dblclick", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("button, a, code, video, audio")) return;
    const message = log.messageOf(row.dataset.id);
    if (message && message.kind !== "service") {
      getSelection()?.removeAllRanges();
      composer.reply(message);
    }
  });
}

async function begin() {
  speak(currentLanguage());
  log.setUp();
  composer.setUp(app);
  logActs();
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
