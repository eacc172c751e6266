// Fetches a page and puts its header and content in the place of ours, so that scroll position
// and side panels stay where they are. The server stays the only one that renders.
import { merge } from "./merge.js";
import { sent } from "./unsent.js";

const PARTS = ["header.top", "main", "[data-latest]", "[data-keys]"];

export async function fetchPage(address, options = {}) {
  const response = await fetch(address, {
    credentials: "same-origin",
    headers: { accept: "text/html", "x-in-place": "1" },
    ...options,
  });
  if (response.redirected && new URL(response.url).pathname === "/login") {
    window.location.assign(response.url);
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const place = response.headers.get("content-location");
  const url = place ? new URL(place, response.url).href : response.url;
  return { page, url, isDone: response.ok };
}

// `form` is the one that is sent, if any.
export async function swap(url, options = {}, form = null) {
  document.documentElement.setAttribute("aria-busy", "true");
  if (!form) document.dispatchEvent(new Event("leaving"));
  try {
    const { page, url: arrivedAt, isDone } = await fetchPage(url, options);
    if (form && !isDone && isSameKind(document) && !isSameKind(page)) {
      tell(inWords(page));
      return;
    }
    if (form && isDone) sent(form);
    putInPlace(page);
    if (isDone && arrivedAt !== window.location.href) {
      history.pushState({ swapped: true }, "", arrivedAt);
    }
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem; // what fetch throws when nobody answers
    tell("The console can't be reached. Nothing was changed; try again in a moment.");
  } finally {
    document.documentElement.removeAttribute("aria-busy");
  }
}

// Brings a page up to date that somebody is working on: nothing moves, nothing typed is lost.
export async function freshen() {
  const asked = window.location.href;
  const { page, isDone, url } = await fetchPage(asked);
  const isStill = asked === window.location.href && !document.documentElement.hasAttribute("aria-busy");
  if (isDone && isStill && url === asked.split("#")[0] && isSameKind(page)) {
    mergeIn(page, { isQuiet: true });
  }
}

export function tell(text) {
  const main = document.querySelector("main");
  main.querySelector(".told")?.remove();
  const note = document.createElement("p");
  note.className = "told";
  note.setAttribute("role", "status");
  note.textContent = text;
  main.prepend(note);
}

// The same view in another state: worth merging rather than replacing.
function isSameKind(page) {
  const kind = document.querySelector("main").dataset.merge;
  return kind !== undefined && page.querySelector("main")?.dataset.merge === kind;
}

function inWords(page) {
  const said = [...page.querySelectorAll("main p, main h1")].map((part) => part.textContent.trim());
  return said.filter(Boolean).slice(1, -1).join(" ");
}

function putInPlace(page) {
  const before = stretch();
  if (isSameKind(page)) mergeIn(page, { isQuiet: false });
  else {
    for (const selector of PARTS) {
      const ours = document.querySelector(selector);
      const fresh = page.querySelector(selector);
      if (ours && fresh) ours.replaceWith(fresh);
      else ours?.remove();
    }
  }
  document.title = page.title;
  // Another stretch of the conversation is read from its first line, or from what is cited in it.
  if (stretch() !== before) document.querySelector(".source")?.scrollTo(0, 0);
  goToFocus();
}

function stretch() {
  return document.querySelector(".source")?.dataset.stretch;
}

function mergeIn(page, how) {
  for (const selector of PARTS) {
    const ours = document.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (ours && fresh) merge(ours, fresh, how);
  }
  document.title = page.title;
  document.dispatchEvent(new CustomEvent("merged", { detail: how }));
}

// The item that is being worked on, and in a side panel the message that it rests on.
function goToFocus() {
  const focus = document.querySelector("[data-focus]");
  // Whoever was refused goes on writing where they were: in a form that is still open. Letters
  // would be keys elsewhere.
  if (!document.activeElement?.form?.closest("details[open]")) {
    focus?.focus({ preventScroll: true });
    if (focus) bringIntoView(focus);
  }
  const panel = document.querySelector(".source");
  const cited = panel?.querySelector(".is-cited");
  if (!cited) return;
  const isHidden = cited.offsetTop + cited.offsetHeight > panel.clientHeight;
  panel.scrollTop = isHidden ? cited.offsetTop - 56 : 0;
}

// What lies above is drawn only when it is near (content-visibility) and then takes another height
// than was guessed, so one jump can end beside the place, and a smooth one always does.
function bringIntoView(target, again = 3) {
  target.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (again > 0) requestAnimationFrame(() => bringIntoView(target, again - 1));
}

export function watchSwaps() {
  goToFocus();
  document.addEventListener("click", (event) => {
    const onward = event.target.closest("button[data-go]");
    if (onward) {
      event.preventDefault();
      swap(onward.dataset.go);
      return;
    }
    const link = event.target.closest("a[data-swap]");
    const wantsOwnTab = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
    if (!link || wantsOwnTab) return;
    event.preventDefault();
    swap(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  window.addEventListener("popstate", () => {
    if (history.state?.swapped || !window.location.hash) swap(window.location.href);
  });
}

async function send(form, submitter) {
  if (form.getAttribute("aria-busy")) return; // a second press of the same key
  form.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form, submitter));
  await swap(form.action, { method: "POST", body }, form);
  form.removeAttribute("aria-busy");
}
