"use strict";
// Finds sections that hold all words of the question; headings weigh more than text. Words are parts of text, in any script.
const input = document.getElementById("search"), list = document.getElementById("found");
const most = 30, around = 60;

function weight(section, words) {
  const title = section.t.toLowerCase(), text = section.x.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const here = (title.includes(word) ? (title === word ? 40 : 20) : 0) + Math.min(5, text.split(word).length - 1);
    if (here === 0) return 0;
    sum += here;
  }
  return sum;
}

function excerpt(text, word) {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - around);
  return (at > 0 ? "… " : "") + text.slice(at, at + 3 * around) + (at + 3 * around < text.length ? " …" : "");
}

function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  list.replaceChildren();
  list.hidden = words.length === 0;
  if (list.hidden) return;
  const found = sections.map((section) => ({ section, value: weight(section, words) })).filter((x) => x.value > 0);
  found.sort((a, b) => b.value - a.value);
  for (const { section } of found.slice(0, most)) {
    const link = document.createElement("a"), title = document.createElement("b"), text = document.createElement("span");
    link.href = input.dataset.root + section.p + (section.a ? "#" + section.a : "");
    title.textContent = section.t;
    text.textContent = excerpt(section.x, words[0]);
    link.append(title, text);
    link.addEventListener("click", () => { list.hidden = true; });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  if (found.length === 0) list.textContent = input.dataset.none;
}

input.addEventListener("input", show);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { input.value = ""; show(); }
  if (event.key === "Enter" && list.querySelector("a")) list.querySelector("a").click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
});
const asked = new URLSearchParams(location.search).get("q"); // a search can be linked to: ?q=WORDS
if (asked) { input.value = asked; show(); }
