// Building elements without ever parsing a string as markup.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  add: "M12 5v14M5 12h14",
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7",
  back: "M15 5l-7 7 7 7",
  block: "M12 3a9 9 0 1 0 .01 0M5.8 5.8l12.4 12.4",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 .01 0",
  check: "M5 13l4.5 4.5L19 7",
  clock: "M12 3a9 9 0 1 0 .01 0M12 7.5V12l3 2",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  down: "M6 10l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  group: "M9 5a3.5 3.5 0 1 0 .01 0M3 19c0-4 2.5-6 6-6s6 2 6 6M16 5.5a3 3 0 0 1 0 6M17.5 13.5c2.3.7 3.5 2.5 3.5 5.5",
  keyboard: "M3 7h18v11H3zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17 10.5h.01M8 14.5h8",
  link: "M8 16L17 7M9 7h8v8",
  menu: "M5 7h14M5 12h14M5 17h14",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  pinpoint: "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 8a2 2 0 1 0 .01 0",
  reply: "M10 6l-6 6 6 6M4.5 12H14c4 0 6 2.5 6 6",
  send: "M4 12l16-8-5 16-3-7zM12 13l8-9",
  topic: "M9 4L7 20M17 4l-2 16M4 9h16M3.5 15h16",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  transcript: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
};

export const $ = (id) => document.getElementById(id);

export function icon(name, label = null) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// Two ticks: the bot has read it.
export function ticks() {
  const svg = icon("check");
  svg.setAttribute("class", "icon ticks");
  svg.setAttribute("viewBox", "0 0 30 24");
  svg.firstChild.setAttribute("d", "M3 13l4.5 4.5L16.5 7M14 16.5l1.5 1L25 7");
  return svg;
}

// An element: `on` holds listeners, `data` the dataset, everything else is an attribute. Text stays text.
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  if (tag === "button" && !given.type) element.type = "button";
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function avatar(who, size = "") {
  const circle = h("span", { class: `avatar ${size}`, "aria-hidden": "true" }, who.initials);
  if (/^#[0-9a-f]{6}$/i.test(who.colour)) circle.style.setProperty("--avatar", who.colour);
  return circle;
}

// Telegram writes some emoji without the sign that makes them coloured.
export const coloured = (emoji) => (/^[\u2600-\u27BF]$/.test(emoji) ? `${emoji}\uFE0F` : emoji);

export function unread(count, label) {
  if (!count) return null;
  return h("span", { class: "badge", "aria-label": label }, count > 99 ? "99+" : String(count));
}

// A modal dialog that takes itself away; `open()` answers with what `close(value)` was given.
export function dialog(name, build) {
  return new Promise((resolve) => {
    const box = h("dialog", { class: name });
    let result = null;
    const close = (value = null) => {
      result = value;
      box.close();
    };
    box.append(...[build(close)].flat());
    box.addEventListener("close", () => {
      box.remove();
      resolve(result);
    });
    box.addEventListener("click", (event) => {
      if (event.target === box) close();
    });
    document.body.append(box);
    box.showModal();
  });
}

let openMenu = null;

export function closeMenu() {
  openMenu?.();
  openMenu = null;
}

// A small menu beside a point of the window; the arrow keys walk through it.
export function popMenu(x, y, items, { above = null } = {}) {
  closeMenu();
  const before = document.activeElement;
  const buttons = items.filter(Boolean).map((item) =>
    item instanceof Node
      ? item
      : h(
          item.href ? "a" : "button",
          {
            role: "menuitem",
            class: item.danger ? "danger" : "",
            href: item.href,
            target: item.href ? "_blank" : null,
            rel: item.href ? "noopener" : null,
            on: {
              click: () => {
                closeMenu();
                item.act?.();
              },
            },
          },
          icon(item.icon),
          h("span", {}, item.label),
        ),
  );
  const menu = h("div", { class: "menu", role: "menu" }, above, buttons);
  document.body.append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`;
  const away = (event) => {
    if (!menu.contains(event.target)) closeMenu();
  };
  const keys = (event) => {
    const all = [...menu.querySelectorAll("button, a")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      closeMenu();
      before?.focus?.();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
    }
  };
  setTimeout(() => document.addEventListener("pointerdown", away), 0);
  document.addEventListener("keydown", keys, true);
  openMenu = () => {
    document.removeEventListener("pointerdown", away);
    document.removeEventListener("keydown", keys, true);
    menu.remove();
  };
  (menu.querySelector("[role=menuitem]") ?? menu).focus();
}

export function remember(name, value) {
  try {
    localStorage.setItem(`kinerja.${name}`, value);
  } catch {
    // A browser that keeps nothing shows the hint again: no harm.
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(`kinerja.${name}`);
  } catch {
    return null;
  }
}
