"use strict";
(() => {
  // Light or dark: the system's choice, until the button is pressed.
  const root = document.documentElement, theme = document.getElementById("theme");
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-pressed", String(isDark())); };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
  label();

  // Reading values off a chart.
  for (const svg of document.querySelectorAll("svg[data-chart]")) {
    const points = JSON.parse(svg.dataset.chart), cursor = svg.querySelector(".cursor");
    const readout = svg.parentElement.querySelector(".readout");
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
      let nearest = Infinity;
      for (const p of points) nearest = Math.min(nearest, Math.abs(p.x - x));
      const found = points.filter((p) => Math.abs(p.x - x) === nearest);
      if (!found.length) return;
      cursor.setAttribute("visibility", "visible");
      cursor.setAttribute("x1", found[0].x); cursor.setAttribute("x2", found[0].x);
      readout.textContent = found.map((p) => p.t).join(", ");
    });
    svg.addEventListener("pointerleave", () => { cursor.setAttribute("visibility", "hidden"); readout.textContent = ""; });
  }

  const data = JSON.parse(document.getElementById("attention-data").textContent);
  if (!data) return;
  const pick = (id) => document.getElementById(id);
  const view = pick("view"), list = pick("tokens"), svg = view.querySelector("svg"), said = pick("direction");
  const ns = "http://www.w3.org/2000/svg";
  let chosen = -1;

  const bytes = data.sentences.map((s) => Uint8Array.from(atob(s.weights), (c) => c.charCodeAt(0)));
  // weight is how much token `from` looks at token `to`, from 0 to 1; head -1 is the mean of all.
  const weight = (from, to) => {
    const i = +pick("sentence").value, layer = +pick("layer").value, head = +pick("head").value, t = data.sentences[i].tokens.length;
    const one = (h) => bytes[i][((layer * data.heads + h) * t + from) * t + to] / 255;
    if (head >= 0) return one(head);
    let sum = 0;
    for (let h = 0; h < data.heads; h++) sum += one(h);
    return sum / data.heads;
  };
  const percent = (x) => Math.round(100 * x) + "%";

  const draw = () => {
    const tokens = data.sentences[+pick("sentence").value].tokens, n = tokens.length;
    const frame = view.getBoundingClientRect();
    const spots = [...list.children].map((li) => { const b = li.getBoundingClientRect(); return { y: b.top - frame.top + b.height / 2, l: b.left - frame.left, r: b.right - frame.left }; });
    svg.replaceChildren();
    const reach = Math.max(20, spots[0].l - 10);
    let back = 0, ahead = 0, self = 0;
    for (let f = 0; f < n; f++) for (let t = 0; t < n; t++) {
      const w = weight(f, t);
      if (chosen < 0 || f === chosen) { if (t < f) back += w; else if (t > f) ahead += w; else self += w; }
      if (f === t || w < 0.03 || (chosen >= 0 && f !== chosen)) continue;
      const path = document.createElementNS(ns, "path"), left = t < f, a = spots[f], b = spots[t];
      const x = left ? a.l : a.r, bow = Math.min(reach, 14 + Math.abs(f - t) * reach / Math.min(n, 24)) * (left ? -1 : 1);
      path.setAttribute("d", `M${x} ${a.y}C${x + bow} ${a.y} ${x + bow} ${b.y} ${x} ${b.y}`);
      path.setAttribute("class", left ? "back" : "ahead");
      path.setAttribute("stroke-width", (0.6 + 5 * w).toFixed(2));
      path.setAttribute("opacity", Math.min(1, (chosen < 0 ? 0.12 : 0.35) + w).toFixed(2));
      svg.append(path);
    }
    const all = back + ahead + self || 1;
    const who = chosen < 0 ? "All tokens together look" : `"${tokens[chosen]}" looks`;
    said.replaceChildren(who + " ", Object.assign(document.createElement("b"), { className: "b", textContent: percent(back / all) + " back" }), ", ",
      Object.assign(document.createElement("b"), { className: "a", textContent: percent(ahead / all) + " ahead" }), `, ${percent(self / all)} at ${chosen < 0 ? "themselves" : "itself"}.`);
    if (chosen >= 0) {
      const order = tokens.map((_, i) => i).sort((p, q) => weight(chosen, q) - weight(chosen, p)).slice(0, 3);
      said.append(" Most at " + order.map((i) => `"${tokens[i]}" (${percent(weight(chosen, i))})`).join(", ") + ".");
    }
  };
  const choose = (i, focus) => {
    chosen = i;
    [...list.children].forEach((li, k) => {
      li.setAttribute("aria-selected", String(k === i));
      li.tabIndex = k === Math.max(i, 0) ? 0 : -1;
      if (k === i && focus) li.focus();
    });
    draw();
  };
  const fill = () => {
    const tokens = data.sentences[+pick("sentence").value].tokens;
    list.replaceChildren(...tokens.map((token, i) => {
      const li = document.createElement("li");
      li.textContent = token;
      li.setAttribute("role", "option");
      li.addEventListener("click", () => choose(chosen === i ? -1 : i, true));
      return li;
    }));
    choose(-1, false);
  };
  list.addEventListener("keydown", (event) => {
    const n = list.children.length, at = [...list.children].indexOf(document.activeElement);
    const to = { ArrowDown: Math.min(n - 1, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: n - 1, Enter: at, " ": at, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to, to >= 0);
  });
  pick("attending").addEventListener("submit", (event) => event.preventDefault());
  pick("sentence").addEventListener("change", fill);
  pick("layer").addEventListener("change", draw);
  pick("head").addEventListener("change", draw);
  addEventListener("resize", draw);
  fill();
})();
