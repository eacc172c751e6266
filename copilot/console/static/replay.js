// While numbers are changed, what they would have done follows: the server replays and renders,
// here only the parts that change with the numbers are put in their place.
import { fetchPage } from "./swap.js";

const REST_MS = 300;
let waiting;
let asked = 0;

export function watchReplay() {
  mark();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.replay && event.target.name !== "reason") later(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-fills]");
    if (!button) return;
    event.preventDefault();
    const { form } = button;
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.fills))) {
      form.elements[name].value = value;
    }
    replay(form);
  });
}

// Without this script a button asks for the replay; with it there is none to press.
function mark() {
  document.querySelector("form[data-replay]")?.classList.add("is-live");
}

function later(form) {
  clearTimeout(waiting);
  waiting = setTimeout(() => replay(form), REST_MS);
}

async function replay(form) {
  clearTimeout(waiting);
  const mine = ++asked;
  const query = new URLSearchParams(new FormData(form));
  query.delete("reason");
  const place = document.getElementById("replay");
  place.setAttribute("aria-busy", "true");
  try {
    const { page } = await fetchPage(`${form.dataset.replay}?${query}`);
    if (mine !== asked) return; // an answer to older numbers
    if (!page.getElementById("replay")) throw new TypeError("no replay in the answer");
    putInPlace(page, form);
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    if (mine === asked) say("The console can't be reached, so the replay is that of the numbers before. Nothing was saved.");
  } finally {
    if (mine === asked) document.getElementById("replay").removeAttribute("aria-busy");
  }
}

function putInPlace(page, form) {
  const focused = document.activeElement;
  const pressed = focused?.closest("[data-live]") && focused.value;
  const open = document.querySelector(".by-incident")?.open;
  for (const fresh of page.querySelectorAll("[data-live]")) {
    document.getElementById(fresh.id)?.replaceWith(fresh);
  }
  for (const field of form.elements) {
    const fault = document.getElementById(`fault-${field.name}`);
    if (!fault) continue;
    if (fault.textContent) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  const details = document.querySelector(".by-incident");
  if (details && open) details.open = true;
  if (pressed) document.querySelector(`#presets button[value="${pressed}"]`)?.focus();
  say(document.getElementById("replay-sum")?.textContent ?? document.querySelector("#replay .problem")?.textContent ?? "");
}

function say(text) {
  const line = document.getElementById("replay-status");
  if (line) line.textContent = text;
}
