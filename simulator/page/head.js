// Above the conversation: whose chat it is, what is pinned, and the menu of the chat.

import { $, avatar, h, icon, popMenu } from "./dom.js";
import { read } from "./server.js";
import { previewText, t } from "./words.js";
import { chip } from "./panel.js";

let typing = null;
let timer = null;
let offline = false;
let pinTurn = 0;
let pinAt = 0;
let drawn = "";

export function draw(app) {
  const chat = app.chatNow;
  const bar = $("chat-bar");
  document.getElementById("app").classList.toggle("nobody", !chat);
  const topic = chat && app.thread !== undefined ? (chat.topics.find((one) => one.id === app.thread)?.name ?? t("general")) : null;
  const wanted = chat ? JSON.stringify([app.person, chat.id, chat.title, topic, document.documentElement.lang]) : "";
  // Drawn anew only when it is different: a press or the focus would be lost otherwise.
  if (chat && wanted === drawn) {
    drawState(app);
    drawPinned(app);
    return;
  }
  drawn = wanted;
  if (!chat) {
    bar.replaceChildren(h("p", { class: "quiet" }, t("pick")));
    $("pinned").hidden = true;
    return;
  }
  const clock = h("button", { class: "chip-button", id: "clock-chip-chat" });
  chip(clock, app);
  bar.replaceChildren(
    h("button", { class: "icon-button back", "aria-label": t("back"), on: { click: app.back } }, icon("back")),
    avatar(chat.type === "private" ? { ...app.bot } : chat, "medium"),
    h("div", { class: "head-words" }, h("h2", {}, topic ? `${topic}` : chat.title), h("p", { id: "head-state", class: "state" })),
    clock,
    h("button", { class: "icon-button", id: "chat-menu", "aria-label": t("more"), "aria-haspopup": "menu", on: { click: (event) => menu(app, event.currentTarget) } }, icon("more")),
  );
  drawState(app);
  drawPinned(app);
}

function menu(app, button) {
  const box = button.getBoundingClientRect();
  const chat = app.chatNow;
  popMenu(box.right - 230, box.bottom + 4, [
    chat.type === "private" && chat.started && !chat.blocked ? { icon: "block", label: t("block"), danger: true, act: () => app.act("blocks") } : null,
    chat.type === "private" && chat.blocked ? { icon: "check", label: t("unblock"), act: () => app.act("unblocks") } : null,
    { icon: "transcript", label: t("transcript"), href: "/sim/transcript" },
  ]);
}

export function types(app, action) {
  clearTimeout(timer);
  typing = action;
  if (action) timer = setTimeout(() => types(app, null), 5000);
  drawState(app);
}

export function connected(app, yes) {
  offline = !yes;
  drawState(app);
}

function drawState(app) {
  const place = $("head-state");
  const chat = app.chatNow;
  if (!place || !chat) return;
  place.classList.toggle("active", Boolean(typing) && !offline);
  if (offline) place.replaceChildren(t("connecting"));
  else if (typing) place.replaceChildren(t(typing === "typing" ? "typing" : "uploading"), h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
  else if (chat.type === "private") place.replaceChildren(t("bot"));
  else {
    const count = t("members", { n: chat.members.length + (["member", "administrator"].includes(chat.bot_status) ? 1 : 0) });
    const title = app.thread === undefined ? "" : `${chat.title} · `;
    place.replaceChildren(["left", "kicked"].includes(chat.bot_status) ? t("notMember") : title + count);
    place.title = chat.members.map((member) => member.name).join(", ");
  }
}

// The newest pinned message; pressing goes to it, and then to the one before.
async function drawPinned(app) {
  const turn = ++pinTurn;
  const bar = $("pinned");
  const { person, chat } = app;
  const ids = [...(app.chatNow.pinned ?? [])];
  const found = [];
  for (const id of ids) {
    const message = app.messageOf(id) ?? (await read(`chats/${person}/${chat}/messages/${id}`).catch(() => null));
    if (message && !message.deleted && (app.thread === undefined || (message.thread ?? null) === app.thread)) found.push(message);
  }
  if (turn !== pinTurn) return;
  bar.hidden = !found.length;
  if (!found.length) {
    bar.dataset.shape = "";
    return bar.replaceChildren();
  }
  found.sort((a, b) => b.serial - a.serial);
  const at = pinAt % found.length;
  const shape = JSON.stringify([found[at].id, found[at].text, found.length, document.documentElement.lang]);
  if (bar.dataset.shape === shape) return;
  bar.dataset.shape = shape;
  bar.replaceChildren(
    h("button", { on: { click: () => {
      app.jump(found[at].id);
      pinAt = at + 1;
      drawPinned(app);
    } } }, h("span", { class: "pin-words" }, h("strong", {}, t("pinned")), h("span", {}, previewText((found[at].text || found[at].kind).split("\n")[0]))), icon("pin")),
  );
}
