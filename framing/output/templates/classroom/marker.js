"use strict";
/* A text in which somebody marks passages with mouse, finger or keyboard, or rates sentences, and saves it as CSV.
   Everything lives below `root`: nothing is looked up by id, so a page or a notebook may hold several markers.
   Offsets in `data`, in marks and in the CSV count code points; JavaScript's strings count UTF-16 units, so texts are
   sliced by `wordsAt` alone. */

/* `options`: `onChange(marks)`; `bar: false` leaves out name, saving and loading, and with them the memory of the browser
   and the warning before leaving: whoever wraps the marker then keeps the marks. `remember: false` leaves out the memory alone. */
function createMarker(root, data, options = {}) {
  const COLUMNS = [
    "exercise", "coder", "round", "article", "dimension", "sentence", "text", "words", "label", "actor", "group",
    "neutral", "comment", "start", "end",
  ];
  const SHEET_WIDTH = 640; // px; on less the tools come up from the bottom edge
  const LONGEST_QUOTE = 60; // characters of a passage shown in tools and lists
  const TONES = 7; // colours in marker.css
  /* What a reader would underline as one word: with its hyphens, apostrophes and points inside (US-led, isn't, 3.5, U.S.), without
     the punctuation around it; a picture is a word too. */
  const LETTER = "\\p{L}\\p{N}\\p{M}\\p{Extended_Pictographic}\\p{Regional_Indicator}\\u{1f3fb}-\\u{1f3ff}\\u00ad\\u200b-\\u200d\\u2060\\ufe0f";
  const WORD = new RegExp(`(?:\\p{L}\\.){2,}(?:[-‐‑]\\p{L}+)*|[$€£#@]?[${LETTER}]+(?:(?:['’ʼ./&_@‐‑-]|[,:](?=\\p{N}))[${LETTER}]+)*%?`, "gu");
  const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/, NUMBER = /^[+-]?\d+([.,]\d+)?$/; // what a spreadsheet would calculate, and what it may
  const CONTROLS = "button, [role=button]:not(.word), input, label, select, textarea, summary, dialog"; // they act for themselves
  const withBar = options.bar !== false;
  const remembers = withBar && options.remember !== false;
  const rates = data.dimension === "stance";
  const attributes = data.dimension === "attribution"; // parts lie in one another and are joined by a group
  const noun = rates ? "rating" : "mark";
  const radioNames = "r" + Math.random().toString(36).slice(2); // radio buttons of two markers must not meet
  const articles = data.articles.map(prepared);
  const labels = new Map(data.labels.map((label, index) => [label.id, { ...label, tone: toneOf(label.id, index) }]));

  /* What was marked. A state is never changed, only replaced: so the last ones can be gone back to.
     `silent` holds the pairs of a sentence and an actor of whom it "does not say", `read` the articles read to the end. */
  const EMPTY = { marks: [], silent: [], read: [] };
  let state = EMPTY, saved = EMPTY, past = [], future = [], typing = "", lastId = 0;
  let coder = data.coder || "", round = data.round || "";
  let selection = null; // { article, anchor, focus, first, last }: words chosen and not yet marked
  let cursor = null; // the word that has, or last had, the keyboard
  let edited = null; // the id of the mark in the tools
  let pointer = "mouse", drag = null, column = null, group = "", asking = false;

  const view = build();
  const listening = listen();
  if (remembers) recallLast();
  render();
  return { marks, setMarks, csv, destroy };

  /* The contract ------------------------------------------------------------------------------------------------- */

  function marks() {
    return state.marks.map(({ id, ...mark }) => mark);
  }

  function setMarks(list) {
    const fitting = list.map(fitted).filter(Boolean);
    const rated = new Set(fitting.map(pairKey));
    replaceAll({ ...state, marks: inOrder(fitting), silent: state.silent.filter((pair) => !rated.has(pairKey(pair))) });
  }

  function csv() {
    const rows = articles.flatMap(rowsOf).map((row) => COLUMNS.map((column) => quoted(neutralised(row[column] ?? ""))));
    return [COLUMNS, ...rows].map((cells) => cells.join(",") + "\r\n").join("");
  }

  function destroy() {
    for (const [target, type, handler] of listening) target.removeEventListener(type, handler);
    root.replaceChildren();
    root.classList.remove("framing-marker", "with-sheet");
    for (const name of ["tabindex", "data-dimension", "data-lm-suppress-shortcuts"]) root.removeAttribute(name);
  }

  /* State and history --------------------------------------------------------------------------------------------- */

  /* `key` names what is being typed: letters typed into one field are one step back. */
  function commit(next, message = "", key = "") {
    if (!key || key !== typing) past.push(state);
    typing = key;
    future = [];
    state = next;
    changed(message);
  }

  function changed(message) {
    render();
    remember();
    if (message) say(message);
    if (options.onChange) options.onChange(marks());
  }

  function replaceAll(next) {
    [state, saved, past, future, typing] = [next, next, [], [], ""];
    dropSelection();
    hideTools();
    render();
  }

  function undo() { travel(past, future, "Undone."); }

  function redo() { travel(future, past, "Done again."); }

  function travel(from, to, message) {
    if (!from.length) return say(from === past ? "There is nothing to undo." : "There is nothing to do again.");
    to.push(state);
    state = from.pop();
    typing = "";
    dropSelection();
    hideTools();
    changed(message);
  }

  function isEmpty(some) {
    return !some.marks.length && !some.silent.length && !some.read.length;
  }

  /* Marks ------------------------------------------------------------------------------------------------------- */

  /* A mark from outside, or null where it does not lie in the texts; unknown labels are kept, since the sheet had them. */
  function fitted(given) {
    const article = articles.find((one) => one.id === given.article);
    const start = Number(given.start), end = Number(given.end);
    if (!article || !Number.isInteger(start) || !Number.isInteger(end)) return null;
    if (start < 0 || end <= start || end > article.length) return null;
    const told = Object.fromEntries(["label", "actor", "group", "neutral", "comment"].map((name) => [name, String(given[name] ?? "")]));
    return { id: ++lastId, article: article.id, start, end, ...told };
  }

  function inOrder(list) {
    const place = new Map(articles.map((article, index) => [article.id, index]));
    return [...list].sort((a, b) => place.get(a.article) - place.get(b.article) || a.start - b.start || b.end - a.end || a.id - b.id);
  }

  function addMark(label) {
    const { article, first, last } = selection;
    const start = article.words[first].start, end = article.words[last].end;
    const dropped = state.marks.filter((mark) => replacedBy(mark, article, start, end, label));
    const { actor = "", neutral = "", comment = "" } = dropped[0] ?? {};
    const joined = attributes ? group || groupFor(article, label, start) : "";
    const mark = { id: ++lastId, article: article.id, start, end, label, actor, group: joined, neutral, comment };
    const kept = state.marks.filter((one) => !dropped.includes(one));
    dropSelection();
    commit({ ...state, marks: inOrder([...kept, mark]) }, `Marked ${quote(mark)} as ${nameOf(mark)}.`);
    return mark;
  }

  /* Marking anew changes how far a mark reaches; parts of attributions may lie in one another, and only give way to their like. */
  function replacedBy(mark, article, start, end, label) {
    if (mark.article !== article.id) return false;
    if (attributes) return mark.start === start && mark.end === end && mark.label === label;
    return mark.start < end && mark.end > start;
  }

  function amend(id, changes, message = "", key = "") {
    const amended = state.marks.map((mark) => (mark.id === id ? { ...mark, ...changes } : mark));
    commit({ ...state, marks: amended }, message, key);
  }

  function remove(id) {
    const mark = markOf(id);
    if (!mark) return;
    hideTools();
    commit({ ...state, marks: state.marks.filter((one) => one.id !== id) }, `Removed the mark on ${quote(mark)}.`);
  }

  function markOf(id) {
    return state.marks.find((mark) => mark.id === id);
  }

  function marksIn(article) {
    return state.marks.filter((mark) => mark.article === article.id);
  }

  /* The marks on a word, the shortest first. */
  function marksOn(word) {
    return marksIn(word.article)
      .filter((mark) => mark.start < word.end && mark.end > word.start)
      .sort((a, b) => (a.end - a.start) - (b.end - b.start));
  }

  /* Attribution: a new part joins the attribution last worked on, if that is near and lacks such a part; else it begins another. */
  function groupFor(article, label, start) {
    const own = marksIn(article);
    const last = own.reduce((newest, mark) => (!newest || mark.id > newest.id ? mark : newest), null);
    const parts = last ? own.filter((mark) => mark.group === last.group) : [];
    const near = parts.some((mark) => Math.abs(sentenceAt(article, mark.start) - sentenceAt(article, start)) <= 1);
    if (near && !parts.some((mark) => roleOf(mark.label) === roleOf(label))) return last.group;
    return newGroup(article);
  }

  function groupsIn(article) {
    return [...new Set(marksIn(article).map((mark) => mark.group).filter(Boolean))];
  }

  function newGroup(article) {
    return String(Math.max(0, ...groupsIn(article).map(Number).filter(Number.isFinite)) + 1);
  }

  function roleOf(label) {
    return label === "cue" || label === "content" ? label : "source";
  }

  /* Ratings: a stance is a mark on the whole sentence. */
  function rate(pair, value) {
    const same = (one) => pairKey(one) === pairKey(pair);
    const before = state.marks.find(same);
    const marked = state.marks.filter((one) => !same(one));
    const silent = state.silent.filter((one) => !same(one));
    if (value === "silent") silent.push({ article: pair.article, start: pair.start, end: pair.end, actor: pair.actor });
    else if (value !== null) {
      marked.push({ id: before?.id ?? ++lastId, group: "", neutral: "", comment: before?.comment ?? "", ...pair, label: value });
    }
    const told = value === null ? "no answer" : value === "silent" ? "does not say" : labels.get(value)?.name ?? value;
    commit({ ...state, marks: inOrder(marked), silent }, `${actorName(pair)}: ${told}.`, value && "rate " + pairKey(pair));
  }

  function pairKey({ article, start, actor }) {
    return JSON.stringify([article, start, actor]);
  }

  function actorName({ article, actor }) {
    const one = articles.find((some) => some.id === article);
    return one?.actors.get(actor) ?? actor;
  }

  /* Texts --------------------------------------------------------------------------------------------------------- */

  /* An article with the place of every code point in its string, and its words. `blocks` numbers the sentences between which
     nothing is hidden (a caption, the metadata after a headline): no mark may reach over what nobody sees. */
  function prepared(article, index) {
    const units = [0];
    for (const letter of article.text) units.push(units.at(-1) + letter.length);
    const actors = new Map([...(article.actors ?? []), ...(article.pairs ?? []).map(([, id, title]) => [id, title])]);
    const shown = { ...article, units };
    const blocks = article.sentences.map(() => 0);
    for (let at = 1; at < blocks.length; at++) {
      const hidden = /\S/.test(wordsAt(shown, article.sentences[at - 1][1], article.sentences[at][0]));
      blocks[at] = blocks[at - 1] + (hidden ? 1 : 0);
    }
    return { ...shown, number: index + 1, blocks, length: units.length - 1, actors, pairs: article.pairs ?? [], words: [], pieces: [] };
  }

  function wordsAt(article, start, end) {
    return article.text.slice(article.units[start], article.units[end]);
  }

  function sentenceAt(article, point) {
    return Math.max(0, article.sentences.findLastIndex(([start]) => start <= point));
  }

  function quote({ article, start, end }) {
    const one = articles.find((some) => some.id === article);
    return "“" + shortened(wordsAt(one, start, end)) + "”";
  }

  function shortened(text) {
    const letters = [...flat(text)];
    if (letters.length <= LONGEST_QUOTE) return letters.join("");
    const half = LONGEST_QUOTE / 2;
    return letters.slice(0, half).join("").trimEnd() + " … " + letters.slice(-half).join("").trimStart();
  }

  function nameOf(mark) {
    const name = labels.get(mark.label)?.name ?? mark.label ?? "";
    return [name || data.dimension, attributes && mark.group].filter(Boolean).join(" ");
  }

  function toneOf(id, index) {
    if (attributes) return { source: 1, cue: 2, content: 3 }[roleOf(id)];
    return (index % TONES) + 1;
  }

  function paintWith(node, label, property = "--tone") {
    node.style.setProperty(property, `var(--tone-${labels.get(label)?.tone ?? TONES})`);
  }

  /* Building the page ----------------------------------------------------------------------------------------------- */

  function build() {
    root.classList.add("framing-marker");
    root.tabIndex = -1; // a click beside the text leaves the keys here
    root.dataset.dimension = data.dimension;
    root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab would take the keys for its own
    const parts = {
      said: make("p", { class: "said", role: "status", "aria-live": "polite" }),
      notice: make("div", { class: "notice", role: "alert", hidden: "" }),
      undo: button("Undo", undo, { class: "icon", title: "Undo (Ctrl+Z)" }, "↶"),
      redo: button("Do again", redo, { class: "icon", title: "Do again (Ctrl+Shift+Z)" }, "↷"),
      count: make("span", { class: "count" }),
      kept: make("span", { class: "kept" }),
      list: make("div", { class: "list" }),
      tools: make("div", { class: "tools", role: "dialog", hidden: "" }),
      keys: keysDialog(),
      copy: make("textarea", { readonly: "", rows: "6", "aria-label": "Your marks as CSV text", spellcheck: "false" }),
    };
    const texts = make("div", { class: "texts" }, articles.map((article) => articleNode(article, parts)));
    const frame = make("div", { class: "frame" }, [
      ...(withBar ? [whoNode(parts)] : []), doNode(parts), parts.notice,
      make("div", { class: "columns" }, [asideNode(parts), texts]), ...(withBar ? [endNode(parts)] : []),
    ]);
    root.replaceChildren(frame, parts.tools, parts.keys);
    for (const folded of frame.querySelectorAll("aside details")) folded.open = root.clientWidth > 900;
    return { ...parts, frame, texts };
  }

  function whoNode(parts) {
    parts.name = make("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "60" });
    parts.round = make("input", { type: "text", autocomplete: "off", maxlength: "30", placeholder: "1, before …" });
    parts.name.addEventListener("change", renamed);
    parts.round.addEventListener("change", () => { round = parts.round.value.trim(); remember(); });
    return make("div", { class: "who" }, [
      make("label", {}, ["Your name or number", parts.name]),
      make("label", {}, [make("span", {}, ["Round ", make("small", {}, ["if your teacher asks for one"])]), parts.round]),
    ]);
  }

  function doNode(parts) {
    const file = make("input", { type: "file", accept: ".csv,text/csv,text/plain", hidden: "", "aria-label": "A saved CSV file" });
    file.addEventListener("change", async () => {
      if (file.files[0]) load(decoded(await file.files[0].arrayBuffer()), file.files[0].name);
      file.value = ""; // the same file can be chosen again
    });
    const keys = button("Keys", () => parts.keys.showModal(), { class: "icon ask", title: "The keys (?)" }, "?");
    const own = rates ? [parts.undo, parts.redo] : [parts.undo, parts.redo, keys];
    const outside = [
      file, button("Load a file", () => file.click(), { title: "Go on with a CSV that was saved here" }, "Load"),
      button("Save as CSV", save, { class: "main" }, "Save"),
    ];
    return make("div", { class: "do", role: "group", "aria-label": "Your work" }, [
      make("div", { class: "told" }, [parts.count, parts.kept, parts.said]), ...own, ...(withBar ? outside : []),
    ]);
  }

  function asideNode(parts) {
    const rows = data.labels.map((label, index) => {
      const name = make("dt", {}, [make("b", { class: "label" }, [label.name])]);
      if (!rates) name.prepend(make("kbd", {}, [String(index + 1)]));
      if (!rates) paintWith(name, label.id);
      return make("div", {}, [name, make("dd", {}, [label.meaning])]);
    });
    if (rates) rows.push(make("div", {}, [make("dt", {}, [make("b", {}, ["does not say"])]), make("dd", {}, ["the sentence does not speak of them, or names a mere place"])]));
    return make("aside", { "aria-label": "Labels and your marks" }, [
      make("details", { class: "legend" }, [make("summary", {}, [rates ? "The five steps" : "The labels"]), make("dl", {}, rows)]),
      make("details", { class: "mine" }, [make("summary", {}, [parts.mine = make("span")]), parts.list]),
    ]);
  }

  function endNode(parts) {
    const copied = make("span", { role: "status" });
    const copy = button("Copy", async () => {
      copied.textContent = (await copyText(parts.copy)) ? "Copied." : "Select the text above and copy it by hand.";
    });
    const details = make("details", { class: "copy" }, [
      make("summary", {}, ["No file on this device? Copy your marks as text"]),
      make("p", {}, ["Where a browser cannot save files, copy this text and send it to your teacher."]),
      parts.copy, make("p", {}, [copy, " ", copied]),
    ]);
    details.addEventListener("toggle", () => { parts.copy.value = csv(); });
    return make("div", { class: "end" }, [
      make("p", {}, [button("Save your marks as CSV", save, { class: "main" })]), details,
    ]);
  }

  function articleNode(article, parts) {
    const [first] = article.sentences;
    const told = first && flat(wordsAt(article, ...first)) === flat(article.title ?? ""); // the text begins with its headline
    const title = article.title || article.id;
    const outlet = [data.articles.length > 1 && `Article ${article.number} of ${data.articles.length}`, article.outlet].filter(Boolean).join(" · ");
    const text = make("div", { class: "text" });
    for (const [from, to] of article.paragraphs) text.append(paragraphNode(article, from, to, told && from === 0 && to === 1));
    article.box = make("input", { type: "checkbox" });
    article.box.addEventListener("change", () => markRead(article, article.box.checked));
    article.tally = make("small");
    article.node = make("article", { "aria-label": title }, [
      make("header", {}, [
        make("p", { class: "outlet" }, [outlet]),
        make("h2", told ? { class: "unseen" } : {}, [title]),
      ]),
      text,
      make("label", { class: "finished" }, [article.box, make("span", {}, ["I have read it all ", article.tally])]),
    ]);
    if (article.words.length) setTabStop(article.words[0]);
    return article.node;
  }

  function paragraphNode(article, from, to, headline) {
    const paragraph = make(rates ? "div" : "p", { class: headline ? "paragraph headline" : "paragraph" });
    for (let index = from; index < to; index++) {
      const [start, end] = article.sentences[index];
      const node = make("span", { class: "sentence" }, [make("span", { class: "number" }, [String(index + 1)])]);
      if (rates) node.append(flat(wordsAt(article, start, end)));
      else node.append(...piecesOf(article, index, start, end));
      paragraph.append(node, " ");
      if (rates) paragraph.append(pairsNode(article, index, start, end));
    }
    return paragraph;
  }

  /* A sentence cut into words, which can be marked, and what lies between them. */
  function piecesOf(article, sentence, start, end) {
    const text = wordsAt(article, start, end);
    const nodes = [];
    let at = 0, point = start;
    const put = (part, kind) => {
      if (!part) return;
      const node = make("span", { class: kind }, [part]);
      const piece = { article, sentence, block: article.blocks[sentence], node, kind, start: point, end: point + [...part].length };
      if (kind === "word") { piece.index = article.words.length; node.tabIndex = -1; article.words.push(piece); }
      node.piece = piece;
      article.pieces.push(piece);
      nodes.push(node);
      point = piece.end;
    };
    for (const match of text.matchAll(WORD)) {
      put(text.slice(at, match.index), "gap");
      put(match[0], "word");
      at = match.index + match[0].length;
    }
    put(text.slice(at), "gap");
    return nodes;
  }

  function pairsNode(article, sentence, start, end) {
    const pairs = article.pairs.filter(([index]) => index === sentence).map(([, actor]) => ({ article: article.id, start, end, actor }));
    return make("div", { class: "pairs" }, pairs.map((pair) => pairNode(article, pair)));
  }

  function pairNode(article, pair) {
    const steps = data.labels.filter((label) => /^[-+]?\d+$/.test(label.id)).map((label) => [label.id, label.name, label.meaning]);
    const values = [...steps, ["silent", "does not say", ""]];
    const name = `${radioNames}-${pair.article}-${pair.start}-${pair.actor}`;
    const inputs = values.map(([value, shown, meaning]) => {
      const input = make("input", { type: "radio", name, value, "aria-label": [shown, meaning].filter(Boolean).join(", ") });
      input.addEventListener("change", () => rate(pair, value));
      return input;
    });
    const comment = make("input", { type: "text", "aria-label": `Comment on ${actorName(pair)}`, placeholder: "why?" });
    comment.addEventListener("input", () => {
      const mark = state.marks.find((one) => pairKey(one) === pairKey(pair));
      if (mark) amend(mark.id, { comment: comment.value }, "", "comment " + mark.id);
    });
    const node = make("fieldset", { class: "pair" }, [
      make("legend", {}, [actorName(pair)]),
      make("div", { class: "steps" }, values.map(([value, shown, meaning], index) => (
        make("label", { class: value === "silent" ? "step silent" : "step", title: meaning }, [inputs[index], make("span", {}, [shown])])))),
      comment,
    ]);
    node.addEventListener("keydown", (event) => {
      if (!["Delete", "Backspace"].includes(event.key) || event.target === comment) return;
      event.preventDefault();
      rate(pair, null);
    });
    (article.rated ??= []).push({ pair, inputs, comment, node });
    return node;
  }

  function keysDialog() {
    const keys = [
      ["← →", "the word before, the word after"], ["↑ ↓", "the line above, the line below"],
      ["Ctrl or Alt with ← →", "the sentence before, the sentence after"], ["Home, End", "the ends of the sentence"],
      ["Shift with any of these", "choose several words"], ["1 … 9", "mark what is chosen with this label"],
      ["Enter", "choose a label, or open the mark under the cursor"], ["Delete", "remove the mark under the cursor"],
      ["Esc", "cancel"], ["Ctrl+Z", "undo"], ["Ctrl+Shift+Z, Ctrl+Y", "do again"], ["?", "this list"],
    ];
    const dialog = make("dialog", { class: "keys", "aria-label": "The keys" }, [
      make("h2", {}, ["The keys"]),
      make("p", {}, ["Go to the text with the Tab key first. With the mouse: drag over words, then choose a label; click a mark to change it. With a finger: tap the first word, then the last."]),
      make("dl", {}, keys.map(([key, what]) => make("div", {}, [make("dt", {}, [make("kbd", {}, [key])]), make("dd", {}, [what])]))),
      button("Close", () => dialog.close(), { class: "main" }),
    ]);
    return dialog;
  }

  /* Drawing the state -------------------------------------------------------------------------------------------------- */

  function render() {
    for (const article of articles) {
      paint(article);
      article.box.checked = state.read.includes(article.id);
      article.tally.textContent = tallyOf(article);
    }
    renderList();
    // A button that were disabled under the keyboard would let the keys fall out of the marker.
    view.undo.setAttribute("aria-disabled", String(!past.length));
    view.redo.setAttribute("aria-disabled", String(!future.length));
    view.count.textContent = counted(state.marks.length, noun);
    view.kept.textContent = !withBar || isEmpty(state) ? "" : state === saved ? "saved" : "not saved yet";
    view.mine.textContent = `Your ${noun}s (${state.marks.length})`;
    if (view.copy.closest("details")?.open) view.copy.value = csv();
    if (!view.tools.hidden) renderTools();
  }

  function tallyOf(article) {
    if (!rates) return marksIn(article).length ? "" : "(so it counts, even if there is nothing to mark)";
    const answered = article.rated?.filter(({ inputs }) => inputs.some((input) => input.checked)).length ?? 0;
    return `(${answered} of ${article.pairs.length} answered)`;
  }

  function paint(article) {
    for (const rated of article.rated ?? []) paintRating(rated);
    for (const chip of article.node.querySelectorAll(".chip")) chip.remove();
    const own = marksIn(article);
    for (const piece of article.pieces) paintPiece(piece, own);
    const shortestFirst = [...own].sort((a, b) => (a.end - a.start) - (b.end - b.start));
    if (!rates) for (const mark of shortestFirst) chipAfter(article, mark);
    if (cursor?.article === article) describe(cursor);
  }

  /* The longest mark on a piece colours its ground, the shortest its line: so a cue is seen within a content. */
  function paintPiece(piece, own) {
    const whole = piece.kind === "gap"; // a gap belongs to marks that reach over it, not to those it follows
    const on = own.filter((mark) => (whole ? mark.start <= piece.start && mark.end >= piece.end : mark.start < piece.end && mark.end > piece.start));
    const { node } = piece;
    node.classList.toggle("marked", on.length > 0);
    node.classList.toggle("several", on.length > 1);
    node.classList.toggle("chosen", isChosen(piece));
    node.classList.toggle("edited", on.some((mark) => mark.id === edited));
    if (!on.length) return;
    on.sort((a, b) => (a.end - a.start) - (b.end - b.start));
    paintWith(node, on[0].label);
    paintWith(node, on.at(-1).label, "--ground");
  }

  function isChosen(piece) {
    if (!selection || selection.article !== piece.article) return false;
    const { words } = piece.article;
    return piece.start >= words[selection.first].start && piece.end <= words[selection.last].end;
  }

  function chipAfter(article, mark) {
    const last = article.words.findLast((word) => word.start < mark.end && word.end > mark.start);
    if (!last) return;
    // No <button>: as text it stays on the line of its word.
    const name = `${nameOf(mark)}: ${quote(mark)}. Change or remove`;
    const chip = make("span", { class: "chip", role: "button", tabindex: "-1", "aria-label": name, "data-mark": String(mark.id) }, [nameOf(mark)]);
    chip.addEventListener("click", () => edit(mark.id));
    if (mark.comment || mark.neutral) chip.append("\u00a0✎");
    paintWith(chip, mark.label);
    let after = last.node;
    while (after.nextSibling?.classList?.contains("chip")) after = after.nextSibling;
    after.after(chip);
  }

  function paintRating({ pair, inputs, comment, node }) {
    const mark = state.marks.find((one) => pairKey(one) === pairKey(pair));
    const silent = state.silent.some((one) => pairKey(one) === pairKey(pair));
    for (const input of inputs) input.checked = mark ? input.value === mark.label : silent && input.value === "silent";
    node.classList.toggle("answered", Boolean(mark) || silent);
    comment.hidden = !mark;
    if (comment.value !== (mark?.comment ?? "")) comment.value = mark?.comment ?? "";
  }

  function renderList() {
    const parts = articles.filter((article) => marksIn(article).length).flatMap((article) => [
      ...(articles.length > 1 ? [make("h3", {}, [article.title || article.id])] : []),
      make("ol", {}, marksIn(article).map((mark) => make("li", {}, [jumpTo(article, mark)]))),
    ]);
    const none = rates ? "Nothing rated yet." : "Nothing marked yet.";
    view.list.replaceChildren(...(parts.length ? parts : [make("p", {}, [none])]));
  }

  function jumpTo(article, mark) {
    const name = make("b", { class: "label" }, [nameOf(mark)]);
    paintWith(name, mark.label);
    const notes = [mark.neutral && `→ ${mark.neutral}`, !rates && mark.actor && `about ${actorName(mark)}`, mark.comment].filter(Boolean);
    const node = button("", () => jump(article, mark), { class: "jump" });
    node.append(
      make("span", { class: "number" }, [String(sentenceAt(article, mark.start) + 1)]),
      make("span", { class: "what" }, [rates ? actorName(mark) : quote(mark), " ", name, ...notes.map((note) => make("small", {}, [note]))]),
    );
    return node;
  }

  function jump(article, mark) {
    if (rates) {
      const { node, inputs } = article.rated.find(({ pair }) => pairKey(pair) === pairKey(mark));
      node.scrollIntoView({ block: "center" });
      (inputs.find((input) => input.checked) ?? inputs[0]).focus({ preventScroll: true });
      return;
    }
    const word = article.words.find((one) => one.end > mark.start);
    word.node.scrollIntoView({ block: "center" });
    moveTo(word);
    edit(mark.id);
  }

  function say(message) {
    view.said.textContent = message;
  }

  /* A message that stays, with what can be done about it. */
  function notify(message, choices = []) {
    const buttons = choices.map(([name, act]) => button(name, () => { view.notice.hidden = true; asking = false; act(); }));
    const close = choices.length ? [] : [button("Close this message", () => { view.notice.hidden = true; }, { class: "icon" }, "×")];
    view.notice.replaceChildren(make("p", {}, [message]), ...buttons, ...close);
    view.notice.hidden = false;
  }

  /* The tools -------------------------------------------------------------------------------------------------------- */

  function showTools({ focus = false } = {}) {
    view.tools.hidden = false;
    renderTools();
    place();
    if (focus) view.tools.querySelector(".labels button[aria-pressed=true], .labels button").focus({ preventScroll: true });
  }

  function hideTools() {
    const focused = view.tools.contains(activeElement());
    view.tools.hidden = true;
    view.tools.replaceChildren();
    root.classList.remove("with-sheet");
    edited = null;
    group = "";
    for (const article of articles) paint(article);
    if (focused && cursor) cursor.node.focus({ preventScroll: true });
  }

  function edit(id, { focus = false } = {}) {
    dropSelection();
    edited = id;
    for (const article of articles) paint(article);
    showTools({ focus });
  }

  /* The tools are drawn anew for each passage, and while one is edited only brought up to date: the cursor stays in its field. */
  function renderTools() {
    const mark = markOf(edited);
    if (!mark && !selection) return hideTools();
    const what = mark ? `mark ${mark.id}` : `words ${selection.article.id} ${selection.first} ${selection.last}`;
    if (view.tools.dataset.what !== what || !view.tools.firstChild) {
      view.tools.dataset.what = what;
      view.tools.replaceChildren(...(mark ? editorParts(mark) : chooserParts()));
    }
    for (const one of view.tools.querySelectorAll("[data-label]")) one.setAttribute("aria-pressed", String(mark?.label === one.dataset.label));
    const told = view.tools.querySelector(".meaning");
    if (told) told.textContent = mark ? labels.get(mark.label)?.meaning ?? "" : hint();
  }

  function hint() {
    if (pointer !== "mouse") return "Tap the last word to mark more, then choose a label.";
    return "Choose a label, or press its number.";
  }

  function chosenQuote() {
    const { article, first, last } = selection;
    return quote({ article: article.id, start: article.words[first].start, end: article.words[last].end });
  }

  function chooserParts() {
    view.tools.setAttribute("aria-label", `Mark ${chosenQuote()}`);
    const groups = groupsIn(selection.article);
    const joins = attributes && groups.length ? [groupField(selection.article, group, "joined by itself", (value) => { group = value; })] : [];
    return [headNode(chosenQuote(), cancel), labelButtons(), make("p", { class: "meaning" }), ...joins];
  }

  function editorParts(mark) {
    view.tools.setAttribute("aria-label", `Change the mark on ${quote(mark)}`);
    const article = articles.find((one) => one.id === mark.article);
    const fields = [];
    const store = (name) => (value) => amend(mark.id, { [name]: value }, "", `${name} ${mark.id}`);
    if (attributes) fields.push(groupField(article, mark.group, "", store("group")));
    if (data.dimension === "loaded") {
      fields.push(textField("A neutral wording", mark.neutral, store("neutral")));
      if (article.actors.size) fields.push(choiceField("About", mark.actor, [["", "nobody in particular"], ...article.actors], store("actor")));
    }
    fields.push(textField("Comment", mark.comment, store("comment")));
    const word = cursor && marksOn(cursor).includes(mark) ? cursor : null;
    const more = attributes && word ? [button(`Another mark on “${wordText(word)}”`, () => { choose(word, word); showTools({ focus: true }); })] : [];
    return [
      headNode(quote(mark), hideTools), labelButtons(), make("p", { class: "meaning" }), ...fields,
      make("div", { class: "row" }, [button("Remove", () => remove(mark.id)), ...more, button("Done", hideTools, { class: "main" })]),
    ];
  }

  function headNode(title, close) {
    return make("div", { class: "head" }, [make("p", {}, [title]), button("Close", close, { class: "icon" }, "×")]);
  }

  function labelButtons() {
    const buttons = data.labels.map((label, index) => {
      const node = button(label.name, () => chooseLabel(label.id), { "data-label": label.id, title: label.meaning, "aria-pressed": "false" });
      node.replaceChildren(make("kbd", { "aria-hidden": "true" }, [String(index + 1)]), label.name);
      paintWith(node, label.id);
      const explain = () => { view.tools.querySelector(".meaning").textContent = label.meaning; };
      node.addEventListener("focus", explain);
      node.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") explain(); });
      return node;
    });
    return make("div", { class: "labels", role: "group", "aria-label": "Label" }, buttons);
  }

  function groupField(article, value, automatic, store) {
    const groups = groupsIn(article);
    const parts = (name) => marksIn(article).filter((mark) => mark.group === name).map(quote).join(" ");
    const choices = [...(automatic ? [["", automatic]] : []), ...groups.map((name) => [name, `${name}: ${shortened(parts(name))}`]), [newGroup(article), "a new one"]];
    return choiceField("Attribution", value, choices, store);
  }

  function textField(title, value, store) {
    const input = make("input", { type: "text", autocomplete: "off", value });
    input.addEventListener("input", () => store(input.value));
    return make("label", { class: "field" }, [make("span", {}, [title]), input]);
  }

  function choiceField(title, value, choices, store) {
    const select = make("select", {}, choices.map(([id, name]) => make("option", { value: id, ...(id === value ? { selected: "" } : {}) }, [name])));
    select.addEventListener("change", () => store(select.value));
    return make("label", { class: "field" }, [make("span", {}, [title]), select]);
  }

  /* A label was chosen, by button or number: for the words chosen, or for the mark that is open. */
  function chooseLabel(label) {
    if (selection) {
      const { id } = addMark(label);
      getSelection()?.removeAllRanges();
      if (data.dimension === "loaded") edit(id); // a neutral wording is part of the task
      else hideTools();
      cursor?.node.focus({ preventScroll: true });
    } else if (edited) relabel(markOf(edited), label);
  }

  function relabel(mark, label) {
    amend(mark.id, { label }, `${quote(mark)} is now ${nameOf({ ...mark, label })}.`);
  }

  function cancel() {
    dropSelection();
    hideTools();
  }

  /* Near the words where there is room beside them; at the bottom edge on a phone. */
  function place() {
    const sheet = pointer !== "mouse" || view.frame.clientWidth < SHEET_WIDTH;
    root.classList.toggle("with-sheet", sheet);
    view.tools.classList.toggle("sheet", sheet);
    const nodes = [...root.querySelectorAll(selection ? ".chosen" : ".edited")];
    if (!nodes.length) return;
    if (sheet) return uncover(nodes.at(-1));
    const lines = nodes.at(-1).getClientRects(), last = lines[lines.length - 1];
    const from = nodes[0].getClientRects()[0], around = root.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = view.tools;
    const left = from.top === last.top || nodes.length === 1 ? from.left : last.right - width / 2;
    const below = last.bottom + height + 16 < innerHeight || from.top - height - 16 < 0;
    view.tools.style.left = Math.max(0, Math.min(left - around.left, root.clientWidth - width)) + "px";
    view.tools.style.top = (below ? last.bottom + 8 : from.top - height - 8) - around.top + "px";
    view.tools.scrollIntoView({ block: "nearest" });
  }

  function uncover(node) {
    const hidden = node.getBoundingClientRect().bottom + 16 - (innerHeight - view.tools.offsetHeight);
    if (hidden > 0) scrollBy({ top: hidden });
  }

  /* Choosing words ------------------------------------------------------------------------------------------------------ */

  function choose(anchor, to) {
    const inReach = anchor.article.words.filter((one) => one.block === anchor.block);
    const word = inReach.includes(to) ? to : to.index < anchor.index ? inReach[0] : inReach.at(-1);
    const first = Math.min(anchor.index, word.index), last = Math.max(anchor.index, word.index);
    edited = null;
    selection = { article: word.article, anchor, focus: word, first, last };
    for (const article of articles) paint(article);
  }

  function dropSelection() {
    if (!selection) return;
    const { article } = selection;
    selection = null;
    paint(article);
  }

  function setTabStop(word) {
    const { article } = word;
    if (article.stop) {
      article.stop.node.tabIndex = -1;
      article.stop.node.removeAttribute("role");
      article.stop.node.removeAttribute("aria-label");
    }
    article.stop = word;
    word.node.tabIndex = 0;
    describe(word);
  }

  function moveTo(word, { scroll = true } = {}) {
    setTabStop(word);
    cursor = word;
    word.node.focus({ preventScroll: true });
    if (scroll) word.node.scrollIntoView({ block: "nearest" });
  }

  /* Only the word with the cursor is a button to a screen reader; the others stay plain text, to be read as sentences. */
  function describe(word) {
    if (word.article.stop !== word) return;
    const on = marksOn(word).map(nameOf);
    word.node.setAttribute("role", "button");
    word.node.setAttribute("aria-label", [wordText(word), `sentence ${word.sentence + 1}`, on.length && `marked ${on.join(", ")}`].filter(Boolean).join(", "));
  }

  function wordText(word) {
    return wordsAt(word.article, word.start, word.end);
  }

  /* The word of a node in the text; of what lies between two words, the one on the side of the anchor. */
  function wordOf(node, anchor = null) {
    const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const piece = element?.closest?.(".word, .gap")?.piece;
    if (!piece || !root.contains(element) || piece.kind === "word") return piece ?? null;
    const { words } = piece.article;
    const before = words.findLast((word) => word.end <= piece.start), after = words.find((word) => word.start >= piece.end);
    return (anchor && after && anchor.index >= after.index ? after : before ?? after) ?? null;
  }

  /* Events --------------------------------------------------------------------------------------------------------------- */

  function listen() {
    const chosenNatively = later(takeNativeSelection, 300);
    const handlers = [
      [root, "pointerdown", pressed], [root, "pointermove", dragged], [root, "pointerup", released], [root, "pointercancel", () => { drag = null; }],
      [root, "click", tapped], [root, "keydown", keyed], [root, "focusin", focused],
      [document, "selectionchange", () => { if (pointer !== "mouse") chosenNatively(); }],
      [window, "beforeunload", warn], [window, "resize", () => { if (!view.tools.hidden) place(); }],
    ];
    for (const [target, type, handler] of handlers) target.addEventListener(type, handler);
    return handlers;
  }

  function focused(event) {
    const { piece } = event.target;
    if (piece?.kind === "word") cursor = piece;
  }

  function pressed(event) {
    pointer = event.pointerType || "mouse";
    if (view.tools.contains(event.target) || pointer !== "mouse" || event.button !== 0) return;
    if (event.target.closest(CONTROLS)) return;
    const word = wordOf(event.target);
    if (!word) return cancel();
    event.preventDefault(); // the browser's own selection would cut words in two
    const anchor = event.shiftKey && cursor?.article === word.article ? selection?.anchor ?? cursor : word;
    hideTools();
    dropSelection();
    drag = { anchor, moved: event.shiftKey };
    if (drag.moved) choose(anchor, word);
    root.setPointerCapture(event.pointerId); // so that the button may be let go outside
  }

  function dragged(event) {
    if (!drag) return;
    const word = wordOf(root.getRootNode().elementFromPoint(event.clientX, event.clientY), drag.anchor);
    if (!word || word.article !== drag.anchor.article || (word === drag.anchor && !drag.moved)) return;
    drag.moved = true;
    if (selection?.focus !== word) choose(drag.anchor, word);
  }

  function released(event) {
    if (!drag) return;
    const { anchor, moved } = drag;
    drag = null;
    root.releasePointerCapture(event.pointerId);
    moveTo(moved && selection ? selection.focus : anchor, { scroll: false });
    if (moved && selection) showTools();
    else pick(anchor);
  }

  /* A click or a tap on one word: its mark is opened, or else the word is chosen. */
  function pick(word) {
    const [mark] = marksOn(word);
    if (mark) return edit(mark.id);
    choose(word, word);
    showTools();
  }

  function tapped(event) {
    if (pointer === "mouse" || view.tools.contains(event.target) || event.target.closest(CONTROLS)) return;
    const word = wordOf(event.target);
    if (!word) return cancel();
    const anchor = selection?.article === word.article ? selection.anchor : null;
    moveTo(word, { scroll: false });
    if (!anchor) return pick(word);
    if (anchor === word && selection.first === selection.last) return cancel();
    choose(anchor, word);
    showTools();
  }

  /* On a phone a long press selects words too; the selection is taken over, grown to whole words. */
  function takeNativeSelection() {
    const native = getSelection();
    if (!native || native.isCollapsed || !native.rangeCount) return;
    const range = native.getRangeAt(0);
    const article = articles.find((one) => one.node.contains(range.commonAncestorContainer));
    const words = article?.words.filter((word) => holdsPartOf(range, word.node)) ?? [];
    if (!words.length) return;
    choose(words[0], words.at(-1));
    cursor = words.at(-1);
    setTabStop(cursor);
    showTools();
  }

  function holdsPartOf(range, node) {
    const own = document.createRange();
    own.selectNodeContents(node);
    return range.compareBoundaryPoints(Range.START_TO_END, own) > 0 && range.compareBoundaryPoints(Range.END_TO_START, own) < 0;
  }

  function keyed(event) {
    if (view.keys.open || asksForText(event.target) && event.key !== "Escape") return;
    const act = actionOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    pointer = "mouse"; // a keyboard is there: the tools need not be at the thumb
    act();
  }

  function actionOf(event) {
    const { key, shiftKey, target } = event;
    const control = event.ctrlKey || event.metaKey;
    if (control && key.toLowerCase() === "z") return shiftKey ? redo : undo;
    if (control && key.toLowerCase() === "y") return redo;
    if (key === "Escape") return selection || !view.tools.hidden ? cancel : null;
    if (key === "?" && !rates) return () => view.keys.showModal();
    const inText = target.piece?.kind === "word", inTools = view.tools.contains(target);
    if (rates || !(inText || inTools)) return null;
    if (/^[1-9]$/.test(key) && !control && !event.altKey && data.labels[key - 1]) return () => markByKey(data.labels[key - 1].id);
    if (key === "Delete" || key === "Backspace") return () => removeByKey();
    if (!inText) return null;
    if (key === "Enter" || key === " ") return () => openByKey();
    const next = neighbour(target.piece, key, control || event.altKey);
    return next && (() => step(next, shiftKey));
  }

  function markByKey(label) {
    const [mark] = selection || edited ? [] : marksOn(cursor);
    if (mark && !attributes) return relabel(mark, label);
    if (!selection && !edited) choose(cursor, cursor);
    chooseLabel(label);
  }

  function removeByKey() {
    const id = edited ?? marksOn(cursor)[0]?.id;
    if (id) remove(id);
    else say("There is no mark here.");
  }

  function openByKey() {
    const [mark] = selection ? [] : marksOn(cursor);
    if (mark) return edit(mark.id, { focus: true });
    if (!selection) choose(cursor, cursor);
    showTools({ focus: true });
  }

  function step(word, extending) {
    const anchor = selection?.anchor ?? cursor;
    hideTools();
    moveTo(word);
    if (!extending) return dropSelection();
    choose(anchor, word);
    showTools();
    say(`${counted(selection.last - selection.first + 1, "word")}: ${chosenQuote()}`);
  }

  /* The word a key leads to, or undefined where the key is no movement. */
  function neighbour(word, key, far) {
    const { words } = word.article;
    const inSentence = (sentence) => words.filter((one) => one.sentence === sentence);
    const own = inSentence(word.sentence);
    const at = (index) => words[Math.max(0, Math.min(words.length - 1, index))];
    if (key !== "ArrowDown" && key !== "ArrowUp") column = null;
    switch (key) {
      case "ArrowRight": return far ? words.find((one) => one.sentence > word.sentence) ?? words.at(-1) : at(word.index + 1);
      case "ArrowLeft": {
        if (!far) return at(word.index - 1);
        const before = words.findLast((one) => one.sentence < word.sentence);
        return word !== own[0] || !before ? own[0] : inSentence(before.sentence)[0];
      }
      case "Home": return far ? words[0] : own[0];
      case "End": return far ? words.at(-1) : own.at(-1);
      case "ArrowDown": return lineBeside(word, 1);
      case "ArrowUp": return lineBeside(word, -1);
      default: return undefined;
    }
  }

  /* The word above or below, by where it stands on the screen. */
  function lineBeside(word, direction) {
    const { words } = word.article;
    const box = (one) => one.node.getClientRects()[0];
    const own = box(word);
    column ??= own.left + own.width / 2; // kept over several lines, so that as many up as down lead back
    let line = null, best = word, nearest = Infinity;
    for (let one = words[word.index + direction]; one; one = words[one.index + direction]) {
      const rect = box(one);
      if (Math.abs(rect.top - own.top) < own.height / 2) continue;
      line ??= rect.top;
      if (Math.abs(rect.top - line) >= own.height / 2) break;
      const distance = Math.abs(rect.left + rect.width / 2 - column);
      if (distance < nearest) [best, nearest] = [one, distance];
    }
    return best;
  }

  function warn(event) {
    if (withBar && !isEmpty(state) && state !== saved) {
      event.preventDefault();
      event.returnValue = ""; // older browsers ask for it
    }
  }

  function markRead(article, read) {
    const others = state.read.filter((id) => id !== article.id);
    commit({ ...state, read: read ? [...others, article.id] : others }, read ? "Noted as read to the end." : "Noted as not yet read.");
  }

  /* Whose work it is, and what the browser keeps of it -------------------------------------------------------------------- */

  function memoryKey(name) {
    return ["framing-marker", data.exercise, fingerprint(articles.map((article) => article.text).join("\u0000")), name].join(":");
  }

  /* A browser may forbid its memory; marking works without. */
  function fromMemory(name) {
    try {
      return JSON.parse(localStorage.getItem(memoryKey(name)) ?? "null");
    } catch {
      return null;
    }
  }

  function toMemory(name, value) {
    try {
      localStorage.setItem(memoryKey(name), JSON.stringify(value));
    } catch {
      /* see above */
    }
  }

  function remember() {
    if (!remembers || asking) return;
    if (!isEmpty(state) || fromMemory("by " + coder)) toMemory("by " + coder, { round, ...state, saved: state === saved });
    toMemory("last", { coder, round });
  }

  function recalled(name) {
    const kept = fromMemory("by " + name);
    if (!kept) return null;
    const list = (Array.isArray(kept.marks) ? kept.marks : []).map(fitted).filter(Boolean);
    const known = { marks: inOrder(list), silent: kept.silent ?? [], read: kept.read ?? [] };
    return isEmpty(known) ? null : { round: kept.round ?? "", saved: kept.saved, state: known };
  }

  function recallLast() {
    const last = fromMemory("last");
    if (!data.coder && last?.coder) coder = String(last.coder);
    if (!data.round && last?.round) round = String(last.round);
    view.name.value = coder;
    view.round.value = round;
    const kept = recalled(coder);
    if (kept) resume(kept);
  }

  function resume(kept) {
    replaceAll(kept.state);
    if (!kept.saved) saved = EMPTY;
    round = kept.round || round;
    view.round.value = round;
    render();
    const whose = coder ? ` by ${coder}` : "";
    const amount = counted(state.marks.length, noun);
    notify(`${amount}${whose} ${state.marks.length === 1 ? "was" : "were"} kept on this device and ${state.marks.length === 1 ? "is" : "are"} back.`, [
      [coder ? `Not ${coder}? Start afresh` : "Start afresh", () => startAs("")], ["Go on", () => {}],
    ]);
    remember();
  }

  function startAs(name) {
    coder = name;
    view.name.value = name;
    replaceAll(EMPTY);
    remember();
    view.name.focus();
  }

  /* Two people at one device must not see each other's marks, nor hand in each other's. */
  function renamed() {
    const before = coder;
    coder = view.name.value.trim();
    if (coder === before) return;
    const kept = recalled(coder);
    if (kept && isEmpty(state)) return resume(kept);
    if (!before) toMemory("by ", null); // work begun without a name has its owner now
    if (isEmpty(state) || !(before || kept)) return remember();
    asking = true;
    const keep = ["Keep what is on the page", remember];
    if (kept) notify(`There are marks by ${coder} on this device from before.`, [["Go on with those", () => resume(kept)], keep]);
    else notify(`The marks on the page are by ${before}.`, [[`Start afresh as ${coder || "somebody else"}`, () => startAs(coder)], keep]);
  }

  /* Saving and loading -------------------------------------------------------------------------------------------------------- */

  /* A row for every mark, and one for every sentence read and left unmarked: all of them in an article read to the end, those
     before the last mark in one that was begun. */
  function rowsOf(article) {
    const own = marksIn(article), silent = state.silent.filter((pair) => pair.article === article.id);
    const touched = [...own, ...silent].map((mark) => sentenceAt(article, mark.start));
    const readTo = state.read.includes(article.id) ? article.sentences.length - 1 : Math.max(-1, ...touched);
    const rows = [...own.map((mark) => markRow(article, mark)), ...silent.map((pair) => row(article, sentenceAt(article, pair.start), { actor: pair.actor }))];
    for (let index = 0; index <= readTo; index++) if (!touched.includes(index)) rows.push(row(article, index));
    return rows.sort((a, b) => a.sentence - b.sentence);
  }

  function row(article, sentence, more = {}) {
    return {
      exercise: data.exercise, coder, round, article: article.id, dimension: data.dimension, sentence: sentence + 1,
      text: flat(wordsAt(article, ...article.sentences[sentence])), ...more,
    };
  }

  function markRow(article, mark) {
    const { article: _, id, ...told } = mark;
    return row(article, sentenceAt(article, mark.start), { ...told, words: rates ? "" : wordsAt(article, mark.start, mark.end) });
  }

  function save() {
    if (asking) return view.notice.querySelector("button").focus();
    coder = view.name.value.trim();
    round = view.round.value.trim();
    if (!coder) {
      notify("Write your name or number first, so that your teacher knows whose file it is.");
      return view.name.focus();
    }
    const name = [data.exercise, coder, round].map(safe).filter(Boolean).join("-") + ".csv";
    // The mark at the beginning tells spreadsheets that the file is UTF-8.
    const address = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }));
    const link = make("a", { href: address, download: name, hidden: "" });
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    saved = state;
    render();
    remember();
    const unread = articles.filter((article) => !state.read.includes(article.id)).length;
    say(`Saved as ${name}.`);
    notify(`Saved as ${name}, where your browser keeps what it downloads. Hand in this file.` + (unread
      ? ` ${unread === 1 && articles.length === 1 ? "The article is" : counted(unread, "article") + (unread === 1 ? " is" : " are")} not yet noted as read to the end: go on, tick “I have read it all” there, and save again.` : ""));
  }

  /* Go on with a file saved here, or with a sheet filled in by hand. */
  function load(text, name) {
    const { header, rows } = table(text);
    if (!header.includes("sentence") && !header.includes("start")) {
      return notify(`${name} could not be used: its first line names no column “sentence”. Choose a CSV that was saved on this page.`);
    }
    const found = { marks: [], silent: [], met: new Map(articles.map((article) => [article.id, new Set()])), coder: "", round: "" };
    const problems = rows.map(({ line, cells }) => {
      const problem = takeRow((column) => restored(cells[header.indexOf(column)] ?? "").trim(), found);
      return problem && `line ${line}: ${problem}`;
    }).filter(Boolean);
    const unusable = problems.length ? ` Left out: ${problems.slice(0, 3).join("; ")}${problems.length > 3 ? `; and ${problems.length - 3} more` : ""}.` : "";
    if (problems.length === rows.length) return notify(`${name} could not be used.${unusable || " It has no rows."}`);
    const read = articles.filter((article) => found.met.get(article.id).size === article.sentences.length).map((article) => article.id);
    [coder, round] = [found.coder || coder, found.round || round];
    view.name.value = coder;
    view.round.value = round;
    dropSelection();
    hideTools();
    commit({ marks: inOrder(found.marks), silent: found.silent, read });
    if (!problems.length) saved = state;
    render();
    remember();
    notify(`${counted(state.marks.length, noun)} loaded from ${name}.${unusable} What was on the page before comes back with Undo.`);
  }

  /* Put a row of the file into `found`; the answer says what is wrong with it, or nothing. */
  function takeRow(cell, found) {
    if (cell("exercise") && cell("exercise") !== data.exercise) return `it belongs to the exercise “${cell("exercise")}”`;
    if (cell("dimension") && cell("dimension") !== data.dimension) return `it is about ${cell("dimension")}`;
    const article = articles.find((one) => one.id === cell("article")) ?? (!cell("article") && articles.length === 1 ? articles[0] : null);
    if (!article) return `there is no article “${cell("article")}” here`;
    const sentence = cell("sentence") ? Number(cell("sentence")) - 1 : sentenceAt(article, Number(cell("start")));
    if (!article.sentences[sentence]) return `there is no sentence ${cell("sentence")}`;
    found.coder ||= cell("coder");
    found.round ||= cell("round");
    const told = Object.fromEntries(["label", "actor", "group", "neutral", "comment"].map((name) => [name, cell(name)]));
    told.label = told.label.toLowerCase();
    const problem = rates ? takeRating(article, sentence, told, found) : takeMark(article, sentence, told, cell, found);
    if (!problem) found.met.get(article.id).add(sentence);
    return problem;
  }

  function takeRating(article, sentence, told, found) {
    if (!told.actor) return told.label ? "it does not say about whom" : "";
    const pair = article.pairs.find(([index, id, title]) => index === sentence && [id, title].includes(told.actor));
    if (!pair) return `“${told.actor}” is not asked for in sentence ${sentence + 1}`;
    const [start, end] = article.sentences[sentence];
    const place = { article: article.id, start, end, actor: pair[1] };
    const value = { negative: "-1", neutral: "0", positive: "1" }[told.label] ?? told.label.replace(/^\+|^[−–](?=\d)/, (sign) => (sign === "+" ? "" : "-"));
    if (!value) found.silent.push(place);
    else if (!/^(-[12]|[012])$/.test(value)) return `“${told.label}” is no step from -2 to 2`;
    else found.marks.push({ id: ++lastId, group: "", neutral: "", comment: told.comment, ...place, label: value });
    return "";
  }

  function takeMark(article, sentence, told, cell, found) {
    const words = cell("words");
    if (!words && !told.label && !cell("start")) return "";
    const place = placeOf(article, sentence, words, cell, found.marks);
    const mark = place && fitted({ article: article.id, ...told, ...place });
    if (!mark) return `“${shortened(words)}” is not in sentence ${sentence + 1}`;
    found.marks.push(mark);
    return "";
  }

  /* Where a row's words stand: at its offsets, if the same words are there, or at their next occurrence in the sentence. */
  function placeOf(article, sentence, words, cell, taken) {
    const start = Number(cell("start")), end = Number(cell("end"));
    if (cell("start") && (!words || flat(wordsAt(article, start, end)) === flat(words))) return { start, end };
    if (!words) return null;
    const [from, to] = article.sentences[sentence];
    const letters = [...wordsAt(article, from, to)], wanted = [...words];
    for (let at = 0; at + wanted.length <= letters.length; at++) {
      const place = { start: from + at, end: from + at + wanted.length };
      const free = !taken.some((mark) => mark.article === article.id && mark.start === place.start && mark.end === place.end);
      if (free && wanted.every((letter, index) => letters[at + index] === letter)) return place;
    }
    return null;
  }

  /* Small things ------------------------------------------------------------------------------------------------------------- */

  function activeElement() {
    return root.getRootNode().activeElement;
  }

  function asksForText(node) {
    return node.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  }

  function make(tag, given = {}, children = []) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /* A button; where it shows less than its name says, the name is for those who hear it. */
  function button(name, act, given = {}, shown = name) {
    const node = make("button", { type: "button", ...given }, [shown]);
    if (shown !== name) node.setAttribute("aria-label", name);
    node.addEventListener("click", act);
    return node;
  }

  function counted(amount, noun) {
    return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
  }

  function flat(text) {
    return text.replace(/\s+/g, " ").trim();
  }

  function later(act, wait) {
    let timer = 0;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  }

  function fingerprint(text) {
    let hash = 5381;
    for (let index = 0; index < text.length; index++) hash = (hash * 33 + text.charCodeAt(index)) >>> 0;
    return hash.toString(36);
  }

  function safe(part) {
    return part.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60);
  }

  /* CSV: RFC 4180, with cells that a spreadsheet would take for a formula made harmless by an apostrophe. */

  function neutralised(cell) {
    const text = String(cell);
    return FORMULA.test(text) && !NUMBER.test(text) ? "'" + text : text;
  }

  function restored(cell) {
    return cell[0] === "'" && FORMULA.test(cell) ? cell.slice(1) : cell;
  }

  function quoted(cell) {
    return /[",;\t\r\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
  }

  /* A file as text: UTF-8, or what older spreadsheets write. */
  function decoded(buffer) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(buffer);
    } catch {
      return new TextDecoder("windows-1252").decode(buffer);
    }
  }

  /* The header and the rows of a CSV, each with the line it begins on; some spreadsheets part cells by semicolons or tabs. */
  function table(text) {
    const [first] = text.split(/\r?\n|\r/, 1);
    const [separator] = [",", ";", "\t"].sort((a, b) => first.split(b).length - first.split(a).length);
    const [header = { cells: [] }, ...rows] = cellsOf(text.replace(/^\ufeff/, ""), separator);
    return { header: header.cells.map((cell) => cell.trim().toLowerCase()), rows };
  }

  function cellsOf(text, separator) {
    const rows = [];
    let line = 1, begun = 1, cells = [], cell = "", within = false;
    const endRow = () => {
      cells.push(cell);
      if (cells.some((one) => one.trim())) rows.push({ line: begun, cells });
      [cells, cell] = [[], ""];
    };
    for (let at = 0; at < text.length; at++) {
      const letter = text[at];
      const breaks = letter === "\n" || (letter === "\r" && text[at + 1] !== "\n");
      if (breaks) line++;
      if (within) {
        if (letter !== '"') cell += letter;
        else if (text[at + 1] === '"') cell += text[++at];
        else within = false;
      } else if (letter === '"' && !cell) within = true;
      else if (letter === separator) { cells.push(cell); cell = ""; }
      else if (breaks) { endRow(); begun = line; }
      else if (letter !== "\r") cell += letter;
    }
    endRow();
    return rows;
  }

  async function copyText(area) {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  }
}
