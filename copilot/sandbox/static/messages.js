// The list of messages: days, groups by author, reactions, threads, private answers.

import { h, reconcile, toast } from "./dom.js";
import { post } from "./api.js";
import { isOnlyRichText, renderAttachment, renderBlocks } from "./blocks.js";
import { confirmed } from "./modal.js";
import { enter, entered } from "./controls.js";
import { PICKER, QUICK, shownEmoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { mrkdwn, unescapeText } from "./mrkdwn.js";
import { authorOf, clockOf, compareTs, dayOf, instantOf, nameOf, pathTo, store } from "./store.js";

const GROUP_S = 300;
const LOG_LINES = 12;
const QUIET = new Set([
  "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
  "channel_unarchive", "channel_convert_to_private", "group_archive", "group_unarchive", "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "bot_add",
  "bot_remove", "pinned_item", "unpinned_item", "tombstone",
]);

export class MessageList {
  // `openThread(ts)` is absent in the thread itself.
  constructor(container, { openThread = null } = {}) {
    this.container = container;
    this.openThread = openThread;
    this.rows = new Map();
    this.editing = null;
  }

  // `messages` in any order; `privates` are shown among them.
  show(messages, privates, { dividers = true } = {}) {
    const all = [...messages, ...privates.map((answer) => ({ ...answer, isPrivate: true }))];
    all.sort((one, other) => compareTs(one.ts, other.ts));
    const nodes = [];
    const kept = new Map();
    let previous = null;
    for (const message of all) {
      const day = dayOf(message.ts);
      if (dividers && (!previous || dayOf(previous.ts) !== day)) nodes.push(this.keep(kept, `day ${day}`, "", () => dayRow(day)));
      const isGrouped = dividers ? follows(previous, message) : false;
      const editing = this.editing === message.ts;
      const key = JSON.stringify([message, isGrouped, editing, store.viewer, store.people.size]);
      const name = `${message.isPrivate ? "private" : "message"} ${message.ts}`;
      nodes.push(this.keep(kept, name, key, () => this.row(message, isGrouped, editing)));
      previous = message;
    }
    this.rows = kept;
    reconcile(this.container, nodes);
  }

  keep(kept, name, key, make) {
    const old = this.rows.get(name);
    const row = old && old.key === key ? old : { key, node: make() };
    // What somebody ticked but has not sent stays, also when a reaction draws the message anew.
    if (old && old !== row) enter(row.node, entered(old.node));
    kept.set(name, row);
    return row.node;
  }

  node(ts) {
    return this.rows.get(`message ${ts}`)?.node;
  }

  row(message, isGrouped, editing) {
    const author = authorOf(message);
    const isQuiet = QUIET.has(message.subtype);
    const kind = ["message", isGrouped && "grouped", message.isPrivate && "private", isQuiet && "quiet-message"];
    const row = h("li", { class: kind.filter(Boolean).join(" "), data: { ts: message.ts } });
    const body = h("div", { class: "body" });
    if (message.isPrivate) body.append(this.privateLine(message));
    if (!isGrouped && !isQuiet) body.append(byline(message, author));
    body.append(...(editing ? [this.editor(message)] : this.content(message, row)));
    if (!editing) body.append(...this.below(message));
    row.append(isGrouped || isQuiet ? timeLink(message, "gutter-time") : avatar(author), body);
    if (!message.isPrivate && !isQuiet && !editing) row.append(this.tools(message));
    return row;
  }

  privateLine(message) {
    const dismiss = () => post("dismiss", { viewer: store.viewer, channel: store.channel, ts: message.ts });
    return h(
      "div", { class: "private-line" }, h("span", {}, "👁 Only visible to you"),
      h("button", { type: "button", class: "quiet", on: { click: dismiss } }, "Dismiss"),
    );
  }

  content(message, row) {
    const act = (block, element, value) => this.act(message, row, block, element, value);
    const blocks = message.blocks ?? [];
    const made = [];
    if (blocks.length && !isOnlyRichText(blocks)) {
      made.push(h("div", { class: "blocks" }, renderBlocks(blocks, act)));
    } else if (message.text) {
      made.push(h("div", { class: message.subtype === "me_message" ? "text me-message" : "text" }, mrkdwn(message.text)));
    }
    made.push(...(message.attachments ?? []).flatMap((attachment) => renderAttachment(attachment, act)));
    made.push(...(message.files ?? []).map((name) => h("div", { class: "file" }, h("span", {}, "File"), name)));
    made.filter(Boolean).forEach((element) => foldLogs(element));
    if (message.edited) (made.find((e) => e?.classList?.contains("text")) ?? h("i")).append(h("span", { class: "edited" }, " (edited)"));
    return made.filter(Boolean);
  }

  below(message) {
    const under = [];
    if (message.pinned_to) under.push(h("div", { class: "pinned" }, "📌 Pinned to this channel"));
    if (message.reactions?.length) under.push(this.reactions(message));
    if (this.openThread && message.reply_count) under.push(this.threadLink(message));
    if (this.openThread && message.subtype === "thread_broadcast") {
      const open = () => this.openThread(message.thread_ts);
      under.push(h("button", { type: "button", class: "quiet", on: { click: open } }, "Replied to a thread"));
    }
    return under;
  }

  reactions(message) {
    const chips = message.reactions.map((reaction) => {
      const users = reaction.users ?? [];
      const mine = users.includes(store.viewer);
      const title = `${users.map(nameOf).join(", ")} reacted with :${reaction.name}:`;
      const react = () => this.react(message, reaction.name);
      const label = `${reaction.name}, ${reaction.count}`;
      return h(
        "button",
        { type: "button", class: mine ? "chip mine" : "chip", title, "aria-label": label, "aria-pressed": String(mine), on: { click: react } },
        h("span", {}, shownEmoji(reaction.name)), h("span", { class: "count" }, String(reaction.count)),
      );
    });
    return h("div", { class: "reactions" }, chips);
  }

  threadLink(message) {
    const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(authorOf({ user: id }), "small"));
    const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    const open = () => this.openThread(message.ts);
    return h(
      "button", { type: "button", class: "thread-link", on: { click: open } }, faces,
      h("span", { class: "thread-count" }, count),
      h("span", { class: "thread-last" }, `last at ${clockOf(instantOf(message.latest_reply))}`),
    );
  }

  tools(message) {
    const button = (label, sign, click) =>
      h("button", { type: "button", title: label, "aria-label": label, on: { click } }, sign);
    const opening = (label, sign, items) => {
      const made = h("button", { type: "button", title: label, "aria-label": label, "aria-haspopup": "menu" }, sign);
      made.addEventListener("click", () => openMenu(made, items()));
      return made;
    };
    const faces = () =>
      PICKER.map((name) => ({ label: `${shownEmoji(name)}  ${name}`, act: () => this.react(message, name) }));
    return h(
      "div", { class: "tools", role: "group", "aria-label": "Message actions" },
      QUICK.map((name) => button(`React with ${name}`, shownEmoji(name), () => this.react(message, name))),
      opening("Add a reaction", "☺", faces),
      this.openThread && button("Reply in thread", "Reply", () => this.openThread(message.thread_ts ?? message.ts)),
      opening("More actions", "⋯", () => this.actions(message)),
    );
  }

  // The menu of a message: the app's shortcuts first, as they are why one opens it here.
  actions(message) {
    const where = { viewer: store.viewer, channel: store.channel, ts: message.ts };
    const isMine = message.user === store.viewer;
    const shortcuts = store.directory.shortcuts.map(([callbackId, name]) => ({
      label: name,
      act: () => post("shortcut", { ...where, callback_id: callbackId }),
    }));
    const erase = async () => {
      if (await confirmed("Delete this message?", "It goes for everybody.", "Delete")) post("delete", where);
    };
    return [
      shortcuts.length && { heading: "Incident Copilot" },
      ...shortcuts,
      shortcuts.length && { heading: "Message" },
      { label: message.pinned_to ? "Unpin from this channel" : "Pin to this channel", act: () => post("pin", where) },
      { label: "Copy link", act: () => copyLink(message) },
      isMine && { label: "Edit message", act: () => this.edit(message.ts) },
      isMine && { label: "Delete message", act: erase, isDanger: true },
    ];
  }

  edit(ts) {
    this.editing = ts;
    this.onchange?.();
    this.node(ts)?.querySelector("textarea")?.focus();
  }

  editor(message) {
    const stop = () => {
      this.editing = null;
      this.onchange?.();
    };
    const text = h("textarea", { class: "input", rows: 3, "aria-label": "Edit message" });
    text.value = plainOf(message.text ?? "");
    const save = async () => {
      const where = { viewer: store.viewer, channel: store.channel, ts: message.ts };
      if (await post("edit", { ...where, text: text.value })) stop();
    };
    text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") stop();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      }
    });
    return h(
      "div", { class: "editor" }, text,
      h("div", { class: "b-actions" },
        h("button", { type: "button", class: "button primary", on: { click: save } }, "Save"),
        h("button", { type: "button", class: "button", on: { click: stop } }, "Cancel")),
    );
  }

  react(message, name) {
    return post("react", { viewer: store.viewer, channel: store.channel, ts: message.ts, name });
  }

  async act(message, row, block, element, value) {
    const ask = element.confirm;
    if (ask && !(await confirmed(ask.title?.text, ask.text?.text, ask.confirm?.text, ask.deny?.text))) return;
    row.classList.add("waiting");
    await post("click", {
      viewer: store.viewer,
      channel: store.channel,
      ts: message.ts,
      action_id: element.action_id,
      block_id: block.block_id,
      value: value ?? null,
      values: entered(row),
    });
    row.classList.remove("waiting");
  }
}

