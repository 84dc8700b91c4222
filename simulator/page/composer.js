// Below the conversation: the input field, what is attached, the keyboards, START and unblock.

import { $, closeMenu, h, icon, popMenu } from "./dom.js";
import { act } from "./server.js";
import { previewText, t } from "./words.js";
import { chooseFiles, sendFiles } from "./files.js";

const root = $("composer");
const drafts = new Map();
let app = null;
let shape = "";
let parts = {};
let context = null; // {kind: "reply" | "edit", message}
let keyboardShown = true;
let answeredKeyboard = null;
let queue = Promise.resolve();

export function setUp(given) {
  app = given;
  const drop = $("drop");
  const main = $("chat");
  let depth = 0;
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && parts.field;
  main.addEventListener("dragenter", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth++;
    drop.textContent = t("drop");
    drop.hidden = false;
  });
  main.addEventListener("dragover", (event) => files(event) && event.preventDefault());
  main.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) drop.hidden = true;
  });
  main.addEventListener("drop", (event) => {
    depth = 0;
    drop.hidden = true;
    if (!files(event)) return;
    event.preventDefault();
    offer([...event.dataTransfer.files]);
  });
}

const spot = () => `${app.person}/${app.chat}/${app.thread}`;

// Another chat: what was being written there waits there.
export function leave() {
  if (parts.field && context?.kind !== "edit") drafts.set(parts.spot, parts.field.value);
  context = null;
  shape = "";
  parts = {};
  root.replaceChildren();
}

export function draw() {
  const chat = app.chatNow;
  if (!chat) {
    root.replaceChildren();
    shape = "";
    parts = {};
    return;
  }
  const admin = ["creator", "administrator"].includes(chat.members.find((m) => m.id === app.person)?.status);
  const topic = chat.topics?.find((one) => one.id === app.thread);
  let next = "field";
  if (chat.type === "private" && chat.blocked) next = "blocked";
  else if (chat.type === "private" && !chat.started) next = "start";
  else if (topic?.closed && !admin) next = "closed";
  const wanted = `${next} ${spot()} ${document.documentElement.lang}`;
  if (wanted !== shape) {
    if (parts.field) drafts.set(parts.spot, parts.field.value);
    parts = {};
    shape = wanted;
    root.replaceChildren(...{ field, blocked, start, closed }[next]());
  }
  if (parts.field) {
    drawContext();
    drawKeyboard();
    fit();
  }
}

function start() {
  const link = h("input", { type: "text", placeholder: "https://t.me/…?start=…", "aria-label": t("invited"), autocomplete: "off" });
  const open = (event) => {
    event.preventDefault();
    if (link.value.trim()) app.act("opens", { link: link.value.trim() });
  };
  return [
    h("button", { class: "whole", on: { click: () => app.act("starts") } }, t("start")),
    h("details", { class: "invited" }, h("summary", {}, t("invited")), h("form", { on: { submit: open } }, link, h("button", { type: "submit" }, t("open")))),
  ];
}

const blocked = () => [h("button", { class: "whole", on: { click: () => app.act("unblocks") } }, t("unblock"))];
const closed = () => [h("p", { class: "whole quiet" }, t("closed"))];

function field() {
  const input = h("textarea", { id: "message-field", rows: "1", placeholder: t("write"), "aria-label": t("write"), enterkeyhint: "send", autocomplete: "off", maxlength: "4096", dir: "auto" });
  input.value = drafts.get(spot()) ?? "";
  const menu = h("button", { class: "menu-button", "aria-label": t("commands"), "aria-haspopup": "listbox", on: { click: () => (parts.commands.hidden ? listCommands("") : hideCommands()) } }, icon("menu"), h("span", {}, t("menu")));
  const send = h("button", { class: "send", "aria-label": t("send"), on: { click: submit, pointerdown: (event) => event.preventDefault() } }, icon("send"));
  const attach = h("button", { class: "icon-button", "aria-label": t("attach"), "aria-haspopup": "menu", on: { click: attachMenu } }, icon("attach"));
  const toggle = h("button", { class: "icon-button", "aria-label": t("keyboard"), hidden: true, on: { click: () => {
    keyboardShown = !keyboardShown;
    drawKeyboard();
  } } }, icon("keyboard"));
  parts = { field: input, menu, send, attach, toggle, spot: spot(), commands: h("div", { class: "commands", role: "listbox", "aria-label": t("commands"), hidden: true }), context: h("div", { class: "context", hidden: true }), keys: h("div", { class: "reply-keys", hidden: true }) };
  input.addEventListener("input", () => {
    fit();
    if (/^\/\w*$/.test(input.value)) listCommands(input.value.slice(1).toLowerCase());
    else hideCommands();
  });
  input.addEventListener("keydown", pressedKey);
  input.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    offer(files);
  });
  return [parts.commands, parts.context, h("div", { class: "line-in" }, menu, attach, input, toggle, send), parts.keys];
}

