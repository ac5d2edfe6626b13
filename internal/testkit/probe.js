"use strict";
// Run inside a report by the browser test: uses the page as a person would, and leaves what it found in <output id="probe">.
addEventListener("load", () => {
  const faults = [];
  const expect = (fine, words) => { if (!fine) faults.push(words); };
  const $ = (selector) => document.querySelector(selector);

  // Contrast of every text with what lies behind it (WCAG 2: 4.5 to 1), in light and in dark.
  const numbers = (css) => (css.match(/[\d.]+/g) || []).map(Number);
  const over = (top, below) => { const a = top.length > 3 ? top[3] : 1; return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)); };
  const behind = (element) => {
    const chain = [];
    for (let e = element; e; e = e.parentElement) chain.unshift(getComputedStyle(e).backgroundColor);
    return chain.reduce((below, css) => {
      const probe = css.startsWith("rgb") ? numbers(css) : null;
      if (probe) return over(probe, below);
      const parts = numbers(css); // color(srgb r g b / a)
      return parts.length >= 3 ? over(parts.slice(0, 3).map((x) => x * 255).concat(parts[3] ?? 1), below) : below;
    }, [255, 255, 255]);
  };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = () => {
    let worst = 21, where = "";
    for (const e of document.querySelectorAll("body *")) {
      const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!text || e.closest("script, noscript, .skip, .hidden, output, details:not([open]) > :not(summary)")) continue;
      const style = getComputedStyle(e), ink = numbers(e.closest("svg") ? style.fill : style.color), paper = behind(e);
      const [a, b] = [light(over(ink, paper)), light(paper)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
      if (ratio < worst) { worst = ratio; where = e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 30); }
    }
    return [worst, where];
  };
  const check = (name) => { const [worst, where] = contrast(); expect(worst >= 4.5, `${name}: contrast ${worst.toFixed(2)} at ${where}`); };
  const theme = $("#theme"), first = theme.textContent;
  check("theme before " + first);
  theme.click();
  expect(theme.textContent !== first, "the theme's button does not switch");
  check("theme before " + theme.textContent);
  theme.click();

  expect(document.documentElement.scrollWidth <= innerWidth, `the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
  for (const e of document.querySelectorAll("svg[role=img]")) expect(e.getAttribute("aria-label"), "a chart has no description");
  for (const e of document.querySelectorAll("select")) expect(e.labels.length === 1, `select ${e.id} has no label`);

  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id), twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  expect(!twice.length, "two elements are called " + twice.join(", "));
  for (const e of document.querySelectorAll("[aria-labelledby]")) expect(document.getElementById(e.getAttribute("aria-labelledby")), "nothing is called " + e.getAttribute("aria-labelledby"));

  // Reading off a chart.
  const chart = $("svg[data-chart]");
  if (chart) {
    const box = chart.getBoundingClientRect();
    chart.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + box.width / 2, clientY: box.top + 20, bubbles: true }));
    expect(/step \d+/.test(chart.parentElement.querySelector(".readout").textContent), "pointing at a chart reads nothing off");
  }

  // The attention view, by keyboard.
  const list = $("#tokens");
  if (list) {
    const all = document.querySelectorAll("#view path").length;
    expect(all > 0, "the attention view draws nothing");
    $("#head").value = "0";
    $("#head").dispatchEvent(new Event("change"));
    $("#head").value = "-1";
    $("#head").dispatchEvent(new Event("change"));
    expect(document.querySelectorAll("#view path").length === all, "choosing a head and all of them again draws something else");
    list.children[0].focus();
    for (const key of ["ArrowDown", "ArrowDown"]) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    expect(list.children[2].getAttribute("aria-selected") === "true", "arrow keys do not move through the tokens");
    const both = ["back", "ahead"].every((side) => $("#view path." + side));
    expect(both, "a token in the middle does not look to both sides");
    expect(document.querySelectorAll("#view path").length < all, "choosing a token does not leave its lines alone");
    expect(/\d+% back.*\d+% ahead.*Most at/.test($("#direction").textContent), "what is looked at is not said: " + $("#direction").textContent);
    const before = list.textContent;
    if ($("#sentence").options.length > 1) {
      $("#sentence").selectedIndex = 1;
      $("#sentence").dispatchEvent(new Event("change"));
      expect(list.textContent !== before, "another sentence has the same tokens");
    }
  }
  const out = document.createElement("output");
  out.id = "probe";
  out.textContent = faults.length ? faults.join("; ") : "no faults";
  document.body.append(out);
});
