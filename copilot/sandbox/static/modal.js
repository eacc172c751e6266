// Modals that the app opened, and small questions of the page itself.

import { byId, h } from "./dom.js";
import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { entered, plainText } from "./controls.js";
import { store } from "./store.js";

let shownHash = null;

export function showView(view) {
  const dialog = byId("modal");
  if (!view) {
    shownHash = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (view.hash === shownHash) return;
  shownHash = view.hash;
  draw(dialog, view, {});
  if (!dialog.open) dialog.showModal();
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
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    dialog.oncancel = () => resolve(false);
    dialog.replaceChildren(
      h("header", { class: "modal-head" }, h("h2", {}, title ?? "Are you sure?")),
      h("div", { class: "modal-body" }, h("p", {}, text ?? "")),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, no),
        h("button", { type: "button", class: "button primary", on: { click: () => answer(true) } }, yes)),
    );
    dialog.showModal();
  });
}
