// The sandbox page: asks for the state, draws it, and passes on what somebody does.

import * as composer from "./composer.js";
import { asked, showModal } from "./dialogs.js";
import { el } from "./dom.js";
import { homeNodes } from "./home.js";
import { messageNodes } from "./messages.js";

const EVERY = 600; // milliseconds
const HOME = "home";
const GONE = "The sandbox does not answer. Is it still running?";
const SIGNS = { channel: "#", dm: "@", home: "⌂" };
const $ = (id) => document.getElementById(id);
const here = new URLSearchParams(location.hash.slice(1));
let me = here.get("as") ?? "";
let conversation = here.get("in") ?? "";
let revision = 0;
let drawn = "";

async function refresh() {
  const asked = [me, conversation];
  const query = new URLSearchParams({ as: me, conversation, since: revision });
  const answer = await fetch(`/ui/state?${query}`);
  if (answer.status === 204) return;
  const state = await answer.json();
  // Who looks may have become somebody else, or gone elsewhere, while the answer was on its way.
  if (asked[0] === me && asked[1] === conversation) draw(state);
}

// Whether it was done; where not, the page says why.
async function post(what, facts) {
  try {
    const answer = await fetch(`/ui/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: me, ...facts }),
    });
    await refresh();
    return (await answer.json()).ok;
  } catch {
    notice(GONE);
    return false;
  }
}

function notice(text) {
  $("notice").hidden = !text;
  $("notice").textContent = text ?? "";
}

function draw(state) {
  revision = state.revision;
  [me, conversation] = [state.me, state.conversation];
  history.replaceState(null, "", `#${new URLSearchParams({ as: me, in: conversation })}`);
  $("team").textContent = state.team;
  $("clock").textContent = state.clock;
  $("clock").dateTime = state.now;
  composer.known(state.commands);
  $("message").disabled = false; // before the first state nobody knows who says it, and where
  drawPeople(state);
  drawConversations(state);
  drawMessages(state);
  notice(state.notice);
  showModal(state.view, { ...names(state), submit, close, press: pressInView });
}

function names(state) {
  return { names: state.names, channels: state.channels };
}

function drawPeople(state) {
  const listed = JSON.stringify(state.people);
  if ($("acting").dataset.listed !== listed) {
    $("acting").dataset.listed = listed;
    $("acting").replaceChildren(...state.people.map(({ id, name, hint }) => el("option", { value: id }, hint ? `${name} (${hint})` : name)));
  }
  $("acting").value = state.me;
}

function drawConversations(state) {
  const now = state.conversations.find(({ id }) => id === state.conversation);
  $("title").textContent = now.kind === "channel" ? `#${now.name}` : now.name;
  $("topic").textContent = now.topic || { dm: "Direct messages: only you and the bot", home: "The bot's home: only you see yours" }[now.kind] || "";
  $("composer").hidden = now.kind === HOME;
  $("message").placeholder = `Message ${now.kind === "channel" ? "#" : ""}${now.name}, or / for commands`;
  $("conversations").replaceChildren(...state.conversations.map(({ id, kind, name, unread }) => el("button", {
    type: "button", "data-kind": kind, "aria-current": id === state.conversation ? "page" : null, onclick: () => go(id),
  }, [
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]),
    el("span", { class: "name" }, name),
    unread ? el("span", { class: "unread", "aria-label": `${unread} unread` }, String(unread)) : null,
  ])));
}

function drawMessages(state) {
  const now = JSON.stringify([state.messages, state.me, state.conversation, state.home]);
  if (now === drawn) return;
  if (state.conversation === HOME) return drawHome(state, now);
  const grown = !drawn || state.messages.length !== JSON.parse(drawn)[0].length;
  drawn = now;
  const log = $("log");
  const low = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  log.replaceChildren(...messageNodes(state, { ...names(state), press }));
  if (grown || low) log.scrollTop = log.scrollHeight;
}

function drawHome(state, now) {
  const stays = drawn && JSON.parse(drawn).slice(1, 3).join() === [state.me, HOME].join();
  drawn = now;
  $("log").replaceChildren(...homeNodes(state, { ...names(state), press: pressInView }));
  if (!stays) $("log").scrollTop = 0;
}

async function go(id) {
  conversation = id;
  revision = 0;
  await refresh();
  await openHome();
}

async function openHome() {
  if (conversation === HOME) await post("home", {});
}

function sure({ confirm }) {
  return !confirm || asked(confirm.title.text, confirm.text.text, confirm.confirm.text, confirm.deny.text);
}

async function press(message, block, each, value, button) {
  if (!await sure(each)) return;
  button.disabled = true;
  try {
    await post("press", {
      conversation, ts: message.ts, ephemeral: message.ephemeral, block_id: block.block_id, action_id: each.action_id, value,
    });
  } finally {
    button.disabled = false;
    if (button.tagName === "SELECT") button.value = "";
  }
}

async function pressInView(view, block, each, value, button) {
  if (!await sure(each)) return;
  button.disabled = true;
  try {
    await post("press", { view_id: view.id, block_id: block.block_id, action_id: each.action_id, value });
  } finally {
    button.disabled = false;
    if (button.tagName === "SELECT") button.value = "";
  }
}

async function submit(view, values) {
  await post("submit", { view_id: view.id, values });
}

async function close(view) {
  await post("close", { view_id: view.id });
}

async function busy(button, does) {
  button.disabled = true;
  try {
    await does();
  } finally {
    button.disabled = false;
  }
}

async function turn(to) {
  await post("clock", { to });
  await openHome(); // by then somebody looks at it anew
}

$("acting").addEventListener("change", async (event) => {
  const direct = document.querySelector("nav [aria-current]")?.dataset.kind === "dm";
  me = event.target.value;
  if (direct) conversation = "";
  $("message").disabled = !conversation;
  revision = 0;
  $("conversations").inert = true; // they are those of who looked before
  try {
    await refresh();
    await openHome();
  } finally {
    $("conversations").inert = false;
  }
});
$("day").addEventListener("click", (event) => busy(event.target, () => turn("day")));
$("monday").addEventListener("click", (event) => busy(event.target, () => turn("monday")));
$("start-over").addEventListener("click", async (event) => {
  const button = event.target;
  const yes = await asked("Start over?", "Every message, holiday and turn of the clock is forgotten.", "Start over");
  if (yes) await busy(button, () => post("start-over", {}).then(openHome));
});
composer.onSend((text) => post("say", { conversation, text }));

async function keepLooking() {
  try {
    if (!document.hidden) await refresh();
    document.body.classList.remove("away");
  } catch {
    notice(GONE);
  }
  setTimeout(keepLooking, EVERY);
}
keepLooking().then(openHome);
