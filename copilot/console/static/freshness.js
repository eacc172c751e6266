// Says that there is something new, or that the page may be old; never moves what is being read.
import { swap } from "./swap.js";

const EVERY_MS = 10_000;
const SOON_MS = 1_500; // while somebody waits for a draft

export function watchFreshness() {
  const soon = document.querySelector("[data-soon]");
  window.setTimeout(() => look().finally(watchFreshness), soon ? SOON_MS : EVERY_MS);
}

async function look() {
  const watched = document.querySelector("[data-latest]");
  if (!watched || document.hidden) return;
  try {
    const response = await fetch(watched.dataset.latest, {
      credentials: "same-origin",
      headers: { accept: "application/json" },
    });
    if (!response.ok || response.redirected) return;
    const { state } = await response.json();
    if (state === watched.dataset.state) forget();
    else if ("soon" in watched.dataset) await swap(window.location.href);
    else show("There is something new: show it");
  } catch {
    show("The console does not answer; what you see may be old. Try again");
  }
}

function show(text) {
  const button = document.querySelector(".fresh") ?? document.body.appendChild(document.createElement("button"));
  button.className = "fresh";
  button.textContent = text;
  button.onclick = async () => {
    await swap(window.location.href);
    forget();
  };
}

function forget() {
  document.querySelector(".fresh")?.remove();
}
