import { forgetTicks } from "./ticks.js";

// Words that were typed and not sent stay with the browser tab: another claim may be opened, the
// page loaded again, the session may end. A field names itself by data-words.

const PREFIX = "words:";

export function watchUnsent() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-words]");
    if (field) keep(field);
  });
  document.addEventListener("merged", bringBack);
  document.addEventListener("submit", (event) => {
    // Whoever signs out leaves nothing behind.
    if (event.target.action.endsWith("/logout")) forgetAll();
  });
  bringBack();
}

export function sent(form) {
  for (const field of form.querySelectorAll("[data-words]")) forget(field.dataset.words);
  forgetTicks(form);
  form.reset();
  const folded = form.closest("details");
  if (folded) folded.open = false;
  mark();
}

function keep(field) {
  const seen = field.form?.elements.seen?.value;
  if (field.value === field.defaultValue) forget(field.dataset.words);
  else sessionStorage.setItem(PREFIX + field.dataset.words, JSON.stringify([field.value, seen]));
  mark();
}

function forget(key) {
  sessionStorage.removeItem(PREFIX + key);
}

function forgetAll() {
  for (const key of keys()) sessionStorage.removeItem(key);
}

function keys() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

function bringBack() {
  for (const field of document.querySelectorAll("[data-words]")) {
    const stored = sessionStorage.getItem(PREFIX + field.dataset.words);
    if (stored === null || field.value !== field.defaultValue) continue;
    const [words, seen] = JSON.parse(stored);
    field.value = words;
    // What the writer had before their eyes when they began, so that nobody is overwritten.
    if (seen !== undefined && field.form?.elements.seen) field.form.elements.seen.value = seen;
  }
  mark();
}

// Says on each claim that words of ours wait there, and in a form that somebody else was faster.
function mark() {
  for (const stop of document.querySelectorAll("[data-claim]")) {
    const waits = sessionStorage.getItem(`${PREFIX}edit-${stop.dataset.claim}`) !== null;
    stop.classList.toggle("has-unsent", waits);
  }
  for (const form of document.querySelectorAll("form[data-edit]")) {
    const note = form.querySelector("[data-overtaken]");
    const isOvertaken = form.elements.seen.value !== form.dataset.edit;
    if (note) note.hidden = !isOvertaken;
  }
}
