// Keys press what is on the page: an element with data-key="v" is clicked by V. J and K walk
// through elements with data-stop, and keys act on the one that is current.

const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return sendForm(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") return closeOpenForm();
    if (event.target.closest?.(WRITES) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const isHandled = key === "?" ? showKeys() : key === "j" ? walk(1) : key === "k" ? walk(-1) : press(key);
    if (isHandled) event.preventDefault();
  });
  // `toggle` does not bubble, so it is caught on its way down.
  document.addEventListener("toggle", (event) => goToField(event.target), true);
  // A form that lies over the page goes away when somebody turns to something else.
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".choices details[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
}

function goToField(details) {
  const form = details.open && details.querySelector(":scope > form");
  if (!form) return;
  const field = form.querySelector("input:not([type=hidden]), textarea, select");
  field?.focus({ preventScroll: true });
  // Whoever rewords a sentence goes on at its end.
  if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
  form.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function sendForm(event) {
  if (!event.target.matches?.("textarea, input")) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
}

function current() {
  return (
    document.activeElement?.closest("[data-stop]") ??
    document.querySelector("[data-stop][data-focus]") ??
    null
  );
}

function walk(step) {
  const stops = [...document.querySelectorAll("[data-stop]")];
  if (!stops.length) return false;
  const at = stops.indexOf(current());
  const next = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
  const opens = next.querySelector("[data-open]");
  if (opens) opens.click();
  else {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  return true;
}

function press(key) {
  if (!/^[a-z0-9]$/.test(key)) return false;
  const places = [current(), document.querySelector("[data-stop]"), document.body];
  for (const place of places) {
    const target = place?.querySelector(`[data-key="${key}"]`);
    if (!target || (place === document.body && target.closest("[data-stop]"))) continue;
    target.click();
    return true;
  }
  return false;
}

function closeOpenForm() {
  // A form takes the focus only when its `toggle` arrives, and somebody may be faster than that.
  const open =
    document.activeElement?.closest("details[open]:not(.episode)") ??
    document.querySelector("details[open]:has(> form)");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
}

function showKeys() {
  const described = document.querySelector("[data-keys]")?.dataset.keys ?? "";
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Keys");
  const title = document.createElement("h2");
  title.textContent = "Keys on this page";
  const list = document.createElement("dl");
  list.className = "keys";
  for (const entry of [...described.split("|").filter(Boolean), "?:this list", "Esc:close"]) {
    const [key, ...words] = entry.split(":");
    const term = document.createElement("dt");
    const name = document.createElement("kbd");
    name.textContent = key.length === 1 ? key.toUpperCase() : key;
    term.append(name);
    const does = document.createElement("dd");
    does.textContent = words.join(":");
    list.append(term, does);
  }
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return true;
}
