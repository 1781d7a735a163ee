// Blocks → nodes: just those that the bot sends. Another one is shown as unknown, and fails a test.

import { decoded, el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

// `say` has the names that mrkdwn refers to, and press(block, element, value) for what is used.
export function blockNodes(blocks, say) {
  return el("div", { class: "blocks" }, blocks.map((block) => one(block, say)));
}

const KINDS = {
  section: (block, say) => el("div", { class: "section" }, [
    el("div", {}, [
      block.text ? text(block.text, say) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => text(field, say))) : null,
    ]),
    block.accessory ? element(block, block.accessory, say) : null,
  ]),
  header: (block) => el("h3", { class: "header" }, block.text.text),
  context: (block, say) => el("div", { class: "context" }, block.elements.map((each) => (
    each.type === "image" ? picture(each) : text(each, say)
  ))),
  divider: () => el("hr"),
  image: (block) => picture(block),
  actions: (block, say) => el("div", { class: "actions" }, block.elements.map((each) => element(block, each, say))),
  input: (block, say) => field(block, say),
};

function one(block, say) {
  return KINDS[block.type] ? KINDS[block.type](block, say) : unknown(block.type);
}

function unknown(type) {
  return el("div", { class: "unknown-block" }, `Unknown block: ${type}`);
}

function text(object, { names, channels }) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, names, channels) : el("div", { class: "text" }, decoded(object.text));
}

function picture({ image_url: src, alt_text: alt, title }) {
  return el("figure", { class: "picture" }, el("img", { src, alt }), title ? el("figcaption", {}, title.text) : null);
}

function element(block, each, say) {
  if (each.type === "button") {
    const style = each.style ?? "";
    return el("button", { type: "button", class: style, onclick: (event) => say.press(block, each, null, event.target) }, each.text.text);
  }
  if (each.type === "static_select") {
    const label = each.placeholder?.text ?? "Choose";
    const chosen = (event) => event.target.value && say.press(block, each, event.target.value, event.target);
    return el("select", { "aria-label": label, onchange: chosen }, options(each, label));
  }
  return unknown(each.type);
}

function options(each, label) {
  const first = each.initial_option?.value;
  const listed = each.options.map(({ text: words, value }) => el("option", { value, selected: value === first }, words.text));
  return [el("option", { value: "" }, label), ...listed];
}

const INPUTS = {
  plain_text_input: (each, more) => el(each.multiline ? "textarea" : "input", {
    ...more, value: each.initial_value, maxlength: each.max_length, placeholder: each.placeholder?.text,
  }),
  datepicker: (each, more) => el("input", { ...more, type: "date", value: each.initial_date }),
  static_select: (each, more) => el("select", more, options(each, each.placeholder?.text ?? "Choose")),
};

function field(block, { errors = {} }) {
  const each = block.element;
  if (!INPUTS[each.type]) return unknown(each.type);
  const id = `field-${block.block_id}`;
  const error = errors[block.block_id];
  const about = [block.hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  const more = {
    id, "data-block": block.block_id, "data-action": each.action_id,
    "aria-describedby": about || null, "aria-invalid": error ? "true" : null,
  };
  return el("div", { class: "field" }, [
    el("label", { for: id }, block.label.text, block.optional ? el("span", { class: "optional" }, " (optional)") : null),
    INPUTS[each.type](each, more),
    error ? el("div", { class: "error", id: `${id}-error` }, error) : null,
    block.hint ? el("div", { class: "hint", id: `${id}-hint` }, block.hint.text) : null,
  ]);
}
