// Channels with what is new in them, who one acts as, and the names in the header.

import { byId, h } from "./dom.js";
import { avatar } from "./messages.js";
import { humans, store } from "./store.js";

const APP = "Incident Copilot";
let drawnDirectory = "";

// Redrawn only when something in it changed, so that open menus stay open.
export function drawDirectory(composers) {
  const unread = [...store.channels.keys()].map(unreadOf);
  const key = JSON.stringify([store.directory, store.channel, store.isHome, store.viewer, unread]);
  if (key === drawnDirectory) return;
  drawnDirectory = key;
  const { directory } = store;
  const channel = store.channels.get(store.channel);
  const news = unread.some((count) => count > 0);
  const place = store.isHome ? APP : channel ? `${signOf(channel)} ${nameIn(channel)}` : "No such channel";
  document.title = `${news ? "• " : ""}${store.isHome || channel ? place.replace("# ", "#") : "Sandbox"} · ${directory.name}`;
  byId("title").textContent = place;
  byId("topic").textContent = store.isHome ? "What the app shows you alone" : channel ? aboutChannel(channel) : "";
  byId("channel-menu").hidden = store.isHome || !channel || channel.isDirect;
  byId("composer").hidden = store.isHome || Boolean(channel?.isArchived);
  byId("archived").hidden = store.isHome || !channel?.isArchived;
  drawApp(directory);
  const isNarrow = window.matchMedia("(max-width: 760px)").matches;
  const where = channel ? `${channel.isDirect ? "" : "#"}${nameIn(channel)}` : "…";
  composers.channel.label(isNarrow ? "Message, or / for commands" : `Message ${where}, or type / for commands`);
  composers.thread.label("Reply in the thread");
  const isOpen = (entry) => !entry.isDirect && (!entry.isArchived || entry.id === store.channel);
  byId("channels").replaceChildren(...directory.channels.filter(isOpen).map((entry) => channelItem(entry)));
  byId("console").hidden = !directory.consoleUrl;
  if (directory.consoleUrl) byId("console").href = directory.consoleUrl;
  drawViewer();
}

function channelItem(entry) {
  const isHere = entry.id === store.channel && !store.isHome;
  const count = unreadOf(entry.id);
  const link = h(
    "a", { href: `/archives/${entry.id}`, class: count ? "unread" : "", "aria-current": isHere ? "page" : null },
    h("span", { class: "hash", "aria-hidden": "true" }, signOf(entry)),
    h("span", { class: "channel-name" }, nameIn(entry)),
    count > 0 && h("span", { class: "badge", "aria-label": `${count} new` }, count > 99 ? "99+" : String(count)),
  );
  return h("li", {}, link);
}

// The app: its Home, and what it writes to this person alone.
function drawApp(directory) {
  const home = h(
    "a", { href: "/app", "aria-current": store.isHome ? "page" : null },
    h("span", { class: "hash", "aria-hidden": "true" }, "⌂"), h("span", { class: "channel-name" }, `${APP}: Home`),
  );
  const direct = directory.channels.filter((entry) => entry.isDirect && store.sizes[entry.id]);
  byId("apps").replaceChildren(h("li", {}, home), ...direct.map((entry) => channelItem(entry)));
}

const signOf = (channel) => (channel.isDirect ? "✉" : channel.isPrivate ? "🔒" : "#");
const nameIn = (channel) => (channel.isDirect ? `${APP}: Messages` : channel.name);

function aboutChannel(channel) {
  const marks = [channel.isArchived && "archived", channel.isShared && "shared with another organisation", !channel.hasApp && "the app is not in here"];
  const words = [channel.topic || (channel.isDirect ? "Only you and the app" : `${channel.members} members`), ...marks];
  return words.filter(Boolean).join(" · ");
}

const unreadOf = (id) => (id === store.channel && !store.isHome ? 0 : (store.sizes[id] ?? 0) - (store.seen[id] ?? 0));

function drawViewer() {
  const select = byId("viewer");
  const options = humans().map((person) => h("option", { value: person.id }, person.shownName));
  select.replaceChildren(...options);
  select.value = store.viewer;
  const person = store.people.get(store.viewer);
  byId("viewer-avatar").replaceChildren(...(person ? [avatar(person, "small")] : []));
}