function fit() {
  if (!parts.field) return;
  const { field: input, menu, send } = parts;
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, innerHeight * 0.4)}px`;
  send.classList.toggle("ready", Boolean(input.value.trim()));
  menu.classList.toggle("narrow", Boolean(input.value));
  menu.hidden = app.commands.length === 0;
}

function pressedKey(event) {
  const input = parts.field;
  if (event.isComposing) return;
  const options = parts.commands.hidden ? [] : [...parts.commands.children];
  if (options.length && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(event.key) && !event.shiftKey) {
    event.preventDefault();
    const at = options.findIndex((one) => one.ariaSelected === "true");
    if (event.key === "Escape") hideCommands();
    else if (event.key === "Enter" && at >= 0) options[at].click();
    else if (event.key === "Tab") {
      input.value = `${options[Math.max(at, 0)].dataset.command} `;
      hideCommands();
      fit();
    } else if (event.key === "Enter") submit();
    else {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((one, i) => (one.ariaSelected = String(i === next)));
      options[next].scrollIntoView({ block: "nearest" });
    }
    return;
  }
  if (event.key === "Enter" && !event.shiftKey) {
    // On a telephone the return key makes a new line; the button sends.
    if (matchMedia("(pointer: coarse) and (hover: none)").matches) return;
    event.preventDefault();
    submit();
  } else if (event.key === "Escape") {
    if (context) cancelContext();
    else if (matchMedia("(max-width: 719px)").matches) app.back();
  } else if (event.key === "ArrowUp" && !input.value && !context) {
    const own = app.newestOwn();
    if (own?.text) {
      event.preventDefault();
      edit(own);
    }
  }
}

function submit() {
  const input = parts.field;
  const text = input.value.trim();
  if (!text) return input.focus();
  const before = { text: input.value, context, where: spot() };
  input.value = "";
  drafts.delete(spot());
  hideCommands();
  cancelContext({ keep: true });
  const place = app.where();
  const fields = { ...place.fields, text };
  const editing = before.context?.kind === "edit";
  if (before.context?.kind === "reply") fields.reply_to = before.context.message.id;
  if (editing) fields.message_id = before.context.message.id;
  fit();
  input.focus();
  // One after the other: two quick lines stay in the order they were typed.
  queue = queue.then(() =>
    act(place.person, editing ? "edits" : "says", fields)
      .then((answer) => app.acted(answer, editing ? "edits" : "says"))
      .catch((refused) => {
        app.toast(t("failed", { why: refused.message || t("unreachable") }));
        if (spot() === before.where && parts.field?.value === "") {
          parts.field.value = before.text;
          fit();
        }
      }),
  );
}

// Reply and edit

export function reply(message) {
  context = { kind: "reply", message };
  drawContext();
  parts.field?.focus();
}

export function edit(message) {
  if (!parts.field) return;
  context = { kind: "edit", message };
  parts.field.value = message.text;
  drawContext();
  fit();
  parts.field.focus();
}

function cancelContext({ keep = false } = {}) {
  if (context?.kind === "edit" && !keep) parts.field.value = "";
  context = null;
  drawContext();
  fit();
}

// The message one was answering or editing is gone or different.
export function gone(id) {
  if (context?.message.id === id) cancelContext({ keep: context.kind === "edit" });
}

function drawContext() {
  if (!parts.context) return;
  parts.context.hidden = !context;
  if (!context) return parts.context.replaceChildren();
  const { kind, message } = context;
  parts.context.replaceChildren(
    icon(kind === "edit" ? "edit" : "reply"),
    h("div", { class: "context-words" }, h("strong", {}, kind === "edit" ? t("editing") : t("replyTo", { name: message.from.name })), h("span", {}, previewText(message.text || message.kind))),
    h("button", { class: "icon-button", "aria-label": t("cancelReply"), on: { click: () => cancelContext() } }, icon("close")),
  );
}

// Text that arrives from elsewhere: the example of the hint.
export function put(text) {
  if (!parts.field) return false;
  parts.field.value = text;
  fit();
  parts.field.focus();
  return true;
}

export const focus = () => parts.field?.focus();

// Keyboards of the bot

function drawKeyboard() {
  const shown = app.chatNow.keyboard;
  const { keys, toggle, field: input } = parts;
  if (!input) return;
  input.placeholder = shown?.placeholder || t("write");
  if (shown?.force_reply && answeredKeyboard !== shown.message_id) {
    answeredKeyboard = shown.message_id;
    const message = app.messageOf(shown.message_id);
    if (message && !context) reply(message);
  }
  const rows = shown && !(shown.one_time && answeredKeyboard === shown.message_id) ? shown.rows : [];
  toggle.hidden = !shown?.rows.length;
  toggle.setAttribute("aria-pressed", String(keyboardShown && rows.length > 0));
  keys.hidden = !rows.length || !keyboardShown;
  const wanted = JSON.stringify([shown?.message_id, rows]);
  if (keys.dataset.shape === wanted) return;
  keys.dataset.shape = wanted;
  keys.replaceChildren(
    ...rows.map((line) =>
      h("div", { class: "keyboard-row" }, line.map((label) => h("button", { on: { click: () => {
        if (shown.one_time) answeredKeyboard = shown.message_id;
        app.act("says", { text: label });
        drawKeyboard();
      } } }, label))),
    ),
  );
}

function listCommands(prefix) {
  if (!parts.commands) return;
  const found = app.commands.filter((one) => one.command.startsWith(prefix));
  parts.commands.hidden = !found.length;
  parts.commands.replaceChildren(
    ...found.map((one, at) =>
      h(
        "button",
        { role: "option", tabindex: "-1", "aria-selected": String(at === 0), data: { command: `/${one.command}` }, on: { click: () => {
          parts.field.value = "";
          hideCommands();
          fit();
          app.act("says", { text: `/${one.command}` });
        } } },
        h("strong", {}, `/${one.command}`),
        h("span", {}, one.description),
      ),
    ),
  );
  if (found.length) {
    const away = (event) => {
      if (parts.commands?.contains(event.target) || parts.menu?.contains(event.target)) return;
      document.removeEventListener("pointerdown", away);
      hideCommands();
    };
    setTimeout(() => document.addEventListener("pointerdown", away), 0);
    if (document.activeElement !== parts.field) parts.field.focus();
  }
}

function hideCommands() {
  if (parts.commands) parts.commands.hidden = true;
}

// Files

function attachMenu(event) {
  const box = event.currentTarget.getBoundingClientRect();
  const choose = (accept) => () => chooseFiles(accept).then(offer);
  popMenu(box.left, box.top - 112, [
    { icon: "camera", label: t("photo"), act: choose("image/*,video/mp4") },
    { icon: "file", label: t("document"), act: choose("") },
  ]);
}

async function offer(files) {
  if (!files.length || !parts.field) return;
  closeMenu();
  const place = app.where();
  const reply_to = context?.kind === "reply" ? context.message.id : undefined;
  const caption = parts.field.value;
  const sent = await sendFiles(files, { place, reply_to, caption, acted: (answer) => app.acted(answer, "uploads"), toast: app.toast });
  if (!sent || !parts.field) return;
  if (parts.field.value === caption) parts.field.value = "";
  cancelContext({ keep: true });
  focus();
}