function follows(previous, message) {
  return Boolean(
    previous &&
      !previous.isPrivate && !message.isPrivate &&
      !QUIET.has(previous.subtype) && !QUIET.has(message.subtype) &&
      authorOf(previous).id === authorOf(message).id &&
      authorOf(previous).shownName === authorOf(message).shownName &&
      dayOf(previous.ts) === dayOf(message.ts) &&
      instantOf(message.ts) - instantOf(previous.ts) < GROUP_S * 1000,
  );
}

function dayRow(day) {
  return h("li", { class: "day", role: "separator" }, h("span", {}, day));
}

function byline(message, author) {
  return h(
    "div", { class: "byline" },
    h("span", { class: "author" }, author.shownName),
    author.isBot && h("span", { class: "app-badge" }, "APP"),
    timeLink(message, "time"),
  );
}

function timeLink(message, kind) {
  const at = instantOf(message.ts);
  const properties = { class: kind, datetime: at.toISOString(), title: `${dayOf(message.ts)}, ${clockOf(at, true)} UTC` };
  const time = h("time", properties, clockOf(at));
  if (message.isPrivate) return time;
  return h("a", { class: `${kind}-link`, href: pathTo(store.channel, message.ts, message.thread_ts) }, time);
}

export function avatar(author, size = "") {
  const made = h("span", { class: `avatar ${size} ${author.isBot ? "app" : ""}`, "aria-hidden": "true" }, author.initials);
  if (/^[0-9a-f]{6}$/i.test(author.colour ?? "")) made.style.backgroundColor = `#${author.colour}`;
  return made;
}

// Long logs are folded: the conversation stays readable, the log is one tap away.
function foldLogs(element) {
  for (const block of element.querySelectorAll?.("pre") ?? []) {
    const lines = block.textContent.split("\n").length;
    if (lines <= LOG_LINES) continue;
    block.classList.add("folded");
    const button = h("button", { type: "button", class: "quiet fold" }, `Show all ${lines} lines`);
    button.addEventListener("click", () => {
      const folded = block.classList.toggle("folded");
      button.textContent = folded ? `Show all ${lines} lines` : "Show less";
    });
    block.after(button);
  }
}

// What its author would type to get this text again.
function plainOf(text) {
  const plain = text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${store.people.get(id)?.name ?? id}`)
    .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id, name) => `#${store.channels.get(id)?.name ?? (name || id)}`)
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return unescapeText(plain);
}

async function copyLink(message) {
  const link = new URL(pathTo(store.channel, message.ts, message.thread_ts), window.location.origin).href;
  try {
    await navigator.clipboard.writeText(link);
    toast("Link copied.");
  } catch {
    toast(link);
  }
}
