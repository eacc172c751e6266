// Conversation that was not sent with the page is fetched when somebody opens it.
import { fetchPage, tell } from "./swap.js";

export function watchEpisodes() {
  // `toggle` does not bubble, so it is caught on its way down.
  document.addEventListener("toggle", (event) => {
    const link = event.target.open && event.target.querySelector?.("[data-load]");
    if (link) fill(link);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-load], [data-more]");
    if (!link || event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    fill(link);
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
}

async function fill(link) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  link.textContent = "Loading…";
  try {
    const { page } = await fetchPage(link.href);
    const body = page.getElementById("episode-body");
    if (!body) throw new TypeError("no conversation in the answer");
    link.closest(".more").replaceWith(...body.childNodes);
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    link.removeAttribute("aria-busy");
    link.textContent = "Try again";
    tell("These messages could not be fetched. They are stored; try again in a moment.");
  }
}

function openTarget() {
  const id = decodeURIComponent(window.location.hash.slice(1));
  const target = id && document.getElementById(id);
  const episode = target && target.closest("details");
  if (!episode || episode.open) return;
  episode.open = true;
  target.scrollIntoView();
}
