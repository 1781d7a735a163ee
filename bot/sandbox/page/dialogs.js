// The bot's modals, and the page's own questions.

import { blockNodes } from "./blocks.js";
import { el } from "./dom.js";

const modal = document.getElementById("modal");
const question = document.getElementById("ask");
let shown = null; // the view as it is drawn, as text: drawn anew only when it changes, so typing is not lost
let shownId = null;

export function showModal(view, say) {
  const now = view ? JSON.stringify(view) : null;
  if (now === shown) return;
  shown = now;
  const again = view && view.id === shownId;
  shownId = view?.id ?? null;
  if (!view) {
    modal.close();
    return;
  }
  const close = () => {
    modal.close(); // at once, so that what is typed next does not go into it
    say.close(view);
  };
  const typed = Object.fromEntries(values(modal).map(([block, , value]) => [block, value]));
  const submit = async (event) => {
    event.preventDefault();
    const held = {};
    for (const [block, action, value] of values(modal)) held[block] = { [action]: value || null };
    await say.submit(view, held);
  };
  modal.replaceChildren(el("form", { onsubmit: submit, novalidate: true }, [
    el("h2", { id: "modal-title", tabindex: "-1", autofocus: !view.submit }, view.title.text), // else its end would show
    blockNodes(view.blocks, { ...say, errors: view.errors ?? {}, press: (...used) => say.press(view, ...used) }),
    el("div", { class: "foot" }, [
      el("button", { type: "button", onclick: close }, view.close?.text ?? "Close"),
      view.submit ? el("button", { type: "submit", class: "primary" }, view.submit.text) : null,
    ]),
  ]));
  if (again) restore(typed); // an answer that was overtaken by a later one must not take away what was typed
  if (!modal.open) modal.showModal();
  else if (!view.submit) modal.querySelector("h2").focus();
  modal.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  modal.querySelector('[aria-invalid="true"]')?.focus();
}

function values(form) {
  return [...form.querySelectorAll("[data-block]")].map((input) => [input.dataset.block, input.dataset.action, input.value]);
}

function restore(typed) {
  for (const input of modal.querySelectorAll("[data-block]")) {
    if (typed[input.dataset.block] !== undefined) input.value = typed[input.dataset.block];
  }
}

export function asked(title, text, yes, no = "Cancel") {
  return new Promise((answer) => {
    const done = (said) => {
      question.close();
      answer(said);
    };
    question.replaceChildren(el("form", { onsubmit: (event) => { event.preventDefault(); done(true); } }, [
      el("h2", { id: "ask-title" }, title),
      el("p", {}, text),
      el("div", { class: "foot" }, [
        el("button", { type: "button", onclick: () => done(false) }, no),
        el("button", { type: "submit", class: "primary" }, yes),
      ]),
    ]));
    question.oncancel = () => answer(false);
    question.showModal();
  });
}
