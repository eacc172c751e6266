// One small menu for the whole page: above everything, by mouse, touch or keyboard.

import { h } from "./dom.js";
import { confirmed } from "./modal.js";

let closeOpen = () => {};

// `items`: {label, act, isDanger} or {heading}. Opens below `anchor`, or above where there is no room.
export function openMenu(anchor, items) {
  closeOpen();
  const menu = h("div", { class: "menu-box", role: "menu", tabindex: "-1" }, items.filter(Boolean).map(itemOf));
  const away = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const close = (hasFocus = menu.contains(document.activeElement)) => {
    document.removeEventListener("pointerdown", away);
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    closeOpen = () => {};
    if (hasFocus && anchor.isConnected) anchor.focus();
  };
  closeOpen = close;
  menu.addEventListener("click", (event) => {
    if (event.target.closest("[role=menuitem]")) close(true);
  });
  menu.addEventListener("keydown", (event) => move(event, menu, close));
  document.addEventListener("pointerdown", away);
  anchor.setAttribute("aria-expanded", "true");
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor);
  menu.querySelector("[role=menuitem]")?.focus();
}

function itemOf(item) {
  if (item.heading) return h("p", { class: "menu-heading" }, item.heading);
  const kind = item.isDanger ? "menu-item danger" : "menu-item";
  return h("button", { type: "button", role: "menuitem", class: kind, on: { click: item.act } }, item.label);
}

function place(menu, anchor) {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isAbove = from.bottom + height + 8 > window.innerHeight && from.top > height;
  const top = isAbove ? from.top - height - 4 : from.bottom + 4;
  menu.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
  menu.style.left = `${Math.max(8, Math.min(from.right - width, window.innerWidth - width - 8))}px`;
}

function move(event, menu, close) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const here = items.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) items.at((here + steps[event.key]) % items.length)?.focus();
  else if (event.key === "Home") items[0]?.focus();
  else if (event.key === "End") items.at(-1)?.focus();
  else if (event.key === "Escape") close(true);
  else if (event.key === "Tab") return close(true);
  else return undefined;
  event.preventDefault();
  event.stopPropagation();
  return undefined;
}

// Resolves to what was typed, or null.
export async function asked(title, label, value = "", yes = "Save") {
  const input = h("input", { class: "input", type: "text", maxlength: 250 });
  input.value = value;
  const body = h("label", { class: "b-input" }, h("span", { class: "b-label" }, label), input);
  return (await confirmed(title, body, yes)) ? input.value : null;
}
