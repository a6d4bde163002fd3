/* The marker of marker.js, which stands before this, in a notebook: marks go to the kernel, and come from it. */

function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  const marker = createMarker(root, model.get("data"), { bar: false, onChange: tell });
  const finished = () => [...root.querySelectorAll(".finished input")];
  take();
  takeRead();
  model.on("change:marks", take);
  return () => {
    model.off("change:marks", take);
    marker.destroy();
  };

  function tell(marks) {
    const read = model.get("data").articles.map(({ id }) => id).filter((_, place) => finished()[place].checked);
    model.set({ marks, read });
    model.save_changes();
  }

  /* What comes back of one's own marks is no news, and would take the history of undoing away. */
  function take() {
    const marks = model.get("marks");
    if (JSON.stringify(marks.map(sorted)) !== JSON.stringify(marker.marks().map(sorted))) marker.setMarks(marks);
  }

  function takeRead() {
    const read = model.get("read");
    model.get("data").articles.forEach(({ id }, place) => {
      const box = finished()[place];
      if (!read.includes(id) || box.checked) return;
      box.checked = true;
      box.dispatchEvent(new Event("change"));
    });
  }
}

function sorted(mark) {
  return Object.entries(mark).sort();
}

export default { render };
