/*
 * Moving people between groups by drag and by keyboard. Every move sends the same form that works without this
 * script; the server checks it, does it, and answers with the workbench and a sentence that is read aloud.
 */
(() => {
  "use strict";

  const bench = () => document.getElementById("workbench");
  let busy = false;
  let next = null;

  /** One change at a time: what comes while one is under way is done after it, on the board as it is then. */
  function whenFree(act) {
    if (busy) next = act;
    else act();
  }

  /** Choose the place in the person's own form and send it. */
  function move(person, choose) {
    const form = document.getElementById(`move-${person}`);
    const select = form?.elements.to;
    const wanted = select && [...select.options].find(choose);
    if (!wanted) return;
    select.value = wanted.value;
    form.requestSubmit();
  }

  const isPlace = (value) => (option) => option.value === value;

  /* ---------- by keyboard, on the handle of a person ---------- */

  const personOf = (element) => element.closest("[data-person]")?.dataset.person;

  /** The place after or before this one: the groups in their order, then no group. */
  function besides(grip, by) {
    const places = [...bench().querySelectorAll("[data-drop]")].map((one) => one.dataset.drop).filter((one) => one !== "out");
    if (!places.includes("none")) places.push("none");
    const here = grip.closest("[data-drop]")?.dataset.drop ?? "none";
    return places[(places.indexOf(here) + by + places.length) % places.length];
  }

  function step(grip, by) {
    const grips = [...bench().querySelectorAll("[data-grip]")];
    grips[grips.indexOf(grip) + by]?.focus();
  }

  const KEYS = {
    ArrowRight: (grip) => move(personOf(grip), isPlace(besides(grip, 1))),
    ArrowLeft: (grip) => move(personOf(grip), isPlace(besides(grip, -1))),
    0: (grip) => move(personOf(grip), isPlace("none")),
    x: (grip) => move(personOf(grip), isPlace("out")),
    p: (grip) => document.getElementById(`pin-${personOf(grip)}`)?.requestSubmit(),
  };

  const STEPS = { ArrowDown: 1, ArrowUp: -1 };

  /** The handle is looked for again: the board may be another one by now. */
  function press(id, key) {
    const grip = document.getElementById(id);
    if (!grip) return;
    if (key in KEYS) KEYS[key](grip);
    else move(personOf(grip), (option) => option.dataset.number === key);
  }

  /* Before the desk's own shortcuts, some of which have the same letter. */
  document.addEventListener(
    "keydown",
    (event) => {
      const grip = event.target.closest?.("[data-grip]");
      if (!grip || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.key in KEYS || event.key in STEPS || /^[1-9]$/.test(event.key))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key in STEPS) step(grip, STEPS[event.key]);
      else whenFree(() => press(grip.id, event.key));
    },
    true,
  );

  /* ---------- by drag ---------- */

  let carried = null;

  const placeOf = (event) => carried && event.target.closest?.("[data-drop]");

  function light(place) {
    document.querySelectorAll(".drop-here").forEach((one) => one !== place && one.classList.remove("drop-here"));
    place?.classList.add("drop-here");
  }

  function letGo() {
    carried?.classList.remove("is-carried");
    carried = null;
    bench()?.classList.remove("is-carrying");
    document.querySelectorAll(".drop-here, .drop-suits").forEach((one) => one.classList.remove("drop-here", "drop-suits"));
  }

  document.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("[data-person]") ?? null;
    if (!carried) return;
    /* an opaque number, in case it is dropped outside of the page */
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.effectAllowed = "move";
    const suits = carried.dataset.suits.split(" ");
    bench().classList.add("is-carrying");
    carried.classList.add("is-carried");
    bench().querySelectorAll("[data-drop]").forEach((one) => {
      one.classList.toggle("drop-suits", suits.includes(one.dataset.drop) || ["none", "out"].includes(one.dataset.drop));
    });
  });

  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    light(place);
    if (place) event.preventDefault();
  });

  document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    const person = carried.dataset.person;
    whenFree(() => move(person, isPlace(place.dataset.drop)));
  });

  document.addEventListener("dragend", letGo);

  /* ---------- one change at a time ---------- */

  const isChange = (event) => event.detail.requestConfig?.verb === "post";

  function settled() {
    busy = false;
    const act = next;
    next = null;
    act?.();
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isChange(event)) busy = true;
  });
  document.addEventListener("htmx:beforeSwap", letGo);
  document.addEventListener("htmx:afterSettle", settled);
  document.addEventListener("htmx:sendError", settled);
})();
