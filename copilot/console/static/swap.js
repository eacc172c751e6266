// Fetches a page and puts its header and content in the place of ours, so that scroll position
// and side panels stay where they are. The server stays the only one that renders.

export async function fetchPage(url, options = {}) {
  const response = await fetch(url, {
    credentials: "same-origin",
    headers: { accept: "text/html" },
    ...options,
  });
  if (response.redirected && new URL(response.url).pathname === "/login") {
    window.location.assign(response.url);
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { page, url: response.url };
}

export async function swap(url, options = {}) {
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const { page, url: arrivedAt } = await fetchPage(url, options);
    putInPlace(page);
    if (arrivedAt !== window.location.href) history.pushState({ swapped: true }, "", arrivedAt);
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem; // what fetch throws when nobody answers
    tell("The console can't be reached. Nothing was changed; try again in a moment.");
  } finally {
    document.documentElement.removeAttribute("aria-busy");
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

function putInPlace(page) {
  for (const selector of ["header.top", "main", "[data-latest]", "[data-keys]"]) {
    const ours = document.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (ours && fresh) ours.replaceWith(fresh);
    else ours?.remove();
  }
  document.title = page.title;
  goToFocus();
}

// The item that is being worked on, and in a side panel the message that it rests on.
function goToFocus() {
  const focus = document.querySelector("[data-focus]");
  focus?.focus({ preventScroll: true });
  focus?.scrollIntoView({ block: "nearest" });
  const panel = document.querySelector(".source");
  const cited = panel?.querySelector(".is-cited");
  if (!cited) return;
  const isHidden = cited.offsetTop + cited.offsetHeight > panel.clientHeight;
  panel.scrollTop = isHidden ? cited.offsetTop - 56 : 0;
}

export function watchSwaps() {
  goToFocus();
  document.addEventListener("click", (event) => {
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
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    swap(form.action, { method: "POST", body });
  });
  window.addEventListener("popstate", () => {
    if (history.state?.swapped || !window.location.hash) swap(window.location.href);
  });
}
