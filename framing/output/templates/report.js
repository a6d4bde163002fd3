"use strict";
/* The page works without this: it adds the reasons beside the marks, arrow keys, the trail from a number to its places, search,
   two articles side by side, and, where there are many articles, their unpacking. */
(() => {
  const why = document.getElementById("why");
  const trail = document.getElementById("trail");
  const reading = document.getElementById("reading");
  const texts = document.getElementById("texts");
  const byId = (id) => document.getElementById(id);
  const make = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  /* Articles: of many, each lies packed in the page until it is wanted. */
  const packedText = async (packed) => {
    const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const unpack = async (key, html = null) => {
    const packed = byId("packed-" + key);
    if (!packed) return;
    const article = byId(key);
    article.innerHTML = html ?? await packedText(packed);
    article.setAttribute("aria-labelledby", key + "-title");
    article.classList.remove("packed");
    packed.remove();
    settle(article);
  };
  /* The element with this id, its article unpacked first. */
  const reach = async (id) => {
    await unpack(id.split("-")[0]);
    return byId(id);
  };

  /* Layers. */
  const layerOf = (mark) => mark.classList[0];
  const shown = (mark) => {
    return mark.classList.contains("hit") || Boolean(byId("layer-" + layerOf(mark))?.checked);
  };

  /* Reasons: the rows of the evidence list, told of every mark under the pointer, innermost first. */
  const reasons = (mark) => {
    const seen = new Set();
    for (let node = mark; node && node.tagName === "MARK"; node = node.parentElement) {
      if (node.dataset.e && shown(node)) seen.add(node.dataset.e);
    }
    return [...seen].map((id) => {
      const cell = byId(id + "-why");
      if (!cell) return null;
      const [, kind, about, voice] = [...cell.parentElement.children].map((td) => td.textContent.trim());
      const line = document.createElement("p");
      const whose = voice ? " · " + voice + (voice.startsWith("attributed") ? "" : "’s words") : "";
      line.append(make("b", [kind, about].filter(Boolean).join(", ")), whose + ". " + cell.textContent.trim());
      return line;
    }).filter(Boolean);
  };
  const tell = (mark) => {
    const told = reasons(mark);
    if (!told.length) return hush();
    why.replaceChildren(...told);
    why.hidden = false;
    const lines = [...mark.getClientRects()], at = lines[0] || mark.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - why.offsetWidth - 16);
    const above = at.top - why.offsetHeight - 10;
    why.style.left = Math.max(16, left) + window.scrollX + "px";
    why.style.top = (above > 8 ? above : (lines.at(-1) || at).bottom + 10) + window.scrollY + "px";
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
  const settle = (within = reading) => {
    for (const text of within.querySelectorAll(".text")) {
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
  reading.addEventListener("change", (event) => { if (event.target.closest(".layers")) settle(); });
  settle();

  /* The trail: through the places of a number, or through what a search found. A place is a mark or a range of text. */
  let places = [], now = 0, origin = null;
  const highlight = (name, ranges) => {
    if (!window.Highlight || !CSS.highlights) return;
    if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges)); else CSS.highlights.delete(name);
  };
  const clear = () => {
    for (const mark of reading.querySelectorAll("mark.hit, mark.now")) mark.classList.remove("hit", "now");
    highlight("found", []);
    highlight("now", []);
    trail.hidden = true;
    places = [];
    settle();
  };
  const reveal = (element) => element.scrollIntoView({ block: "center" });
  const go = (to) => {
    if (places[now]?.classList) places[now].classList.remove("now");
    now = (to + places.length) % places.length;
    const place = places[now];
    if (place instanceof Range) {
      highlight("now", [place]);
      reveal(place.startContainer.parentElement);
    } else {
      place.classList.add("now");
      place.tabIndex = 0;
      place.focus({ preventScroll: true });
      reveal(place);
      tell(place);  /* where it stands now */
    }
    trail.querySelector("output").textContent = (now + 1) + " of " + places.length;
  };
  const button = (text, label, action) => {
    const made = make("button", text, { type: "button", "aria-label": label });
    made.addEventListener("click", action);
    return made;
  };
  trail.append(
    document.createElement("output"),
    button("‹", "previous place", () => go(now - 1)),
    button("›", "next place", () => go(now + 1)),
    button("back", "back to the number", () => { const to = origin; clear(); if (to) { to.focus({ preventScroll: true }); reveal(to); } }),
    button("×", "clear the marks", clear),
  );
  const light = (mark) => {
    const box = byId("layer-" + layerOf(mark));
    if (box) box.checked = true;
    for (const part of mark.closest(".text").querySelectorAll("mark[data-e='" + mark.id + "']")) part.classList.add("hit");
  };
  const follow = async (ids, from) => {
    const found = [];
    for (const id of ids) {
      const mark = await reach(id);
      if (mark) found.push(mark);
    }
    if (!found.length) return;
    clear();
    alone(found[0].closest("article"));
    origin = from;
    places = found;
    found.forEach(light);
    trail.hidden = false;
    history.replaceState(null, "", "#" + ids[0]);
    go(0);
  };
  document.addEventListener("click", async (event) => {
    const chosen = event.target.closest("a.number[data-all], .evidence td a, .chart a, a[href^='#a']");
    if (!chosen) return;
    const id = decodeURIComponent((chosen.getAttribute("href") || chosen.getAttribute("xlink:href") || "").replace(/^#/, ""));
    if (!/^a\d/.test(id)) return;
    if (/^a\d+$/.test(id)) {  /* an article */
      if (!byId("packed-" + id)) return alone(byId(id));
      event.preventDefault();
      await unpack(id);
      alone(byId(id));
      location.hash = id;
      return byId(id).scrollIntoView();
    }
    event.preventDefault();
    if (chosen.dataset.all) return follow(chosen.dataset.all.split(" "), chosen);
    if (!chosen.closest(".chart")) return follow([id], chosen);
    /* A value in a chart stands for the same value in the table below it. */
    const link = await reach(id);
    if (link?.dataset.all) follow(link.dataset.all.split(" "), chosen);
  });
  const arrive = async () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (byId("packed-" + id.split("-")[0])) (await reach(id))?.scrollIntoView({ block: /-/.test(id) ? "center" : "start" });
  };
  window.addEventListener("hashchange", arrive);
  arrive();

  /* Search: every place where the words stand, marks or not. */
  document.querySelector(".finders").hidden = false;
  const search = byId("search");
  const flat = (text) => text.replace(/\s/g, " ").replace(/[’‘]/g, "'").replace(/[“”]/g, '"').toLowerCase();
  const rangesOf = (block, words) => {
    const nodes = [], starts = [];
    let text = "";
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) { nodes.push(walker.currentNode); starts.push(text.length); text += walker.currentNode.data; }
    const at = (offset) => {
      let number = nodes.length - 1;
      while (starts[number] > offset) number -= 1;
      return [nodes[number], offset - starts[number]];
    };
    const ranges = [], plain = flat(text);
    for (let place = plain.indexOf(words); place >= 0; place = plain.indexOf(words, place + words.length)) {
      const range = document.createRange();
      range.setStart(...at(place));
      const [node, offset] = at(place + words.length - 1);
      range.setEnd(node, offset + 1);
      ranges.push(range);
    }
    return ranges;
  };
  search.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = flat(search.elements.words.value.trim()), said = search.querySelector("output");
    clear();
    said.textContent = "";
    if (!words) return;
    for (const packed of document.querySelectorAll("script[id^='packed-']")) {
      const html = await packedText(packed);
      const parsed = new DOMParser().parseFromString(html, "text/html");
      if ([...parsed.querySelectorAll(".text")].some((text) => flat(text.textContent).includes(words))) {
        await unpack(packed.id.slice("packed-".length), html);
      }
    }
    const open = [...texts.querySelectorAll("article")].filter((article) => article.offsetParent);
    places = open.flatMap((article) => [...article.querySelectorAll(".text > *")].flatMap((block) => rangesOf(block, words)));
    if (!places.length) { said.textContent = "not found"; return; }
    highlight("found", places);
    origin = search.elements.words;
    trail.hidden = false;
    go(0);
  });

  /* Two articles side by side, scrolling together. */
  const pair = byId("pair");
  const two = () => (texts.classList.contains("two") ? [...texts.querySelectorAll("article.chosen")] : []);
  /* Back to all articles, when the one that is wanted is not among the two. */
  function alone(article) {
    if (!two().length || article.classList.contains("chosen")) return;
    pair.elements.a.value = pair.elements.b.value = "";
    arrange();
  }
  const arrange = async () => {
    const [a, b] = [pair.elements.a.value, pair.elements.b.value];
    const both = a && b && a !== b;
    if (both) await Promise.all([unpack(a), unpack(b)]);
    texts.classList.toggle("two", Boolean(both));
    for (const article of texts.children) {
      const place = both ? [a, b].indexOf(article.id) : -1;
      article.classList.toggle("chosen", place >= 0);
      article.style.order = place >= 0 ? place : "";
      if (place >= 0) article.tabIndex = 0; else article.removeAttribute("tabindex");
      article.scrollTop = 0;
    }
    if (both) texts.scrollIntoView({ block: "nearest" });
  };
  if (pair) {
    pair.addEventListener("submit", (event) => event.preventDefault());
    pair.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") arrange(); });
    let leader = null, freed = 0;
    texts.addEventListener("scroll", (event) => {
      const from = event.target, [other] = two().filter((article) => article !== from);
      if (!other || !pair.elements.lock.checked || (leader && leader !== from)) return;
      leader = from;
      clearTimeout(freed);
      freed = setTimeout(() => { leader = null; }, 120);
      const share = from.scrollTop / Math.max(1, from.scrollHeight - from.clientHeight);
      other.scrollTop = share * (other.scrollHeight - other.clientHeight);
    }, true);
    for (const chooser of document.querySelectorAll("button.pair")) {
      chooser.hidden = false;
      chooser.addEventListener("click", async () => {
        const { a, b } = chooser.dataset;
        clear();
        pair.elements.a.value = a.split("-")[0];
        pair.elements.b.value = b.split("-")[0];
        pair.elements.lock.checked = false;  /* the passages stand at different places */
        await arrange();
        places = [byId(a), byId(b)];
        places.forEach(light);
        origin = chooser;
        trail.hidden = false;
        go(1);
        go(0);
      });
    }
  }

  /* Long tables of articles: sorted by a column. */
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0], given = [...body.rows];
    const value = (row, column) => {
      const number = parseFloat(row.cells[column].textContent.replace("−", "-"));
      return Number.isNaN(number) ? -Infinity : number;
    };
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const sorter = make("button", "", { type: "button" });
      sorter.append(...head.childNodes);
      head.append(sorter);
      sorter.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        if (column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = column ? [...given].sort((a, b) => (value(b, column) - value(a, column)) * (down ? 1 : -1)) : given;
        body.append(...sorted);
      });
    });
  }
})();
