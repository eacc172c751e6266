// Says that there is something new, or that the page may be old; never moves what is being read.
import { freshen, swap } from "./swap.js";

const TICK_MS = 1_500; // how soon a draft is seen that somebody waits for
const TICKS_BETWEEN_LOOKS = 7;
const TICKS_WHERE_SEVERAL_WORK = 2;

export function watchFreshness() {
  let ticks = 0;
  window.setInterval(() => {
    ticks += 1;
    const isAwaited = document.querySelector("[data-soon]") !== null;
    const isShared = document.querySelector("main[data-merge]") !== null;
    const between = isShared ? TICKS_WHERE_SEVERAL_WORK : TICKS_BETWEEN_LOOKS;
    if (isAwaited || ticks % between === 0) look();
  }, TICK_MS);
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
    else if (document.querySelector("main[data-merge]")) await freshen();
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
