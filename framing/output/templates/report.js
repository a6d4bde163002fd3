"use strict";
/* The page works without this: it adds the reasons beside the marks, arrow keys, and the trail from a number to its evidence. */
(() => {
  const why = document.getElementById("why");
  const trail = document.getElementById("trail");
  const reading = document.getElementById("reading");
  const layerOf = (mark) => mark.classList[0];
  const shown = (mark) => {
    const box = document.getElementById("layer-" + layerOf(mark));
    return mark.classList.contains("hit") || !box || box.checked;
  };

  /* Reasons: the rows of the evidence list, told of every mark under the pointer, innermost first. */
  const reasons = (mark) => {
    const seen = new Set();
    for (let node = mark; node && node.tagName === "MARK"; node = node.parentElement) {
      if (node.dataset.e && shown(node)) seen.add(node.dataset.e);
    }
    return [...seen].map((id) => {
      const cell = document.getElementById(id + "-why");
      if (!cell) return null;
      const [, kind, about, voice] = [...cell.parentElement.children].map((td) => td.textContent.trim());
      const line = document.createElement("p");
      const head = document.createElement("b");
      head.textContent = [kind, about].filter(Boolean).join(", ");
      line.append(head, " · " + voice + (voice.startsWith("attributed") ? "" : "’s words") + ". " + cell.textContent.trim());
      return line;
    }).filter(Boolean);
  };
  const tell = (mark) => {
    const lines = reasons(mark);
    if (!lines.length) return hush();
    why.replaceChildren(...lines);
    why.hidden = false;
    const at = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - why.offsetWidth - 16);
    const above = at.top - why.offsetHeight - 10;
    why.style.left = Math.max(16, left) + window.scrollX + "px";
    why.style.top = (above > 8 ? above : at.bottom + 10) + window.scrollY + "px";
  };
  const hush = () => { why.hidden = true; };
  reading.addEventListener("mouseover", (event) => {
    const mark = event.target.closest(".text mark");
    if (mark) tell(mark); else hush();
  });
  reading.addEventListener("mouseleave", hush);
  reading.addEventListener("focusin", (event) => { if (event.target.matches(".text mark")) tell(event.target); });
  reading.addEventListener("focusout", hush);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { hush(); clear(); } });

  /* One tab stop per article; the arrow keys go from mark to mark. */
  const marks = (text) => [...text.querySelectorAll("mark[id]")].filter(shown);
  const settle = () => {
    for (const text of reading.querySelectorAll(".text")) {
      for (const mark of text.querySelectorAll("mark[tabindex]")) mark.tabIndex = -1;
      const first = marks(text)[0];
      if (first) first.tabIndex = 0;
    }
  };
  reading.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches(".text mark")) return;
    const all = marks(event.target.closest(".text"));
    const next = all[all.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  reading.addEventListener("change", settle);
  settle();

  /* From a number to its evidence: all places are marked, the first is shown, and one can step through them. */
  let places = [], now = 0, origin = null;
  const clear = () => {
    for (const mark of reading.querySelectorAll("mark.hit, mark.now")) mark.classList.remove("hit", "now");
    trail.hidden = true;
    places = [];
    settle();
  };
  const go = (to) => {
    if (places[now]) places[now].classList.remove("now");
    now = (to + places.length) % places.length;
    const mark = places[now];
    mark.classList.add("now");
    mark.tabIndex = 0;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
    trail.querySelector("output").textContent = (now + 1) + " of " + places.length;
  };
  const button = (text, label, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  };
  trail.append(
    document.createElement("output"),
    button("‹", "previous place", () => go(now - 1)),
    button("›", "next place", () => go(now + 1)),
    button("back", "back to the number", () => { const to = origin; clear(); if (to) { to.focus({ preventScroll: true }); to.scrollIntoView({ block: "center" }); } }),
    button("×", "clear the marks", clear),
  );
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("a.number[data-all], .evidence td a, .chart a");
    if (!chosen) return;
    /* A value in a chart stands for the same value in the table below it. */
    const link = chosen.closest(".chart") ? document.getElementById(chosen.getAttribute("href").slice(1)) : chosen;
    if (!link || !link.hash) return;
    const ids = link.dataset.all ? link.dataset.all.split(" ") : [link.hash.slice(1)];
    const found = ids.map((id) => document.getElementById(id)).filter(Boolean);
    if (!found.length) return;
    event.preventDefault();
    clear();
    origin = chosen;
    places = found;
    for (const mark of found) {
      const box = document.getElementById("layer-" + layerOf(mark));
      if (box) box.checked = true;
      for (const part of mark.closest(".text").querySelectorAll("mark[data-e='" + mark.id + "']")) part.classList.add("hit");
    }
    trail.hidden = false;
    history.replaceState(null, "", "#" + ids[0]);
    go(0);
  });
})();
