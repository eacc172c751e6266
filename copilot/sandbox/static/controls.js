// Block Kit's interactive elements as form controls, and what has been entered in them.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { humans, store } from "./store.js";
import { mrkdwn, unescapeText } from "./mrkdwn.js";

export const plainText = (text) =>
  unescapeText(text?.text ?? "").replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji(name) ?? all);

// `act(block, element, value)` is called when an element asks for the app at once.
export function control(block, element, act) {
  const make = MAKERS[element.type];
  if (!make) return h("span", { class: "unknown" }, `${element.type} is not shown in the sandbox`);
  const made = make(element, (value) => act(block, element, value));
  made.dataset.block = block.block_id ?? "";
  made.dataset.action = element.action_id ?? "";
  made.dataset.kind = element.type;
  return made;
}

const MAKERS = {
  button: makeButton,
  overflow: makeOverflow,
  static_select: (element, act) => makeSelect(element, optionsOf(element), element.initial_option?.value, act),
  users_select: (element, act) => makeSelect(element, people(), element.initial_user, act),
  channels_select: (element, act) => makeSelect(element, channels(), element.initial_channel, act),
  conversations_select: (element, act) => makeSelect(element, channels(), element.initial_conversation, act),
  multi_static_select: (element, act) => makeChecks(element, act, "checkbox"),
  multi_users_select: (element, act) => makeChecks(named(element, people(), element.initial_users), act, "checkbox"),
  multi_channels_select: (element, act) => makeChecks(named(element, channels(), element.initial_channels), act, "checkbox"),
  multi_conversations_select: (element, act) =>
    makeChecks(named(element, channels(), element.initial_conversations), act, "checkbox"),
  checkboxes: (element, act) => makeChecks(element, act, "checkbox"),
  radio_buttons: (element, act) => makeChecks(element, act, "radio"),
  plain_text_input: makeInput,
  email_text_input: makeInput,
  url_text_input: makeInput,
  number_input: makeInput,
  datepicker: (element, act) => makePicker(element, "date", element.initial_date, act),
  datetimepicker: makeMoment,
  timepicker: (element, act) => makePicker(element, "time", element.initial_time, act),
};

