// The messages of a conversation → nodes.

import { blockNodes } from "./blocks.js";
import { el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

export function messageNodes(state, say) {
  if (!state.messages.length) return [empty()];
  let day = "";
  return state.messages.flatMap((message) => {
    const nodes = message.day === day ? [] : [el("div", { class: "day" }, message.day)];
    day = message.day;
    return [...nodes, one(message, say)];
  });
}

function empty() {
  return el("div", { class: "empty" }, [
    el("p", {}, "Nothing has been said here yet. Try one of these in the message box:"),
    ...["/oncall", "/holiday next monday for 5 days", "/runbook daily-growth"].map((typed) => el("p", { class: "text" }, el("code", {}, typed))),
  ]);
}

function one(message, say) {
  const kind = ["message", message.ephemeral ? "private" : "", message.mentions_me ? "for-me" : ""].filter(Boolean).join(" ");
  const pressed = { ...say, press: (block, each, value, button) => say.press(message, block, each, value, button) };
  return el("article", { class: kind, "data-ts": message.ts }, [
    el("div", { class: message.bot ? "avatar bot" : "avatar", "aria-hidden": "true" }, initials(message.author)),
    el("div", {}, [
      el("div", { class: "who" }, [
        el("strong", {}, message.author),
        message.bot ? el("span", { class: "badge" }, "bot") : null,
        el("span", { class: "when" }, message.time),
        message.ephemeral ? el("span", { class: "only" }, "Only visible to you") : null,
        message.edited ? el("span", { class: "only" }, "(edited)") : null,
      ]),
      message.blocks.length ? blockNodes(message.blocks, pressed) : mrkdwn(message.text, say.names, say.channels),
      ...message.files.map(file),
      message.thread?.length ? el("div", { class: "thread", role: "group", "aria-label": "Thread" }, message.thread.map((reply) => one(reply, say))) : null,
    ]),
  ]);
}

function file({ name, url, mimetype, title }) {
  if (!mimetype.startsWith("image/")) return el("p", {}, el("a", { href: url }, title || name));
  const image = el("img", { src: url, alt: title || name, loading: "lazy" });
  return el("figure", { class: "picture" }, el("a", { href: url, target: "_blank" }, image), el("figcaption", {}, title || name));
}

function initials(name) {
  return name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
}
