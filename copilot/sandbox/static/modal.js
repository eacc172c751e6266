// Modals that the app opened, and small questions of the page itself.

import { byId, h } from "./dom.js";
import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { entered, enter, plainText } from "./controls.js";
import { store } from "./store.js";

let shownHash = null;
let shownId = null;

export function showView(view) {
  const dialog = byId("modal");
  if (!view) {
    shownHash = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (view.hash === shownHash) return;
  // As in Slack, what was entered stays where a block keeps its name.
  const before = view.id === shownId ? entered(dialog) : {};
  [shownHash, shownId] = [view.hash, view.id];
  draw(dialog, view, {});
  enter(dialog, before);
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector(".modal-body :is(input, textarea, select, button, a)")?.focus();
}

function draw(dialog, view, errors) {
  const act = (block, element, value) =>
    post("view/click", {
      viewer: store.viewer,
      action_id: element.action_id,
      block_id: block.block_id,
      value: value ?? null,
      values: entered(dialog),
    });
  const close = () => post("view/close", { viewer: store.viewer });
  const blocks = renderBlocks(view.blocks, act, errors);
  const general = errors[""] && h("p", { class: "b-error", role: "alert" }, errors[""]);
  const form = h(
    "form", { novalidate: true },
    h("header", { class: "modal-head" },
      h("h2", {}, plainText(view.title)),
      h("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: close } }, "✕")),
    h("div", { class: "modal-body blocks" }, blocks, general),
    h("footer", { class: "modal-foot" },
      h("button", { type: "button", class: "button", on: { click: close } }, plainText(view.close) || "Cancel"),
      view.submit && h("button", { type: "submit", class: "button primary" }, plainText(view.submit))),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(dialog, form, view);
  });
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  dialog.replaceChildren(form);
}

async function submit(dialog, form, view) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const told = await post("view/submit", { viewer: store.viewer, values: entered(dialog) });
  button.disabled = false;
  if (!told || !Object.keys(told.errors).length) return;
  form.querySelectorAll(".b-error").forEach((old) => old.remove());
  for (const [blockId, text] of Object.entries(told.errors)) {
    const at = form.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`) ?? form.querySelector(".modal-body");
    at.append(h("span", { class: "b-error", role: "alert" }, text));
  }
  form.querySelector(".b-error")?.scrollIntoView({ block: "nearest" });
}

// Resolves to whether the person said yes.
export function confirmed(title, text, yes = "Yes", no = "Cancel") {
  const dialog = byId("ask");
  const isField = text instanceof Element;
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    dialog.oncancel = () => resolve(false);
    const form = h("form", {},
      h("header", { class: "modal-head" }, h("h2", {}, title ?? "Are you sure?")),
      h("div", { class: "modal-body" }, isField ? text : h("p", {}, text ?? "")),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, no),
        h("button", { type: "submit", class: "button primary" }, yes)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(true);
    });
    dialog.replaceChildren(form);
    dialog.showModal();
    if (isField) text.querySelector("input")?.select();
  });
}
