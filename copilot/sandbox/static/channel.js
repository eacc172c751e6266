// What one can do with the channel on screen, and what is pinned in it.

import { byId, h } from "./dom.js";
import { post } from "./api.js";
import { confirmed } from "./modal.js";
import { asked, openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { pathTo, store } from "./store.js";

const change = (action, text = "") => post("channel", { viewer: store.viewer, channel: store.channel, action, text });

export function openChannelMenu(anchor) {
  const channel = store.channels.get(store.channel);
  if (channel) openMenu(anchor, itemsFor(channel));
}

function itemsFor(channel) {
  if (channel.isArchived) return [{ label: "Unarchive", act: () => change("unarchive") }];
  const typed = async (action, title, label, value) => {
    const text = await asked(title, label, value);
    if (text !== null) change(action, text);
  };
  const sure = async (action, title, text, yes) => {
    if (await confirmed(title, text, yes)) change(action);
  };
  return [
    { label: "Set the topic…", act: () => typed("topic", "Topic of this channel", "Topic", channel.topic) },
    { label: "Rename…", act: () => typed("rename", "Rename this channel", "Name", channel.name) },
    channel.hasApp
      ? { label: "Remove the app", act: () => change("remove_app") }
      : { label: "Add the app", act: () => change("add_app") },
    channel.isMember
      ? { label: "Leave", act: () => change("leave") }
      : { label: "Join", act: () => change("join") },
    !channel.isPrivate && {
      label: "Make private…",
      act: () => sure("private", "Make this channel private?", "Only its members will see it, also what was said before.", "Make private"),
    },
    {
      label: "Archive…",
      isDanger: true,
      act: () => sure("archive", "Archive this channel?", "Nothing more can be said here until somebody unarchives it.", "Archive"),
    },
  ];
}

// One line under the header: the latest pin, as Slack's pinned tab would lead to it.
export function drawPins() {
  const [first, ...others] = store.isHome ? [] : store.pins;
  byId("pins").hidden = !first;
  if (!first) return;
  const link = h("a", { href: pathTo(store.channel, first.ts) }, first.text ? mrkdwn(first.text) : "A pinned message");
  byId("pins").replaceChildren(
    h("span", { "aria-hidden": "true" }, "📌"),
    h("span", { class: "pin-words" }, link),
    others.length ? h("span", { class: "pin-more" }, `and ${others.length} more`) : "",
  );
}
