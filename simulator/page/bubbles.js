// One row of the log: a message, or an album of several, with what hangs below it.

import { avatar, coloured, dialog, h, icon, ticks } from "./dom.js";
import { rich } from "./rich.js";
import { dayText, previewText, serviceText, sizeText, t, timeText } from "./words.js";

const JUMBO = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*){1,3}$/u;

// `messages`: one, or the parts of one album. `place` knows the person, the chat, and what presses do.
export function row(messages, place) {
  const first = messages[0];
  if (first.kind === "service") {
    return h("div", { class: "row service", data: { id: first.id }, tabindex: "-1" }, h("span", {}, serviceText(first)));
  }
  const worded = messages.find((m) => m.text) ?? first;
  const group = place.chat.type !== "private";
  const media = mediaOf(messages);
  const jumbo = first.kind === "text" && JUMBO.test(first.text) && !first.reply_to;
  const parts = [];
  if (group && !first.mine) parts.push(nameLine(first));
  if (group && place.chat.forum && place.thread === undefined) parts.push(topicMark(first, place));
  if (first.reply_to) parts.push(quoted(first.reply_to, place));
  if (media) parts.push(media);
  const meta = metaOf(messages, place);
  const text = h("div", { class: "text", dir: "auto" });
  if (worded.text) text.append(rich(worded, { onCommand: place.onCommand }));
  const reactions = reactionsOf(first, place);
  if (worded.text) {
    if (!reactions) text.append(meta);
    parts.push(text);
  }
  if (reactions) parts.push(h("div", { class: "foot" }, reactions, meta));
  else if (!worded.text) parts.push(meta);
  const bare = !worded.text && ["photo", "video", "sticker"].includes(first.kind);
  const bubble = h("div", { class: `bubble ${bare ? "bare" : ""} ${jumbo || first.kind === "sticker" ? "jumbo" : ""} ${media?.classList.contains("visual") ? "has-media" : ""}` }, ...parts);
  const body = h("div", { class: "body" }, bubble, keyboardOf(worded.buttons.length ? worded : first, place));
  return h(
    "div",
    {
      class: `row ${first.mine ? "out" : "in"} ${group ? "in-group" : ""}`,
      data: { id: first.id },
      tabindex: "-1",
      "aria-label": `${first.mine ? "" : `${first.from.name}, `}${timeText(first.date)}`,
    },
    group && !first.mine ? avatar(first.from, "small") : null,
    body,
    h("button", { class: "row-more", tabindex: "-1", "aria-label": t("more") }, icon("more")),
  );
}

