// The app's own page: what it published for the person one acts as.

import { byId, h } from "./dom.js";
import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { enter, entered } from "./controls.js";
import { store } from "./store.js";

let drawn = "";

export function drawHome() {
  byId("home").hidden = !store.isHome;
  byId("scroll").hidden = store.isHome;
  if (!store.isHome) {
    drawn = "";
    return;
  }
  const { home } = store;
  const key = `${store.viewer} ${home?.hash}`;
  if (key === drawn) return;
  const before = entered(byId("home-blocks"));
  drawn = key;
  const empty = h("p", { class: "empty" }, "The app has put nothing here yet.");
  byId("home-blocks").replaceChildren(...(home ? renderBlocks(home.blocks, act) : [empty]));
  enter(byId("home-blocks"), before);
}

async function act(block, element, value) {
  const box = byId("home-blocks");
  box.classList.add("waiting");
  await post("home/click", {
    viewer: store.viewer,
    action_id: element.action_id,
    block_id: block.block_id,
    value: value ?? null,
    values: entered(box),
  });
  box.classList.remove("waiting");
}
