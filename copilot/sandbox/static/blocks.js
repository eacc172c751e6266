// Block Kit blocks and classic attachments as elements.

import { h } from "./dom.js";
import { control, plainText } from "./controls.js";
import { link, mrkdwn } from "./mrkdwn.js";

const textOf = (text) => (text?.type === "plain_text" ? plainText(text) : mrkdwn(text?.text ?? ""));

// `act(block, element, value)`: somebody used an element; `errors` are shown under inputs.
export function renderBlocks(blocks, act, errors = {}) {
  return blocks.map((block) => {
    const made = (RENDERERS[block.type] ?? unknown)(block, act, errors);
    if (made) made.dataset.blockId = block.block_id ?? "";
    return made;
  });
}

// Slack sends people's own words also as rich text; the page shows the message's text then.
export const isOnlyRichText = (blocks) => blocks.every((block) => block.type === "rich_text");

const RENDERERS = {
  header: (block) => h("div", { class: "b-header" }, plainText(block.text)),
  divider: () => h("hr", { class: "b-divider" }),
  section: renderSection,
  context: (block) => h("div", { class: "b-context" }, (block.elements ?? []).map(contextElement)),
  actions: (block, act) => h("div", { class: "b-actions" }, controls(block, act)),
  context_actions: (block, act) => h("div", { class: "b-actions" }, controls(block, act)),
  input: renderInput,
  image: (block) => h("p", { class: "b-image" }, `Image: ${block.alt_text ?? ""}`),
  markdown: (block) => h("div", { class: "b-text" }, mrkdwn(block.text ?? "")),
  rich_text: (block) => h("div", { class: "b-text" }, richText(block)),
};

const controls = (block, act) => (block.elements ?? []).map((element) => control(block, element, act));

function renderSection(block, act) {
  const body = h("div", { class: "b-body" });
  if (block.text) body.append(h("div", { class: "b-text" }, textOf(block.text)));
  if (block.fields) {
    body.append(h("div", { class: "b-fields" }, block.fields.map((field) => h("div", {}, textOf(field)))));
  }
  const accessory = block.accessory && block.accessory.type !== "image" && control(block, block.accessory, act);
  return h("div", { class: "b-section" }, body, accessory);
}

function contextElement(element) {
  if (element.type === "image") return h("span", { class: "b-alt" }, element.alt_text ?? "");
  return h("span", {}, textOf(element));
}

function renderInput(block, act, errors) {
  const { element } = block;
  // An input tells the app at once only where the block asks for it.
  const made = control(block, element, block.dispatch_action ? act : () => {});
  const label = h("span", { class: "b-label" }, plainText(block.label));
  if (block.optional) label.append(h("span", { class: "b-optional" }, " (optional)"));
  const hint = block.hint && h("span", { class: "b-hint" }, plainText(block.hint));
  const error = errors[block.block_id] && h("span", { class: "b-error", role: "alert" }, errors[block.block_id]);
  const tag = made.classList.contains("checks") ? "div" : "label";
  return h(tag, { class: "b-input" }, label, made, hint, error);
}

function unknown(block) {
  return h("p", { class: "unknown" }, `A ${block.type} block is not shown in the sandbox.`);
}

function richText(node) {
  if (node.type === "text") return node.text ?? "";
  if (node.type === "link") return link(node.url ?? "", node.text);
  if (node.type === "user") return mrkdwn(`<@${node.user_id}>`);
  if (node.type === "channel") return mrkdwn(`<#${node.channel_id}>`);
  if (node.type === "emoji") return mrkdwn(`:${node.name}:`);
  const inside = (node.elements ?? []).map(richText);
  if (node.type === "rich_text_preformatted") return h("pre", {}, inside);
  if (node.type === "rich_text_quote") return h("blockquote", {}, inside);
  return h("div", {}, inside);
}

const NAMED_COLOURS = { good: "2f7d4f", warning: "b7791f", danger: "b3261e" };

export function renderAttachment(attachment, act) {
  const colour = NAMED_COLOURS[attachment.color] ?? String(attachment.color ?? "").replace("#", "");
  const box = h("div", { class: "attachment" });
  if (/^[0-9a-f]{6}$/i.test(colour)) box.style.borderLeftColor = `#${colour}`;
  const title = attachment.title && titleOf(attachment);
  const fields = (attachment.fields ?? []).map((field) =>
    h("div", { class: field.short ? "" : "wide" }, h("b", {}, field.title ?? ""), h("br"), mrkdwn(field.value ?? "")),
  );
  const text = attachment.text || (attachment.title || attachment.blocks ? "" : attachment.fallback);
  box.append(
    ...[
      attachment.service_name && h("div", { class: "a-service" }, attachment.service_name),
      attachment.author_name && h("div", { class: "a-service" }, attachment.author_name),
      title,
      text && h("div", { class: "b-text" }, mrkdwn(text)),
      fields.length && h("div", { class: "b-fields" }, fields),
      ...(attachment.blocks ? renderBlocks(attachment.blocks, act) : []),
      attachment.footer && h("div", { class: "b-context" }, mrkdwn(attachment.footer)),
    ].filter(Boolean),
  );
  const pretext = attachment.pretext && h("div", { class: "b-text" }, mrkdwn(attachment.pretext));
  return [pretext, box];
}

function titleOf(attachment) {
  const title = attachment.title_link ? link(attachment.title_link, attachment.title) : mrkdwn(attachment.title);
  return h("div", { class: "a-title" }, title);
}
