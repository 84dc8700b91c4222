// What one can do with a message: press its buttons, follow, copy, react, answer, edit, delete.

import { $, closeMenu, coloured, h, popMenu } from "./dom.js";
import * as composer from "./composer.js";
import * as log from "./log.js";
import * as panel from "./panel.js";
import { toggleQuote } from "./rich.js";
import { act } from "./server.js";
import { t } from "./words.js";

const WAIT = 12_000; // how long a pressed button turns before the page stops believing in an answer
const EMOJI = ["👍", "❤", "🔥", "👏", "🙏", "👌", "✍", "🤔"];

let app = null;
let pressing = [];
let sender = null;

export function setUp(given) {
  app = given;
  listenToLog();
}

/* Who sends is one person; who then approves is another. */
function succeeded() {
  if (sender !== null && sender !== app.person) return panel.achieved("hint3", app);
  sender = app.person;
  panel.achieved("hint2", app);
}

export async function press(message, button, row, col, element) {
  if (button.copy !== null) return copy(button.copy);
  if (button.url !== null) return followLink(button.url);
  if (element.classList.contains("waiting")) return;
  if (button.style === "success") succeeded();
  const one = { element, chat: message.chat, id: message.id, row, col };
  one.timer = setTimeout(() => release(one), WAIT);
  pressing.push(one);
  element.classList.add("waiting");
  element.setAttribute("aria-busy", "true");
  try {
    await act(app.person, "taps", { chat: message.chat, message_id: message.id, row, col });
  } catch (refused) {
    release(one);
    app.report(refused);
  }
}

function release(one) {
  clearTimeout(one.timer);
  pressing = pressing.filter((other) => other !== one);
  one.element.classList.remove("waiting");
  one.element.removeAttribute("aria-busy");
}

// Answers come in the order of the presses.
export function released(chat) {
  const one = pressing.find((other) => other.chat === chat);
  if (one) release(one);
}

export function react(message, emoji) {
  app.act("reacts", { message_id: message.id, emoji });
}

export function followLink(url) {
  const start = new RegExp(`^https?://t\\.me/${app.bot.username}(\\?start=.*)?$`, "i");
  if (start.test(url)) return act(app.person, "opens", { link: url }).then((answer) => app.acted(answer, "opens"), app.report);
  if (/^https?:\/\//i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    app.toast(t("copied"));
  } catch {
    const field = h("textarea", { class: "unseen" });
    field.value = text;
    document.body.append(field);
    field.select();
    app.toast(document.execCommand("copy") ? t("copied") : text);
    field.remove();
  }
}

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
    message.mine ? { icon: "trash", label: t("remove"), danger: true, act: () => app.act("deletes", { message_id: message.id }) } : null,
  ], { above: faces });
}

function listenToLog() {
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
