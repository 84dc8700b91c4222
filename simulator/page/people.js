// The left column: who one can be, and the chats of whoever one is.

import { $, avatar, dialog, h, icon, unread } from "./dom.js";
import { post } from "./server.js";
import { currentZone, dayKey, dayText, previewText, t, timeText } from "./words.js";

export const address = (person, chat = null, thread = undefined) =>
  `#person=${person}${chat === null || chat === person ? "" : `&chat=${chat}`}${thread === undefined ? "" : `&thread=${thread ?? "general"}`}`;

let drawn = "";

export function draw(app) {
  $("people-title").textContent = t("who");
  // The same again would only lose a press that is under way.
  const wanted = JSON.stringify([app.people, app.chats, app.person, app.chat, app.thread ?? String(app.thread), dayKey(app.now), document.documentElement.lang, currentZone()]);
  if (wanted === drawn) return;
  drawn = wanted;
  const list = $("people-list");
  const top = list.scrollTop;
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  if (!app.people.length) list.replaceChildren(h("p", { class: "quiet" }, t("empty")));
  else list.replaceChildren(h("ul", {}, app.people.map((person) => item(app, person))));
  list.scrollTop = top;
  if (focused) list.querySelector(`[href="${focused}"]`)?.focus({ preventScroll: true });
}

function item(app, person) {
  const current = person.id === app.person;
  const groups = current ? app.chats.filter((chat) => chat.type !== "private") : [];
  const own = current && (app.chat === person.id || app.chat === null);
  const mark = person.blocked ? t("blocked") : person.started ? null : t("notStarted");
  const note = [person.role_note || (person.last ? previewText(person.last.text) : ""), mark].filter(Boolean).join(" · ");
  const privateUnread = groups.length ? (app.chats.find((chat) => chat.type === "private")?.unread ?? 0) : person.unread;
  return h(
    "li",
    { class: current ? "current" : "" },
    h(
      "a",
      { class: `person ${own ? "here" : ""}`, href: address(person.id), "aria-current": own ? "true" : null, data: { person: person.id } },
      avatar(person),
      h("span", { class: "person-words" }, h("span", { class: "line" }, h("strong", {}, person.name), person.last ? h("time", {}, when(person.last.date, app.now)) : null), h("span", { class: "line" }, h("span", { class: "note" }, note), unread(own ? 0 : privateUnread, t("unread", { n: privateUnread })))),
    ),
    groups.length ? h("ul", { class: "chats", "aria-label": t("viaBot", { name: person.name }) }, groups.map((chat) => chatItem(app, chat))) : null,
  );
}

function chatItem(app, chat) {
  const open = app.chat === chat.id;
  const here = open && app.thread === undefined;
  const topics = chat.forum ? [{ id: null, name: t("general") }, ...chat.topics] : [];
  return h(
    "li",
    {},
    h(
      "a",
      { class: `chat-link ${here ? "here" : ""}`, href: address(app.person, chat.id), "aria-current": here ? "true" : null, data: { chat: chat.id } },
      avatar(chat, "small"),
      h("span", { class: "person-words" }, h("span", { class: "line" }, h("strong", {}, chat.title)), h("span", { class: "line" }, h("span", { class: "note" }, chat.last ? previewText(chat.last.text) : t("members", { n: chat.members.length })))),
      unread(open ? 0 : chat.unread, t("unread", { n: chat.unread })),
    ),
    open && topics.length ? h("ul", { class: "topics" }, topics.map((topic) => topicItem(app, chat, topic))) : null,
  );
}

function topicItem(app, chat, topic) {
  const here = app.thread === topic.id;
  return h("li", {}, h("a", { class: `topic-link ${here ? "here" : ""}`, href: address(app.person, chat.id, topic.id), "aria-current": here ? "true" : null }, icon("topic"), h("span", {}, topic.name), topic.closed ? h("small", {}, t("closed")) : null));
}

function when(date, now) {
  return dayKey(date) === dayKey(now) ? timeText(date) : dayText(date, { short: true });
}

// Somebody new: for a stranger, or when the simulator was started with nobody in it.
export async function addPerson() {
  return dialog("form", (close) => {
    const name = h("input", { type: "text", id: "new-name", maxlength: "60", autocomplete: "off", required: true });
    const role = h("input", { type: "text", id: "new-role", maxlength: "80", autocomplete: "off" });
    const save = async (event) => {
      event.preventDefault();
      if (!name.value.trim()) return name.focus();
      close(await post("people", { name: name.value.trim(), role_note: role.value.trim() }).catch(() => null));
    };
    return h("form", { on: { submit: save } }, h("h2", {}, t("add")), h("label", { for: "new-name" }, t("name")), name, h("label", { for: "new-role" }, t("role")), role, h("div", { class: "actions" }, h("button", { on: { click: () => close() } }, t("cancel")), h("button", { type: "submit", class: "main" }, t("save"))));
  });
}
