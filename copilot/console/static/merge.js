// Makes a page read like a fresh one from the server without replacing what stayed the same: the
// focus, scroll positions, open forms and half-typed words survive. What has an id is recognised
// by it, wherever it moved to.

export function merge(ours, fresh, { isQuiet = false } = {}) {
  const focused = document.activeElement;
  const stop = focused?.closest?.("[data-stop]")?.id;
  mergeNode(ours, fresh, { root: ours, isQuiet });
  if (focused === document.activeElement || focused === document.body) return;
  // A node that is moved loses the focus, one that went away takes it along.
  const again = focused.isConnected ? focused : stop && document.getElementById(stop);
  again?.focus?.({ preventScroll: true });
}

// Words in a form that were not sent.
export function isHalfTyped(node) {
  const fields = node.querySelectorAll?.("textarea, input:not([type=hidden])") ?? [];
  return [...fields].some((field) => field.value !== field.defaultValue);
}

function mergeNode(ours, fresh, how) {
  if (ours.isEqualNode(fresh)) return;
  if (ours.nodeType !== Node.ELEMENT_NODE) {
    ours.data = fresh.data;
    return;
  }
  if (!mergeAttributes(ours, fresh, how)) return;
  mergeChildren(ours, fresh, how);
}

// False where the element keeps what it has.
function mergeAttributes(ours, fresh, { isQuiet }) {
  if ("keep" in ours.dataset && "keep" in fresh.dataset) {
    // What a form says that its reader saw stays true until the reader does something.
    if (isQuiet || isHalfTyped(ours.closest("form") ?? ours)) return false;
  }
  for (const { name } of [...ours.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) ours.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    // Whether something is folded is the reader's choice.
    if (name !== "open" && ours.getAttribute(name) !== value) ours.setAttribute(name, value);
  }
  return true;
}

function mergeChildren(ours, fresh, how) {
  const wanted = new Set();
  let place = ours.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = counterpart(place, child, how.root, wanted);
    if (match) {
      if (match === place) place = place.nextSibling;
      else ours.insertBefore(match, place);
      mergeNode(match, child, how);
      wanted.add(match);
    } else {
      wanted.add(ours.insertBefore(document.importNode(child, true), place));
    }
  }
  for (const child of [...ours.childNodes]) {
    if (!wanted.has(child)) remove(child, how);
  }
}

function counterpart(place, child, root, taken) {
  if (child.id) {
    const known = document.getElementById(child.id);
    return known && root.contains(known) && known.nodeName === child.nodeName ? known : null;
  }
  for (let node = place; node; node = node.nextSibling) {
    if (node.nodeName === child.nodeName && !node.id && !taken.has(node)) return node;
  }
  return null;
}

// What somebody is writing in stays, with a word on why it is not part of the page any more. So
// does what the reader was told of their own act, until they act again.
function remove(node, { isQuiet }) {
  if (isQuiet && node.classList?.contains("told") && node.parentElement.matches("main")) return;
  if (node.nodeType !== Node.ELEMENT_NODE || !isHalfTyped(node)) {
    node.remove();
    return;
  }
  if (node.querySelector(".left-over")) return;
  node.classList.add("is-left-over");
  const note = document.createElement("p");
  note.className = "left-over problem";
  note.setAttribute("role", "status");
  note.textContent = "The review no longer shows this. Your words are kept here; saving them brings it back.";
  node.append(note);
}
