// The message box: completes slash commands as one types.

import { el } from "./dom.js";

const form = document.getElementById("composer");
const box = document.getElementById("message");
const list = document.getElementById("complete");
let commands = [];
let at = 0;

export function known(all) {
  commands = all;
}

export function onSend(send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    hide();
    if (!text) return;
    box.value = "";
    if (!await send(text)) box.value ||= text; // what did not arrive is not lost
    box.focus();
  });
  box.addEventListener("input", () => { at = 0; draw(); });
  box.addEventListener("keydown", keys);
  box.addEventListener("blur", () => setTimeout(hide, 150));
}

function matching() {
  const typed = box.value;
  if (!typed.startsWith("/") || typed.includes(" ")) return [];
  return commands.filter(({ command }) => command.startsWith(typed) && command !== typed);
}

function keys(event) {
  const found = list.hidden ? [] : matching();
  if (event.key === "Escape") hide();
  else if (found.length && event.key === "ArrowDown") at = (at + 1) % found.length;
  else if (found.length && event.key === "ArrowUp") at = (at + found.length - 1) % found.length;
  else if (found.length && (event.key === "Tab" || event.key === "Enter")) take(found[at]);
  else return;
  if (event.key !== "Escape") event.preventDefault();
  if (event.key.startsWith("Arrow")) draw();
}

function take({ command }) {
  box.value = `${command} `;
  hide();
  box.focus();
}

function draw() {
  const found = matching();
  list.hidden = !found.length;
  list.replaceChildren(...found.map((each, place) => el("li", {
    role: "option", id: `command-${place}`, "aria-selected": String(place === at),
    onmousedown: (event) => { event.preventDefault(); take(each); },
  }, el("strong", {}, each.command), el("span", { class: "usage" }, each.usage), el("span", { class: "about" }, each.description))));
  if (found.length) box.setAttribute("aria-activedescendant", `command-${at}`);
}

function hide() {
  list.hidden = true;
  box.removeAttribute("aria-activedescendant");
}
