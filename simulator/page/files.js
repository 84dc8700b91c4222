// Choosing, looking over and sending files: pictures become an album, the rest another.

import { dialog, h, icon } from "./dom.js";
import { upload } from "./server.js";
import { sizeText, t } from "./words.js";

const ALBUM = 10; // Telegram's limit
const REQUEST = 50 * 1024 * 1024;
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp"]);

export function chooseFiles(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", multiple: true, accept: accept || null, class: "unseen", id: "file-input" });
    const done = (files) => {
      input.remove();
      resolve(files);
    };
    input.addEventListener("change", () => done([...input.files]));
    input.addEventListener("cancel", () => done([]));
    document.getElementById("file-input")?.remove();
    document.body.append(input);
    input.click();
  });
}

// Shows what is about to go out. Answers whether it was sent.
export async function sendFiles(files, { place, reply_to, caption, acted, toast }) {
  const pictures = files.filter((file) => PICTURES.has(file.type));
  const urls = [];
  const choice = await dialog("form outgoing", (close) => {
    const words = h("textarea", { rows: "2", placeholder: t("caption"), "aria-label": t("caption"), maxlength: "1024" });
    words.value = caption;
    const asFile = h("input", { type: "checkbox" });
    const send = () => close({ caption: words.value.trim(), asFile: asFile.checked });
    words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    });
    const shown = files.map((file) => {
      if (!PICTURES.has(file.type)) return h("div", { class: "file" }, h("span", { class: "file-mark" }, icon("file")), h("span", { class: "file-words" }, h("strong", {}, file.name), h("small", {}, sizeText(file.size))));
      const url = URL.createObjectURL(file);
      urls.push(url);
      return h("img", { src: url, alt: file.name });
    });
    return h(
      "form",
      { on: { submit: (event) => {
        event.preventDefault();
        send();
      } } },
      h("h2", {}, t("sendFiles", { n: files.length })),
      h("div", { class: `previews ${files.length === 1 ? "single" : ""}` }, shown),
      pictures.length ? h("label", { class: "check" }, asFile, t("asFile")) : null,
      words,
      h("div", { class: "actions" }, h("button", { on: { click: () => close() } }, t("cancel")), h("button", { type: "submit", class: "main" }, t("send"))),
    );
  });
  urls.forEach((url) => URL.revokeObjectURL(url));
  if (!choice) return false;
  const groups = choice.asFile ? [["document", files]] : [["photo", pictures], ["auto", files.filter((file) => !PICTURES.has(file.type))]];
  const words = { left: choice.caption };
  for (const [as, some] of groups) {
    for (let at = 0; at < some.length; at += ALBUM) {
      const batch = some.slice(at, at + ALBUM);
      if (batch.reduce((sum, file) => sum + file.size, 0) > REQUEST) {
        toast(t("tooLarge"));
        return false;
      }
      try {
        acted(await upload(place.person, batch, { ...place.fields, as, caption: words.left, reply_to }));
        words.left = "";
      } catch (refused) {
        toast(t("failed", { why: refused.message || t("unreachable") }));
        return false;
      }
    }
  }
  return true;
}
