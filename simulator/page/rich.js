// From the server's `html` to elements. The few tags it may hold are built one by one; anything else stays
// text, so nothing a person typed can ever become markup here.

import { h, icon } from "./dom.js";
import { t } from "./words.js";

const TOKEN = /<(\/?)([a-z-]+)((?:\s[^<>]*)?)>|&(lt|gt|amp|quot|#x27);|[^<&]+|[<&]/g;
const CHARACTERS = { lt: "<", gt: ">", amp: "&", quot: '"', "#x27": "'" };
const PLAIN = new Set(["b", "i", "u", "s", "code", "pre", "blockquote"]);
const LINK = /^(https?:\/\/|tg:\/\/|mailto:)/i;

const decode = (text) => text.replace(/&(lt|gt|amp|quot|#x27);/g, (_, name) => CHARACTERS[name]);

export function link(href, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", class: "link" }, ...children);
}

function element(name, attributes) {
  if (name === "a") {
    const href = decode(/\shref="([^"]*)"/.exec(attributes)?.[1] ?? "");
    return LINK.test(href) ? link(href) : h("span");
  }
  if (name === "tg-spoiler") {
    return h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler") });
  }
  if (!PLAIN.has(name)) return null;
  const made = h(name);
  if (name === "blockquote" && /\sexpandable\b/.test(attributes)) made.classList.add("expandable");
  const language = /\sclass="language-([\w+#.-]+)"/.exec(attributes)?.[1];
  if (language) made.dataset.language = language;
  return made;
}

// A fragment for one message; `onCommand(text)` is called when a typed command is pressed.
export function rich(message, { onCommand }) {
  const root = document.createDocumentFragment();
  const stack = [{ name: "", node: root }];
  const texts = [];
  let length = 0;
  const write = (text) => {
    const parent = stack.at(-1).node;
    // A quote is a block: the line break after it ends its line and starts no empty one.
    if (text[0] === "\n" && parent.lastChild?.nodeName === "BLOCKQUOTE") {
      text = text.slice(1);
      length += 1;
    }
    const last = texts.at(-1);
    if (last && last.node === parent.lastChild) last.node.data += text;
    else {
      const node = document.createTextNode(text);
      parent.append(node);
      texts.push({ node, start: length });
    }
    length += text.length;
  };
  for (const found of message.html.matchAll(TOKEN)) {
    const [whole, closing, name, attributes, character] = found;
    if (character) write(CHARACTERS[character]);
    else if (!name) write(whole);
    else if (closing) {
      const at = stack.findLastIndex((open) => open.name === name);
      if (at > 0) stack.length = at;
    } else {
      const node = element(name, attributes);
      if (node === null) write(whole);
      else {
        stack.at(-1).node.append(node);
        stack.push({ name, node });
      }
    }
  }
  linkTyped(message, texts, onCommand);
  decorate(root);
  return root;
}

function linkTyped(message, texts, onCommand) {
  const typed = message.entities.filter((e) => ["url", "email", "mention", "hashtag", "bot_command"].includes(e.type));
  for (const entity of typed.sort((a, b) => b.offset - a.offset)) {
    const holder = texts.findLast((one) => one.start <= entity.offset);
    const start = holder ? entity.offset - holder.start : 0;
    if (!holder || start + entity.length > holder.node.data.length) continue;
    const tail = holder.node.splitText(start);
    tail.splitText(entity.length);
    const words = tail.data;
    let made;
    if (entity.type === "url") made = link(words, words);
    else if (entity.type === "email") made = link(`mailto:${words}`, words);
    else if (entity.type === "bot_command") made = h("button", { class: "link command", on: { click: () => onCommand(words) } }, words);
    else made = h("span", { class: "mention" }, words);
    tail.replaceWith(made);
  }
}

// What needs more than its tag: copying, unfolding.
function decorate(root) {
  for (const pre of root.querySelectorAll("pre")) {
    const code = pre.querySelector("code");
    const label = h("button", { class: "copy-block", data: { copies: pre.textContent }, title: t("tapCopy") }, h("span", {}, code?.dataset.language ?? ""), icon("copy", t("tapCopy")));
    pre.before(h("div", { class: "block" }, label, pre.cloneNode(true)));
    pre.remove();
  }
  for (const code of root.querySelectorAll("code")) {
    if (code.closest("pre")) continue;
    code.tabIndex = 0;
    code.title = t("tapCopy");
    code.setAttribute("role", "button");
    code.dataset.copies = code.textContent;
  }
  for (const quote of root.querySelectorAll("blockquote.expandable")) {
    const body = h("div", { class: "quote-body" });
    body.append(...quote.childNodes);
    quote.append(body, h("button", { class: "unfold", "aria-expanded": "false", "aria-label": t("expand") }, icon("down")));
  }
}

// Quotes that fit anyway need no arrow: known only once they have a width.
export function measureQuotes(root) {
  for (const body of root.querySelectorAll(".expandable:not(.open) > .quote-body")) {
    body.parentElement.classList.toggle("short", body.scrollHeight <= body.clientHeight + 2);
  }
}

export function toggleQuote(quote) {
  const open = quote.classList.toggle("open");
  const button = quote.querySelector(".unfold");
  button?.setAttribute("aria-expanded", String(open));
  button?.setAttribute("aria-label", t(open ? "collapse" : "expand"));
}
