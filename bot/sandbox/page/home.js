// The home of whoever looks at it → nodes.

import { blockNodes } from "./blocks.js";
import { el } from "./dom.js";

export function homeNodes({ home }, say) {
  if (!home) return [el("div", { class: "empty" }, el("p", {}, "The bot has shown nothing here yet."))];
  const pressed = { ...say, press: (...used) => say.press(home, ...used) };
  return [el("article", { class: "home" }, blockNodes(home.blocks, pressed))];
}
