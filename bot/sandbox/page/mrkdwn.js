// Slack's mrkdwn → nodes. https://docs.slack.dev/messaging/formatting-message-text

import { decoded, el } from "./dom.js";

// Those that the bot uses, as signs that plain text fonts have too.
const EMOJI = { telephone_receiver: "☎", rotating_light: "⚠", white_check_mark: "✔" };
const INLINE = /(<[^<>\n]+>)|(`[^`\n]+`)|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|:([a-z0-9_+-]+):/u;

export function mrkdwn(text, names, channels) {
  const known = { names, channels };
  const nodes = [];
  for (const [at, piece] of text.split("```").entries()) {
    if (at % 2) nodes.push(el("pre", {}, decoded(piece.replace(/^\n|\n$/g, ""))));
    else nodes.push(...quoted(piece, known));
  }
  return el("div", { class: "text" }, nodes);
}

function quoted(text, known) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length) nodes.push(el("blockquote", {}, lines(quote, known)));
    quote = [];
  };
  let plain = [];
  const settle = () => {
    if (plain.length) nodes.push(...lines(plain, known));
    plain = [];
  };
  for (const line of text.split("\n")) {
    if (/^(>|&gt;) ?/.test(line)) {
      settle();
      quote.push(line.replace(/^(>|&gt;) ?/, ""));
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  settle();
  return nodes;
}

function lines(all, known) {
  return all.flatMap((line, at) => (at ? [el("br"), ...inline(line, known)] : inline(line, known)));
}

function inline(text, known) {
  const found = INLINE.exec(text);
  if (!found) return text ? [decoded(text)] : [];
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [decoded(before)] : []), ...span(found, known), ...inline(after, known)];
}

function span([whole, angle, code, mark, inside, emoji], known) {
  if (angle) return [reference(angle.slice(1, -1), known)];
  if (code) return [el("code", {}, decoded(code.slice(1, -1)))];
  if (mark) return [el({ "*": "strong", _: "em", "~": "s" }[mark], {}, inline(inside, known))];
  return [EMOJI[emoji] ?? whole];
}

function reference(inside, { names, channels }) {
  const [target, label] = inside.split("|");
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${names[target.slice(1)] ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${channels[target.slice(1)] ?? label ?? target.slice(1)}`);
  if (target.startsWith("!date")) return decoded(label ?? target);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${label ?? target.slice(1).split("^")[0]}`);
  if (!/^(https?:|mailto:|tel:)/.test(target)) return decoded(label ?? target);
  return el("a", { href: decoded(target), rel: "noreferrer", target: "_blank" }, decoded(label ?? target));
}
