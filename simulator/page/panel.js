// The right column: the office clock, and three steps to try first.

import { $, dialog, h, icon, recall, remember } from "./dom.js";
import { post } from "./server.js";
import { clockText, currentZone, instantOf, live, local, t, ZONES } from "./words.js";

const DAY = 86_400_000;
const done = new Set((recall("done") ?? "").split(",").filter(Boolean));
let moving = false;

export function draw(app) {
  $("panel").replaceChildren(...[clock(app), hint(app)].filter(Boolean));
  chip($("clock-chip-list"), app);
}

// The short clock for narrow windows; it opens the same controls.
export function chip(button, app) {
  const { day, time, zone } = clockText(app.now);
  button.replaceChildren(icon("clock"), h("span", {}, time));
  button.setAttribute("aria-label", `${t("clock")}: ${day} ${time} ${zone}`);
  button.onclick = () => dialog("form clock-dialog", (close) => [clock(app, close), h("div", { class: "actions" }, h("button", { on: { click: () => close() } }, t("close")))]);
}

function clock(app, after = () => {}) {
  const { day, time, zone } = clockText(app.now);
  const zones = h("select", { "aria-label": t("zone"), on: { change: (event) => {
    live(event.target.value);
    after();
    app.redraw();
  } } }, Object.keys(ZONES).map((name) => h("option", { value: name, selected: name === currentZone() }, name)));
  const face = h("p", { class: "face" }, h("span", { class: "face-day" }, day), h("span", { class: "face-time" }, time, h("small", {}, zone)));
  const steps = app.clockMoves ? moves(app).map(([name, label, body]) => h("button", { disabled: moving, data: { move: name }, on: { click: () => move(app, body, after) } }, label)) : [];
  return h(
    "section",
    { class: `card clock ${moving ? "busy" : ""}`, "aria-label": t("clock") },
    h("header", {}, icon("clock"), h("h2", {}, t("clock")), zones),
    face,
    app.clockMoves ? h("div", { class: "moves" }, steps) : h("p", { class: "quiet" }, t("clockFixed")),
    moving ? h("p", { class: "quiet", role: "status" }, t("moving")) : null,
  );
}

function moves(app) {
  const here = local(app.now);
  const tomorrow = new Date(here.getTime() + DAY);
  const minutes = here.getUTCHours() * 60 + here.getUTCMinutes();
  const toFriday = (5 - here.getUTCDay() + 7) % 7;
  const friday = new Date(here.getTime() + (toFriday === 0 && minutes >= 990 ? 7 : toFriday) * DAY);
  return [
    ["15", t("plus15"), { minutes: 15 }],
    ["60", t("plus60"), { minutes: 60 }],
    minutes < 930 ? ["1530", t("to1530"), { to: instantOf(here, 15, 30) }] : null,
    ["tomorrow", t("tomorrow"), { to: instantOf(tomorrow, 7, 30) }],
    ["friday", t("friday"), { to: instantOf(friday, 16, 30) }],
  ].filter(Boolean);
}

async function move(app, body, after) {
  moving = true;
  draw(app);
  try {
    app.now = (await post("clock", body)).now;
  } catch (refused) {
    app.toast(refused.message || t("unreachable"));
  } finally {
    moving = false;
    after();
    app.redrawClock();
  }
}

// The three steps tick themselves off.
export function achieved(step, app) {
  if (done.has(step)) return;
  done.add(step);
  remember("done", [...done].join(","));
  draw(app);
}

function hint(app) {
  if (recall("hint") === "closed") return null;
  const step = (key, ...more) => h("li", { class: done.has(key) ? "done" : "" }, h("span", { class: "step-words" }, t(key), ...more));
  const example = h("button", { class: "example", on: { click: () => app.useExample(t("example")) } }, h("q", {}, t("example")), h("small", {}, t("useExample")));
  return h(
    "section",
    { class: "card hint", "aria-label": t("hint") },
    h("header", {}, h("h2", {}, t("hint")), h("button", { class: "icon-button", "aria-label": t("hintClose"), on: { click: () => {
      remember("hint", "closed");
      draw(app);
    } } }, icon("close"))),
    h("ol", {}, step("hint1", example), step("hint2"), step("hint3")),
  );
}
