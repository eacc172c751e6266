// Starts the page: what is on screen, live updates, moving between channels, threads and links.

import { byId } from "./dom.js";
import { get, post } from "./api.js";
import { drawPins, openChannelMenu } from "./channel.js";
import { Composer } from "./composer.js";
import { drawHome } from "./home.js";
import { MessageList } from "./messages.js";
import { drawDirectory } from "./sidebar.js";
import { showPlayback } from "./playback.js";
import { showView } from "./modal.js";
import { compareTs, humans, placeOf, setDirectory, store } from "./store.js";

const NEAR_PX = 120;
const RETRY_MS = 1500;
const BREATH_MS = 60; // a fast replay changes the page many times a second; draw a few at once

const scroll = byId("scroll");
const list = new MessageList(byId("messages"), { openThread });
const threadList = new MessageList(byId("thread-messages"));
const composer = new Composer(byId("composer"), { id: "text", onsent: toEnd });
const threadComposer = new Composer(byId("thread-composer"), { id: "thread-text", thread: () => store.thread });
list.onchange = draw;
threadList.onchange = drawThread;

let polling = null;
let isUrgent = true; // ask without waiting for a change: what is on screen is of another place

// Drawing

function draw() {
  const stick = isNearEnd();
  const tops = [...store.messages.values()].filter(isTop);
  const oldest = tops.length && store.hasOlder ? tops.reduce((a, b) => (compareTs(a.ts, b.ts) < 0 ? a : b)).ts : "0";
  const privates = store.private.filter((answer) => !answer.thread_ts && compareTs(answer.ts, oldest) >= 0);
  list.show(tops, privates);
  byId("earlier").hidden = !store.hasOlder;
  const isEmpty = !tops.length && !privates.length;
  byId("empty").hidden = !isEmpty;
  byId("empty").textContent = store.channels.size
    ? "Nothing has been said here yet. Type a message below, or /incident declare to begin."
    : "This workspace has no channels yet.";
  if (stick && !store.hasNewer) scroll.scrollTop = scroll.scrollHeight;
  else byId("jump").hidden = isNearEnd() && !store.hasNewer;
}

function drawThread() {
  const panel = byId("thread");
  panel.hidden = !store.thread;
  document.body.classList.toggle("has-thread", Boolean(store.thread));
  if (!store.thread) return;
  const box = byId("thread-scroll");
  const stick = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  const privates = store.private.filter((answer) => answer.thread_ts === store.thread);
  threadList.show([...store.replies.values()], privates, { dividers: false });
  byId("thread-where").textContent = `#${store.channels.get(store.channel)?.name ?? ""}`;
  if (stick) box.scrollTop = box.scrollHeight;
}

const drawSidebar = () => drawDirectory({ channel: composer, thread: threadComposer });

// Live updates

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function live() {
  for (;;) {
    polling = new AbortController();
    try {
      const query = { viewer: store.viewer, channel: store.channel, since: store.version, wait: !isUrgent };
      isUrgent = false;
      take(await get("state", query, polling.signal), query);
      byId("offline").hidden = true;
      await sleep(BREATH_MS);
    } catch (error) {
      if (error.name === "AbortError") continue;
      byId("offline").hidden = false;
      await sleep(RETRY_MS);
    }
  }
}

function hurry() {
  isUrgent = true;
  polling?.abort();
}

function take(news, asked) {
  if (asked.channel !== store.channel || asked.viewer !== store.viewer) return;
  store.version = news.version;
  store.sizes = news.sizes;
  if (!store.isHome) store.seen[store.channel] = news.sizes[store.channel] ?? 0;
  if (news.directory) setDirectory(news.directory);
  if (settleIn()) return;
  if (news.reload) {
    openChannel(store.channel);
    return;
  }
  store.private = news.private;
  store.home = news.home;
  store.pins = news.pins ?? [];
  applyChanges(news.changed ?? [], news.removed ?? []);
  drawSidebar();
  drawPins();
  drawHome();
  draw();
  drawThread();
  showView(news.view);
  showPlayback(news.playback);
}

// People and channels may come after the page did: become somebody, go somewhere.
function settleIn() {
  if (!store.people.has(store.viewer)) store.viewer = humans()[0]?.id ?? "";
  const first = store.directory.channels[0];
  if (window.location.pathname !== "/" || !first) return false;
  window.history.replaceState(null, "", `/archives/${first.id}`);
  openChannel(first.id);
  return true;
}

function applyChanges(changed, removed) {
  for (const message of changed) {
    const isKnown = store.messages.has(message.ts);
    if (isTop(message) && (isKnown || isInReach(message.ts))) store.messages.set(message.ts, message);
    if (store.thread && (message.ts === store.thread || message.thread_ts === store.thread)) {
      store.replies.set(message.ts, message);
    }
  }
  for (const ts of removed) {
    store.messages.delete(ts);
    store.replies.delete(ts);
  }
  if (store.thread && removed.includes(store.thread)) closeThread();
}