function nameLine(message) {
  const line = h("div", { class: "sender" }, message.from.name);
  if (/^#[0-9a-f]{6}$/i.test(message.from.colour)) line.style.setProperty("--avatar", message.from.colour);
  if (message.from.is_bot) line.append(h("span", { class: "bot-mark" }, t("bot")));
  return line;
}

function topicMark(message, place) {
  const topic = place.chat.topics.find((one) => one.id === message.thread);
  return h("div", { class: "topic-mark" }, icon("topic"), topic?.name ?? t("general"));
}

function quoted(reply, place) {
  return h(
    "button",
    { class: "quoted", on: { click: () => place.onJump(reply.id) } },
    h("strong", {}, reply.name),
    h("span", {}, previewText(reply.text)),
  );
}

function metaOf(messages, place) {
  const first = messages[0];
  const edited = messages.some((m) => m.edited);
  return h(
    "span",
    { class: "meta", title: `${dayText(first.date, { year: true })} ${timeText(first.date)}` },
    messages.some((m) => m.pinned) ? icon("pin", t("pinned")) : null,
    edited ? h("span", { class: "edited" }, t("edited")) : null,
    h("time", { datetime: first.date }, timeText(first.date)),
    first.mine && place.chat.type === "private" ? ticks() : null,
  );
}

// Files, places, phone numbers

function mediaOf(messages) {
  const files = messages.flatMap((m) => m.files.map((file) => ({ ...file, by: m.from.name })));
  const first = messages[0];
  if (files.length && files.every((f) => f.kind === "photo" || f.kind === "video")) {
    const grid = h("div", { class: `visual album-${Math.min(files.length, 10)}` }, files.map(visual));
    if (files.length === 1) single(grid, files[0]);
    return grid;
  }
  if (files.length) return h("div", { class: "files" }, files.map(other));
  if (first.location) {
    const { latitude, longitude } = first.location;
    return h("div", { class: "file" }, h("span", { class: "file-mark" }, icon("pinpoint")), h("span", { class: "file-words" }, h("strong", {}, t("location")), h("small", {}, `${latitude}, ${longitude}`)));
  }
  if (first.contact) {
    const name = [first.contact.first_name, first.contact.last_name].filter(Boolean).join(" ");
    return h("div", { class: "file" }, h("span", { class: "file-mark" }, icon("group")), h("span", { class: "file-words" }, h("strong", {}, name || t("contact")), h("small", {}, first.contact.phone_number ?? "")));
  }
  return null;
}

// A lone picture keeps its shape, within reason, and its place before it has loaded.
function single(grid, file) {
  const width = file.width || 4;
  const height = file.height || 3;
  const ratio = Math.max(0.6, Math.min(2.4, width / height));
  grid.style.setProperty("--ratio", String(ratio));
  grid.style.setProperty("--width", `${Math.round(Math.min(400, Math.max(200, width), 420 * ratio))}px`);
}

function visual(file) {
  if (!file.url) return h("span", { class: "missing" }, `${file.name} · ${t("fileMissing")}`);
  if (file.kind === "video") return h("video", { src: file.url, controls: true, preload: "metadata" });
  const label = t("photoOf", { name: file.by });
  return h("button", { class: "picture", "aria-label": label, on: { click: () => look(file, label) } }, h("img", { src: file.url, alt: label, decoding: "async" }));
}

function look(file, label) {
  dialog("viewer", (close) => [
    h("header", {}, h("span", {}, file.name), h("a", { class: "icon-button", href: file.url, download: file.name, "aria-label": t("download", { name: file.name }) }, icon("download")), h("button", { class: "icon-button", "aria-label": t("close"), on: { click: () => close() } }, icon("close"))),
    h("img", { src: file.url, alt: label, on: { click: () => close() } }),
  ]);
}

function other(file) {
  if (file.kind === "sticker" && file.url) return h("img", { class: "sticker", src: file.url, alt: t("sticker") });
  if ((file.kind === "voice" || file.kind === "audio") && file.url) return h("audio", { src: file.url, controls: true, preload: "none", "aria-label": t(file.kind) });
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(file.name)?.[1] ?? "";
  const inside = [
    h("span", { class: `file-mark ending-${ending.toLowerCase()}` }, ending ? h("b", {}, ending.toUpperCase()) : icon("file")),
    h("span", { class: "file-words" }, h("strong", {}, file.name), h("small", {}, sizeText(file.size) + (file.url ? "" : ` · ${t("fileMissing")}`))),
  ];
  if (!file.url) return h("div", { class: "file" }, inside);
  return h("a", { class: "file", href: file.url, download: file.name, "aria-label": t("download", { name: file.name }) }, inside);
}

// Reactions and buttons

function reactionsOf(message, place) {
  if (!message.reactions.length) return null;
  const counted = new Map();
  for (const one of message.reactions) counted.set(one.emoji, [...(counted.get(one.emoji) ?? []), one]);
  return h(
    "span",
    { class: "reactions" },
    [...counted].map(([emoji, all]) => {
      const own = all.some((one) => one.from === place.person);
      return h(
        "button",
        {
          class: `reaction ${own ? "own" : ""}`,
          "aria-pressed": String(own),
          "aria-label": `${emoji} ${all.map((one) => one.name).join(", ")}`,
          title: all.map((one) => one.name).join(", "),
          on: { click: () => place.onReact(message, own ? null : emoji) },
        },
        h("span", { class: "emoji" }, coloured(emoji)),
        h("span", {}, String(all.length)),
      );
    }),
  );
}

function keyboardOf(message, place) {
  if (!message.buttons.length) return null;
  return h(
    "div",
    { class: "keyboard" },
    message.buttons.map((line, y) =>
      h(
        "div",
        { class: "keyboard-row" },
        line.map((button, x) => {
          const kind = ["primary", "success", "danger"].includes(button.style) ? button.style : "";
          const pressed = (event) => place.onPress(message, button, y, x, event.currentTarget);
          const mark = button.url ? icon("link") : button.copy ? icon("copy") : null;
          const label = button.url ? t("openLink", { label: button.text }) : null;
          return h("button", { class: `key ${kind}`, data: { y, x }, "aria-label": label, on: { click: pressed } }, h("span", { class: "key-label" }, button.text), mark, h("span", { class: "spinner", "aria-hidden": "true" }));
        }),
      ),
    ),
  );
}
