// The box in which people type messages and commands, with hints for both.

import { h } from "./dom.js";
import { post } from "./api.js";
import { humans, store } from "./store.js";

const COMMAND = "/incident";

export class Composer {
  // `thread()` gives the parent's ts, or null in the channel.
  constructor(container, { id, thread = () => null, onsent = () => {} }) {
    this.thread = thread;
    this.onsent = onsent;
    this.chosen = 0;
    this.hints = [];
    this.text = h("textarea", { id, class: "compose-text", rows: 1, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-hints` });
    this.list = h("ul", { class: "hints", id: `${id}-hints`, role: "listbox", hidden: true });
    this.send = h("button", { type: "submit", class: "button primary send" }, "Send");
    const form = h("form", { class: "compose" }, this.list, h("div", { class: "compose-box" }, this.text, this.send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.offer([]), 150));
    container.replaceChildren(form);
  }

  label(words) {
    this.text.placeholder = words;
    this.text.setAttribute("aria-label", words);
  }

  typed() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 180)}px`;
    this.offer(this.find());
  }

  find() {
    const { value, selectionStart: at } = this.text;
    const before = value.slice(0, at);
    if (/^\/\S*$/.test(before) && COMMAND.startsWith(before)) {
      return [{ insert: `${COMMAND} `, from: 0, name: COMMAND, about: "talk to Incident Copilot; only you see its answers" }];
    }
    const command = /^\/incident\s+(\S*)$/.exec(before);
    if (command) return this.commandHints(command[1], before.length - command[1].length);
    const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
    return mention ? peopleHints(mention[1], before.length - mention[1].length - 1) : [];
  }

  commandHints(start, from) {
    return store.directory.hints
      .filter(([usage]) => usage.startsWith(start))
      .map(([usage, about]) => ({ insert: `${usage.split(" ")[0]} `, from, name: `${COMMAND} ${usage}`, about }));
  }

  offer(hints) {
    this.hints = hints;
    this.chosen = 0;
    this.list.hidden = !hints.length;
    this.text.setAttribute("aria-expanded", String(Boolean(hints.length)));
    this.draw();
  }

  draw() {
    this.list.replaceChildren(
      ...this.hints.map((hint, number) => {
        const take = (event) => {
          event.preventDefault();
          this.take(hint);
        };
        const isChosen = number === this.chosen;
        return h(
          "li", { role: "option", class: isChosen ? "chosen" : "", "aria-selected": String(isChosen), on: { mousedown: take } },
          h("b", {}, hint.name), h("span", {}, hint.about),
        );
      }),
    );
  }

  take(hint) {
    const { value, selectionStart: at } = this.text;
    this.text.value = value.slice(0, hint.from) + hint.insert + value.slice(at);
    const caret = hint.from + hint.insert.length;
    this.text.setSelectionRange(caret, caret);
    this.text.focus();
    this.typed();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.hints.length && this.hintKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  hintKey(event) {
    const count = this.hints.length;
    const isWhole = this.hints[this.chosen].insert.trim() === this.text.value.slice(this.hints[this.chosen].from).trim();
    if (event.key === "ArrowDown") this.chosen = (this.chosen + 1) % count;
    else if (event.key === "ArrowUp") this.chosen = (this.chosen + count - 1) % count;
    else if (event.key === "Tab" || (event.key === "Enter" && !isWhole)) this.take(this.hints[this.chosen]);
    else if (event.key === "Escape") this.offer([]);
    else return false;
    event.preventDefault();
    this.draw();
    return true;
  }

  async submit() {
    const text = this.text.value;
    if (!text.trim() || this.send.disabled) return;
    this.send.disabled = true;
    this.offer([]);
    const act = { viewer: store.viewer, channel: store.channel, text };
    const parent = this.thread();
    const told = await post("say", parent ? { ...act, thread_ts: parent } : act);
    this.send.disabled = false;
    if (!told) return;
    this.text.value = "";
    this.typed();
    this.text.focus();
    this.onsent();
  }
}

function peopleHints(start, from) {
  const wanted = start.toLowerCase();
  return humans()
    .filter((person) => person.name.toLowerCase().startsWith(wanted) || person.shownName.toLowerCase().startsWith(wanted))
    .slice(0, 6)
    .map((person) => ({ insert: `@${person.name} `, from, name: `@${person.name}`, about: person.realName }));
}