const isTop = (message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";

// Messages outside the stretch on screen come when it is loaded.
function isInReach(ts) {
  const stamps = [...store.messages.keys()].sort(compareTs);
  if (!stamps.length) return !store.hasNewer;
  if (store.hasOlder && compareTs(ts, stamps[0]) < 0) return false;
  return !store.hasNewer || compareTs(ts, stamps.at(-1)) < 0;
}

// Moving around

async function openChannel(channel, { ts = null, thread = null } = {}) {
  store.channel = channel;
  store.isHome = false;
  store.pins = [];
  store.thread = null;
  store.messages.clear();
  list.editing = null;
  drawThread();
  const anchor = thread ?? ts;
  await load(anchor ? { around: anchor } : {});
  if (store.channel !== channel) return;
  drawSidebar();
  drawPins();
  drawHome();
  draw();
  toEnd();
  hurry();
  if (thread || (ts && !store.messages.has(ts))) await openThread(thread ?? ts, ts);
  if (ts) highlight(thread ? (threadList.node(ts) ?? list.node(ts)) : list.node(ts));
}

async function load(parameters) {
  if (!store.channels.has(store.channel)) return;
  const page = await get("messages", { channel: store.channel, ...parameters });
  for (const message of page.messages) store.messages.set(message.ts, message);
  store.hasOlder = page.hasOlder;
  if (!parameters.before) {
    store.hasNewer = page.hasNewer;
    store.version = Math.min(store.version || page.version, page.version);
  }
}

async function loadOlder() {
  const oldest = [...store.messages.keys()].sort(compareTs)[0];
  const height = scroll.scrollHeight;
  await load({ before: oldest });
  draw();
  scroll.scrollTop += scroll.scrollHeight - height;
}

async function openThread(ts, target = null) {
  store.thread = ts;
  store.replies.clear();
  const page = await get("thread", { channel: store.channel, ts });
  if (store.thread !== ts) return;
  for (const message of page.messages) store.replies.set(message.ts, message);
  drawThread();
  byId("thread-scroll").scrollTop = target ? 0 : byId("thread-scroll").scrollHeight;
  if (!target) byId("thread-text").focus({ preventScroll: true });
}

function closeThread() {
  store.thread = null;
  drawThread();
}

function highlight(node) {
  if (!node) return;
  node.classList.add("target");
  node.scrollIntoView({ block: "center" });
  setTimeout(() => node.classList.remove("target"), 6000);
}

function openHome() {
  store.isHome = true;
  store.thread = null;
  drawThread();
  drawSidebar();
  drawPins();
  drawHome();
  post("home/open", { viewer: store.viewer });
}

const isNearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  byId("jump").hidden = true;
}

async function toLatest() {
  if (store.hasNewer) {
    store.messages.clear();
    await load({});
    draw();
  }
  toEnd();
}

function visit(url) {
  const place = placeOf(url);
  closeSide();
  if (!place.isHome && !store.isHome && place.channel === store.channel && !place.ts) return;
  window.history.pushState(null, "", url.href);
  go(place);
}

function go(place) {
  if (place.isHome) openHome();
  else openChannel(place.channel, place);
}

function toggleSide(open) {
  document.body.classList.toggle("side-open", open);
  byId("veil").hidden = !open;
  byId("menu").setAttribute("aria-expanded", String(open));
}

const closeSide = () => toggleSide(false);

function wire() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || link.origin !== window.location.origin) return;
    if (!link.pathname.startsWith("/archives/") && link.pathname !== "/app") return;
    event.preventDefault();
    if (link.closest("#modal")) post("view/close", { viewer: store.viewer });
    visit(new URL(link.href));
  });
  window.addEventListener("popstate", () => {
    go(placeOf(window.location));
  });
  byId("earlier").firstElementChild.addEventListener("click", loadOlder);
  byId("jump").addEventListener("click", toLatest);
  byId("thread-close").addEventListener("click", closeThread);
  byId("channel-menu").addEventListener("click", () => openChannelMenu(byId("channel-menu")));
  byId("menu").addEventListener("click", () => toggleSide(!document.body.classList.contains("side-open")));
  byId("veil").addEventListener("click", closeSide);
  byId("viewer").addEventListener("change", (event) => actAs(event.target.value));
  scroll.addEventListener("scroll", () => {
    if (isNearEnd() && !store.hasNewer) byId("jump").hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && store.thread && !document.querySelector("dialog[open]")) closeThread();
  });
}

function actAs(userId) {
  store.viewer = userId;
  window.localStorage.setItem("sandbox-viewer", userId);
  store.private = [];
  store.home = null;
  store.version = 0; // another person may see other channels: ask for everything
  drawSidebar();
  draw();
  drawHome();
  if (store.isHome) post("home/open", { viewer: store.viewer });
  else openChannel(store.channel);
  hurry();
}

async function start() {
  wire();
  const place = placeOf(window.location);
  const first = await get("state", { since: 0, viewer: window.localStorage.getItem("sandbox-viewer") ?? "" });
  setDirectory(first.directory);
  store.sizes = first.sizes;
  store.seen = { ...first.sizes };
  const remembered = window.localStorage.getItem("sandbox-viewer");
  store.viewer = store.people.has(remembered) ? remembered : (humans()[0]?.id ?? "");
  showPlayback(first.playback);
  store.version = first.version;
  if (place.isHome) {
    store.channel = store.directory.channels[0]?.id ?? "";
    openHome();
  } else {
    await openChannel(place.channel, place);
  }
  live();
}

start();
