// Messages that were ticked for a sentence of one's own stay ticked when another claim is opened:
// those that are not in view any more are listed in the form, to be unticked there.

const FORM = "add-form";

export function watchTicks() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || box.form?.id !== FORM) return;
    const ticks = read();
    if (box.checked) ticks[box.value] = wordsOf(box);
    else delete ticks[box.value];
    write(ticks);
  });
  document.addEventListener("merged", show);
  show();
}

export function forgetTicks(form) {
  if (form.id !== FORM) return;
  write({});
  list()?.replaceChildren();
}

// By review: a stamp means a message of one channel. The prefix has it go when somebody signs out.
function key() {
  return `words:ticks:${document.querySelector("[data-review]")?.dataset.review}`;
}

function read() {
  return JSON.parse(sessionStorage.getItem(key()) ?? "{}");
}

function write(ticks) {
  if (Object.keys(ticks).length) sessionStorage.setItem(key(), JSON.stringify(ticks));
  else sessionStorage.removeItem(key());
}

function list() {
  return document.getElementById("ticked");
}

function wordsOf(box) {
  const message = box.closest("article");
  if (!message) return box.closest("label").textContent.trim();
  const [author, at, said] = [".author", ".at", ".words"].map(
    (part) => message.querySelector(part)?.textContent.trim() ?? "",
  );
  return `${author}, ${at}: ${said.length > 90 ? `${said.slice(0, 87)}...` : said}`;
}

function show() {
  const place = list();
  if (!place) return;
  const boxes = [...place.closest("form").elements].filter((one) => one.type === "checkbox");
  for (const [stamp, words] of Object.entries(read())) {
    const known = boxes.filter((box) => box.value === stamp);
    for (const box of known) box.checked = true;
    if (!known.length) place.append(item(stamp, words));
  }
}

function item(stamp, words) {
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "message", value: stamp, checked: true });
  const said = document.createElement("span");
  said.textContent = words;
  const label = document.createElement("label");
  label.append(box, " ", said);
  const line = document.createElement("li");
  line.append(label);
  return line;
}