function makeButton(element, act) {
  const label = plainText(element.text);
  const properties = {
    class: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
  };
  if (element.url && /^https?:\/\//.test(element.url)) {
    // As in Slack, the app hears of the click, and the browser opens the address.
    const link = h("a", { ...properties, href: element.url, on: { click: () => act(element.value) } }, label);
    if (link.origin !== window.location.origin) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  return h("button", { ...properties, type: "button", on: { click: () => act(element.value) } }, label);
}

function makeOverflow(element, act) {
  const choose = (option) => {
    if (option.url && /^https?:\/\//.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    act(option.value);
  };
  const items = () => (element.options ?? []).map((option) => ({ label: plainText(option.text), act: () => choose(option) }));
  const properties = { type: "button", class: "button overflow", "aria-label": "More", "aria-haspopup": "menu" };
  const button = h("button", { ...properties, on: { click: () => openMenu(button, items()) } }, "⋯");
  return button;
}

function makeSelect(element, options, initial, act) {
  const placeholder = h("option", { value: "" }, plainText(element.placeholder) || "Choose…");
  const shown = options.map((option) =>
    option.group
      ? h("optgroup", { label: option.group }, option.options.map(asOption))
      : asOption(option),
  );
  const select = h("select", { class: "select", on: { change: () => act(select.value || null) } }, placeholder, shown);
  select.value = initial ?? "";
  return select;
}

const asOption = ({ value, label }) => h("option", { value }, label);

function optionsOf(element) {
  const flat = (options) => (options ?? []).map((o) => ({ value: o.value, label: plainText(o.text) }));
  const groups = (element.option_groups ?? []).map((group) => ({
    group: plainText(group.label),
    options: flat(group.options),
  }));
  return groups.length ? groups : flat(element.options);
}

// A choice of people or channels, as if the app had listed them.
const named = (element, choices, initial = []) => {
  const options = choices.map(({ value, label }) => ({ value, text: { type: "plain_text", text: label } }));
  return { ...element, options, initial_options: options.filter((option) => initial.includes(option.value)) };
};

const people = () => humans().map((person) => ({ value: person.id, label: person.shownName }));
const channels = () => store.directory.channels.map((c) => ({ value: c.id, label: `#${c.name}` }));

let groups = 0;

function makeChecks(element, act, type) {
  const name = `group-${(groups += 1)}`;
  const initial = new Set(
    [...(element.initial_options ?? []), element.initial_option].filter(Boolean).map((option) => option.value),
  );
  const options = element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? []);
  const box = h("div", {
    class: options.length > 8 ? "checks many" : "checks",
    role: type === "radio" ? "radiogroup" : "group",
  });
  const changed = () => act(readControl(box));
  for (const option of options) {
    const input = h("input", { type, name, value: option.value, on: { change: changed } });
    input.checked = initial.has(option.value);
    const text = option.text?.type === "mrkdwn" ? mrkdwn(option.text.text) : plainText(option.text);
    const about = option.description;
    const more = about && h("small", {}, about.type === "mrkdwn" ? mrkdwn(about.text) : plainText(about));
    box.append(h("label", { class: "check" }, input, h("span", {}, text, more)));
  }
  return box;
}

function makeInput(element, act) {
  const types = { email_text_input: "email", url_text_input: "url", number_input: "number" };
  const properties = {
    class: "input",
    placeholder: plainText(element.placeholder),
    maxlength: element.max_length,
    minlength: element.min_length,
  };
  const input = element.multiline
    ? h("textarea", { ...properties, rows: 4 })
    : h("input", { ...properties, type: types[element.type] ?? "text" });
  input.value = element.initial_value ?? "";
  if (element.focus_on_load) input.autofocus = true;
  if (element.dispatch_action_config) input.addEventListener("change", () => act(input.value));
  return input;
}

const makePicker = (element, type, initial, act) => {
  const input = h("input", { class: "input", type, on: { change: () => act(input.value || null) } });
  input.value = initial ?? "";
  return input;
};

// A day and a time in UTC, as all times of this page; Slack counts the seconds.
function makeMoment(element, act) {
  const input = h("input", { class: "input", type: "datetime-local", on: { change: () => act(readControl(input)) } });
  if (element.initial_date_time) input.value = new Date(element.initial_date_time * 1000).toISOString().slice(0, 16);
  return input;
}

function readControl(made) {
  if (made.dataset.kind === "datetimepicker") {
    return made.value ? Date.parse(`${made.value}Z`) / 1000 : null;
  }
  if (!made.classList.contains("checks")) return made.value;
  const checked = [...made.querySelectorAll("input:checked")].map((input) => input.value);
  return made.dataset.kind === "radio_buttons" ? (checked[0] ?? null) : checked;
}

function writeControl(made, value) {
  if (made.classList.contains("checks")) {
    const chosen = [value].flat();
    for (const input of made.querySelectorAll("input")) input.checked = chosen.includes(input.value);
  } else if (made.dataset.kind !== "datetimepicker") {
    made.value = value ?? "";
  }
}

// Puts back what `entered` read, wherever block and action have kept their names.
export function enter(root, values) {
  for (const made of root.querySelectorAll("[data-kind]")) {
    const value = values[made.dataset.block]?.[made.dataset.action];
    if (value !== undefined && !["button", "overflow"].includes(made.dataset.kind)) writeControl(made, value);
  }
}

// block_id -> action_id -> value, of everything that holds one inside `root`.
export function entered(root) {
  const values = {};
  for (const made of root.querySelectorAll("[data-kind]")) {
    if (["button", "overflow"].includes(made.dataset.kind)) continue;
    values[made.dataset.block] ??= {};
    values[made.dataset.block][made.dataset.action] = readControl(made);
  }
  return values;
}
