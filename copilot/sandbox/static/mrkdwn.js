// Slack's mrkdwn as elements. Text is hostile: it only becomes text nodes, links only http(s).

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { store, nameOf } from "./store.js";

const FENCE = /```([\s\S]*?)```/;
const EDGE = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const mark = (c, name) => `${EDGE}[${c}](?![\\s${c}])(?<${name}>[^\\n${c}]*[^\\s${c}])[${c}]${END}`;
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]{1,64}(?:::skin-tone-\\d)?):",
    mark("*", "bold"),
    mark("_", "italic"),
    mark("~", "strike"),
  ].join("|"),
  "gu",
);

export function unescapeText(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function mrkdwn(text) {
  const fragment = document.createDocumentFragment();
  const parts = String(text).split(FENCE);
  parts.forEach((part, number) => {
    if (number % 2) fragment.append(h("pre", {}, h("code", {}, fencedText(part))));
    else if (part) prose(besideFence(part, number > 0, number < parts.length - 1), fragment);
  });
  return fragment;
}

// A fence is a block of its own: the line breaks around it are not shown twice.
function besideFence(text, after, before) {
  const start = after ? text.replace(/^\n/, "") : text;
  return before ? start.replace(/\n$/, "") : start;
}

// Links inside a fence lose their brackets; nothing else is marked up there.
function fencedText(text) {
  const plain = text.replace(/<((?:https?:|mailto:)[^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_, url, label) => label || url);
  return unescapeText(plain).replace(/^\n|\n$/g, "");
}

function prose(text, into) {
  let quote = null;
  const lines = text.split("\n");
  lines.forEach((line, number) => {
    const quoted = /^(?:&gt;|>)\s?(?!&gt;)(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append("\n");
      else into.append((quote = h("blockquote")));
      inline(quoted[1], quote);
      return;
    }
    if (number && !quote) into.append("\n");
    quote = null;
    inline(line, into);
  });
}

function inline(text, into) {
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = token(found.groups);
    if (!node) continue;
    if (found.index > end) into.append(unescapeText(text.slice(end, found.index)));
    into.append(node);
    end = found.index + found[0].length;
  }
  if (end < text.length) into.append(unescapeText(text.slice(end)));
}

function token(groups) {
  if (groups.code) return h("code", {}, unescapeText(groups.code));
  if (groups.angle) return angle(groups.angle);
  if (groups.emoji) return picture(groups.emoji);
  if (groups.bold) return nested("strong", groups.bold);
  if (groups.italic) return nested("em", groups.italic);
  return nested("s", groups.strike);
}

function nested(tag, text) {
  const element = h(tag);
  inline(text, element);
  return element;
}

function picture(name) {
  const sign = emoji(name);
  return sign && h("span", { class: "emoji", title: `:${name}:`, role: "img", "aria-label": name }, sign);
}

function angle(inside) {
  const [target, label] = splitOnce(inside, "|");
  if (target.startsWith("@")) return mention(`@${label || nameOf(target.slice(1))}`, target.slice(1) === store.viewer);
  if (target.startsWith("#")) return channel(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescapeText(target), label && unescapeText(label));
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const mention = (text, isMe = false) => h("span", { class: isMe ? "mention me" : "mention" }, unescapeText(text));

function channel(id, label) {
  const known = store.channels.get(id);
  const name = `#${known?.name ?? (label || id)}`;
  return known ? h("a", { class: "mention", href: `/archives/${encodeURIComponent(id)}` }, name) : mention(name);
}

function special(what, label) {
  if (["here", "channel", "everyone"].includes(what)) return mention(`@${what}`, true);
  if (what.startsWith("date^")) return document.createTextNode(unescapeText(label || what));
  return mention(label || `@${what.split("^")[0]}`);
}

// Anything but http(s) stays text; a link to a message of this workspace opens here.
export function link(url, label) {
  const shown = label || url;
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return document.createTextNode(shown);
  }
  if (!["http:", "https:"].includes(parsed.protocol)) return document.createTextNode(shown.replace(/^mailto:/, ""));
  const isHere = parsed.origin === window.location.origin;
  const outside = { target: "_blank", rel: "noopener noreferrer" };
  return h("a", { href: parsed.href, ...(isHere ? {} : outside) }, shown);
}
