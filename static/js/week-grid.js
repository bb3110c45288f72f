/*
 * The weekly grid: real checkboxes that also take a finger or a mouse drawn across them, arrow keys, and buttons
 * that tick several at once. And the time zone beside it, which follows the place where somebody lives.
 * Without this script they are checkboxes and a list. Nothing is stored.
 */
(() => {
  "use strict";

  /* ---------- the grid ---------- */

  const COLUMN_KEYS = { ArrowLeft: -1, ArrowRight: 1 };
  const ROW_KEYS = { ArrowUp: -1, ArrowDown: 1 };

  function prepare(grid) {
    /* the hours in sight, and those that unfold: each has its own way in with Tab */
    const fields = [...grid.querySelectorAll("[data-week-days]")].map((field) =>
      [...field.querySelectorAll(".week-day")].map((day) => [...day.querySelectorAll("input")]),
    );
    const boxes = fields.flat(2);
    const others = [...grid.querySelectorAll("[data-week-other]")];
    const status = grid.querySelector("[data-week-status]");
    grid.querySelectorAll("[data-week-quick], [data-week-keys]").forEach((part) => (part.hidden = false));

    function say() {
      status.textContent = `${grid.dataset.chosen} ${[...boxes, ...others].filter((box) => box.checked).length}`;
    }

    const fieldOf = (box) => fields.find((rows) => rows.some((day) => day.includes(box)));

    /* One box of a field can be reached with Tab, the others from there with arrows. */
    function rove(box) {
      fieldOf(box).flat().forEach((one) => (one.tabIndex = one === box ? 0 : -1));
    }

    function neighbour(box, key) {
      const rows = fieldOf(box);
      const row = rows.findIndex((day) => day.includes(box));
      const column = rows[row].indexOf(box);
      if (key in COLUMN_KEYS) return rows[row][column + COLUMN_KEYS[key]];
      if (key in ROW_KEYS) return rows[row + ROW_KEYS[key]]?.[column];
      if (key === "Home") return rows[row][0];
      return key === "End" ? rows[row].at(-1) : undefined;
    }

    grid.addEventListener("keydown", (event) => {
      if (!boxes.includes(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
      if (!(event.key in COLUMN_KEYS || event.key in ROW_KEYS || event.key === "Home" || event.key === "End")) return;
      event.preventDefault();
      neighbour(event.target, event.key)?.focus();
    });
    grid.addEventListener("focusin", (event) => boxes.includes(event.target) && rove(event.target));

    grid.querySelectorAll("[data-week-cells]").forEach((button) =>
      button.addEventListener("click", () => {
        const wanted = button.dataset.weekCells.split(" ").filter(Boolean);
        const all = wanted.length ? boxes : [...boxes, ...others];
        all.forEach((box) => (box.checked = wanted.length > 0 && (box.checked || wanted.includes(box.value))));
        say();
      }),
    );

    /* ----- drawing: the first box says whether boxes are ticked or cleared; a movement up or down scrolls the page ----- */

    let first = null;
    let drawing = false;
    let value = false;

    const boxAt = (event) => {
      const found = document.elementFromPoint(event.clientX, event.clientY)?.closest(".week-box");
      return found && grid.contains(found) ? found.querySelector("input") : null;
    };

    grid.addEventListener("pointerdown", (event) => {
      first = event.isPrimary && event.button === 0 ? boxAt(event) : null;
      drawing = false;
      value = first ? !first.checked : false;
      event.target.releasePointerCapture?.(event.pointerId);
    });
    function drawOver(box) {
      if (!box || (box === first && !drawing)) return;
      drawing = true;
      first.checked = value;
      box.checked = value;
    }

    /* a slow phone tells of several places that the finger went over at once */
    addEventListener("pointermove", (event) => {
      if (!first) return;
      const places = event.getCoalescedEvents?.() ?? [];
      (places.length ? places : [event]).forEach((place) => drawOver(boxAt(place)));
    });
    addEventListener("pointercancel", () => (first = null));
    addEventListener("pointerup", () => {
      first = null;
      if (!drawing) return;
      fields.forEach((rows) => rove(rows[0][0]));
      say();
      /* the click that may follow belongs to the drawing */
      setTimeout(() => (drawing = false));
    });
    grid.addEventListener(
      "click",
      (event) => {
        if (drawing && event.target.closest(".week-box")) event.preventDefault();
      },
      true,
    );

    fields.forEach((rows) => rove(rows.flat().find((box) => box.checked) ?? rows[0][0]));
  }

  document.querySelectorAll("[data-week-grid]").forEach(prepare);

  /* ---------- the time zone that goes with it ---------- */

  const zone = document.querySelector("select[data-zones]");
  if (!zone) return;
  const zones = JSON.parse(zone.dataset.zones);
  const region = zone.form.elements.region;
  const question = zone.closest("[data-question]");
  const line = zone.form.querySelector("[data-week-zone]");
  const usual = zone.options[0];
  const plain = usual.textContent;
  const nameOf = (value) => [...zone.options].find((option) => option.value === value)?.textContent ?? "";

  /** Only the zones of the place are offered, and the question goes away where there is one only. */
  function follow() {
    const offered = zones[region?.value];
    const abroad = !offered || region.value === "XX";
    usual.textContent = abroad ? plain : nameOf(offered[0]);
    for (const option of [...zone.options].slice(1)) {
      option.hidden = option.disabled = !abroad && !offered.slice(1).includes(option.value);
      if (option.disabled && option.selected) zone.value = "";
    }
    question.hidden = !abroad && offered.length === 1;
    name();
  }

  function name() {
    const chosen = zone.selectedOptions[0];
    if (line && (chosen !== usual || usual.textContent !== plain)) line.textContent = chosen.textContent;
    else if (line) line.textContent = line.dataset.weekZone;
  }

  if (region) {
    region.addEventListener("change", follow);
    follow();
  }
  zone.addEventListener("change", name);
})();
