/* A text to rewrite. The kernel reads it: what is typed goes up when the typing pauses, scores and marks come back.
   One question is out at a time, each has a number, and what answers an older one is not drawn. Several views of a box,
   as of a cell shown twice, hear every answer. */

const PAUSE = 120; // ms without a key, after which the text is sent
const PATIENCE = 2000; // ms after which it is said that the kernel has not answered yet
const CALM = 1500; // ms without a change, after which a screen reader is told what changed

function render({ model, el }) {
  const start = model.get("start");
  const name = crypto.randomUUID?.() ?? String(Math.random());
  const known = { rows: new Map() }; // all that the kernel told, by part
  let asked = 0, waiting = false, late = false; // the last question; whether its answer is out; whether the text changed since
  let told = new Map(); // the values last read out
  const timers = {};
  const view = build();
  take(start.answer);
  draw();
  rememberValues();
  model.on("msg:custom", hear);
  window.addEventListener("beforeinput", keepForText, true);
  ask({ kind: "whole" });
  return () => {
    model.off("msg:custom", hear);
    window.removeEventListener("beforeinput", keepForText, true);
    Object.values(timers).forEach(clearTimeout);
  };

  /* JupyterLab waits at whatever has the keyboard, and forbids it to undo and to begin a new line. */
  function keepForText(event) {
    if (event.target === view.text) event.stopPropagation();
  }

  /* Asking the kernel ---------------------------------------------------------------------------------------------- */

  function ask(question) {
    waiting = true;
    model.send({ ...question, view: name, seq: ++asked });
    after("patience", PATIENCE, () => { view.state.textContent = "The kernel has not answered yet; it may be busy or stopped."; });
  }

  function typed() {
    after("pause", PAUSE, () => {
      if (waiting) late = true;
      else askText();
    });
  }

  function askText() {
    late = false;
    ask({ kind: "text", text: view.text.value });
  }

  function hear(answer) {
    if (answer?.kind !== "answer") return;
    take(answer);
    const mine = answer.view === name;
    if (mine && answer.seq < asked) return;
    if (mine) {
      waiting = false;
      clearTimeout(timers.patience);
      view.state.textContent = "";
    }
    const whole = mine && answer.seq === 1; // the answer to what was asked at the start, before anybody could type
    if ("text" in answer && (whole ? view.text.value === start.text : !mine)) view.text.value = answer.text;
    draw();
    if (late) askText();
  }

  function take({ rows = [], ...parts }) {
    for (const row of rows) known.rows.set(row.id, row);
    Object.assign(known, parts);
  }

  function after(what, wait, act) {
    clearTimeout(timers[what]);
    timers[what] = setTimeout(act, wait);
  }

  /* What is seen ---------------------------------------------------------------------------------------------------- */

  function build() {
    const parts = {
      text: make("textarea", { rows: "14", spellcheck: "false", autocomplete: "off" }),
      back: make("button", { type: "button" }, "Back to the original"),
      size: make("span", { class: "size" }),
      state: make("span", { class: "state", role: "status" }),
      marked: make("div", { class: "marked", role: "region", tabindex: "0", "aria-label": "Your version with what was found in it" }),
      body: make("tbody"),
      passages: make("div", { class: "passages", role: "region", "aria-label": "The words of a score" }),
      said: make("p", { class: "unseen", role: "status" }),
    };
    parts.text.value = start.text;
    parts.text.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
    parts.text.addEventListener("compositionend", typed);
    parts.back.addEventListener("click", goBack);
    const columns = ["score", ...(start.before ? ["before", "after", "change"] : ["value"])];
    const head = make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column))));
    const root = make(
      "div", { class: "framing-rewrite tex2jax_ignore mathjax_ignore", lang: "en", role: "group", "aria-label": "Rewrite the text", "data-lm-suppress-shortcuts": "true" },
      make(
        "div", { class: "columns" },
        make("div", { class: "own" },
          make("label", {}, make("span", { class: "name" }, "Your version"), parts.text),
          make("div", { class: "foot" }, parts.back, parts.size, parts.state)),
        make("div", { class: "found" }, make("p", { class: "name", "aria-hidden": "true" }, "What is found in it"), parts.marked),
      ),
      make("div", { class: "scores", role: "region", tabindex: "0", "aria-label": "Scores" },
        make("table", {}, make("caption", { class: "unseen" }, "Scores, all voices together"), head, parts.body)),
      make("p", { class: "note" }, "Choose a score to see its words. All voices together; counts are no verdict."),
      parts.passages, parts.said,
    );
    el.append(root);
    return parts;
  }

  function draw() {
    view.size.textContent = known.size;
    if (view.drawn !== known.marked) view.marked.innerHTML = view.drawn = known.marked; // escaped by the kernel
    if (view.listed !== known.passages) view.passages.innerHTML = view.listed = known.passages; // as above
    drawRows();
    after("calm", CALM, sayChanges);
  }

  /* Rows are kept and only filled anew: the keyboard stays where it is. */
  function drawRows() {
    const nodes = new Map([...view.body.children].map((node) => [node.dataset.id, node]));
    const wanted = known.order.map((id) => filled(nodes.get(id) ?? emptyRow(id), known.rows.get(id)));
    for (const node of view.body.children) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, place) => { if (view.body.children[place] !== node) view.body.insertBefore(node, view.body.children[place] ?? null); });
  }

  function emptyRow(id) {
    const button = make("button", { type: "button" }, make("b"), make("small"));
    button.addEventListener("click", () => {
      const shows = known.chosen !== id;
      ask({ kind: "show", id: shows ? id : "" });
      view.said.textContent = shows ? "Its words are marked in the text and listed below the scores." : "";
    });
    const cells = (start.before ? ["before", "after", "change"] : ["after"]).map((part) => make("td", { class: part }));
    const row = make("tr", {}, make("th", { scope: "row" }, button), ...cells);
    row.dataset.id = id;
    return row;
  }

  function filled(node, row) {
    const button = node.querySelector("button");
    button.setAttribute("aria-pressed", String(known.chosen === row.id));
    fill(button.querySelector("b"), row.title);
    fill(button.querySelector("small"), row.measure);
    for (const part of ["before", "after"]) {
      const cell = node.querySelector("." + part);
      if (cell && cell.dataset.shown !== row[part] + row[part + "_on"]) {
        cell.dataset.shown = row[part] + row[part + "_on"];
        cell.replaceChildren(row[part], make("small", {}, row[part + "_on"]));
      }
    }
    const change = node.querySelector(".change");
    if (change) {
      fill(change, row.change);
      change.dataset.way = row.way;
    }
    return node;
  }

  function fill(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  /* What changed since it was last read out; while somebody types nothing is said. */
  function sayChanges() {
    const changed = known.order.map((id) => known.rows.get(id)).filter((row) => told.has(row.id) && told.get(row.id) !== row.after);
    if (changed.length) view.said.textContent = changed.map((row) => `${row.title} ${told.get(row.id)}, now ${row.after}`).join("; ");
    rememberValues();
  }

  function rememberValues() {
    told = new Map(known.order.map((id) => [id, known.rows.get(id).after]));
  }

  /* By the browser's own editing where it can, so that it can be undone. */
  function goBack() {
    view.text.focus();
    view.text.select();
    const done = start.text ? document.execCommand("insertText", false, start.text) : document.execCommand("delete");
    if (!done) view.text.value = start.text;
    view.text.setSelectionRange(0, 0);
    view.text.scrollTop = 0;
    typed();
  }
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export default { render };
