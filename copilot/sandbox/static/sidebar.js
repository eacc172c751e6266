// Channels with what is new in them, who one acts as, and the names in the header.

import { byId, h } from "./dom.js";
import { avatar } from "./messages.js";
import { humans, store } from "./store.js";

let drawnDirectory = "";

// Redrawn only when something in it changed, so that open menus stay open.
export function drawDirectory(composers) {
  const unread = [...store.channels.keys()].map(unreadOf);
  const key = JSON.stringify([store.directory, store.channel, store.viewer, unread]);
  if (key === drawnDirectory) return;
  drawnDirectory = key;
  const { directory } = store;
  const channel = store.channels.get(store.channel);
  const news = unread.some((count) => count > 0);
  document.title = `${news ? "• " : ""}${channel ? `#${channel.name}` : "Sandbox"} · ${directory.name}`;
  byId("title").textContent = channel ? `${channel.isPrivate ? "🔒" : "#"} ${channel.name}` : "No such channel";
  byId("topic").textContent = channel ? channel.topic || `${channel.members} members` : "";
  const isNarrow = window.matchMedia("(max-width: 760px)").matches;
  composers.channel.label(isNarrow ? "Message, or / for commands" : `Message #${channel?.name ?? "…"}, or type / for commands`);
  composers.thread.label("Reply in the thread");
  byId("channels").replaceChildren(...directory.channels.map((entry) => channelItem(entry)));
  byId("console").hidden = !directory.consoleUrl;
  if (directory.consoleUrl) byId("console").href = directory.consoleUrl;
  drawViewer();
}

function channelItem(entry) {
  const isHere = entry.id === store.channel;
  const count = unreadOf(entry.id);
  const link = h(
    "a", { href: `/archives/${entry.id}`, class: count ? "unread" : "", "aria-current": isHere ? "page" : null },
    h("span", { class: "hash", "aria-hidden": "true" }, entry.isPrivate ? "🔒" : "#"),
    h("span", { class: "channel-name" }, entry.name),
    count > 0 && h("span", { class: "badge", "aria-label": `${count} new` }, count > 99 ? "99+" : String(count)),
  );
  return h("li", {}, link);
}

const unreadOf = (id) => (id === store.channel ? 0 : (store.sizes[id] ?? 0) - (store.seen[id] ?? 0));

function drawViewer() {
  const select = byId("viewer");
  const options = humans().map((person) => h("option", { value: person.id }, person.shownName));
  select.replaceChildren(...options);
  select.value = store.viewer;
  const person = store.people.get(store.viewer);
  byId("viewer-avatar").replaceChildren(...(person ? [avatar(person, "small")] : []));
}
