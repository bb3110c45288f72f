/* Keyboard of the desk: ? help, / search, g + letter to a place, j and k along a list, n, p and u in a file. Can be switched off (WCAG 2.1.4). */
(() => {
  "use strict";

  const dialog = document.getElementById("shortcuts");
  const toggle = document.getElementById("shortcuts-on");
  const STORE = "desk-shortcuts";
  const PAUSE_MS = 1500;
  let waitingForPlace = 0;

  const isOn = () => {
    try {
      return localStorage.getItem(STORE) !== "off";
    } catch {
      return true;
    }
  };

  if (toggle) {
    toggle.checked = isOn();
    toggle.addEventListener("change", () => {
      try {
        localStorage.setItem(STORE, toggle.checked ? "on" : "off");
      } catch {
        /* a browser that stores nothing keeps the shortcuts on */
      }
    });
  }

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;

  function moveRow(by) {
    const rows = [...document.querySelectorAll("[data-row-link]")].filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
    rows[next].focus();
  }

  function goTo(letter) {
    const place = [...document.querySelectorAll(".places-link[data-key]")].find((link) => link.dataset.key === letter);
    if (place) location.assign(place.href);
  }

  /** Where the field is folded away, it is unfolded first. */
  function goToSearch() {
    const field = document.querySelector("[data-search]");
    const fold = field?.closest("details");
    if (fold) fold.open = true;
    field?.focus();
  }

  const actions = {
    "?": () => dialog?.showModal(),
    "/": goToSearch,
    j: () => moveRow(1),
    k: () => moveRow(-1),
    g: (event) => {
      waitingForPlace = event.timeStamp;
    },
  };

  /** A page may give its own links a letter, e.g. n and p for the next and previous person. */
  function linkOf(letter) {
    const link = [...document.querySelectorAll("[data-key-link]")].find((one) => one.dataset.keyLink === letter);
    return link && (() => link.click());
  }

  document.querySelectorAll("[data-shortcuts]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => dialog?.showModal());
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !isOn()) return;
    if (waitingForPlace && event.timeStamp - waitingForPlace < PAUSE_MS) {
      waitingForPlace = 0;
      event.preventDefault();
      goTo(event.key);
      return;
    }
    const action = actions[event.key] ?? linkOf(event.key);
    if (!action) return;
    event.preventDefault();
    action(event);
  });
})();
