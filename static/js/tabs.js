/*
 * Links to the parts of a page become tabs: arrows, Home and End move between them, and an address that ends with
 * an anchor opens the part that it lies in. Without this script they stay links, and on paper all parts are shown.
 */
(() => {
  "use strict";

  const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

  function prepare(root) {
    const list = root.querySelector("nav");
    const tabs = [...list.querySelectorAll("a[href^='#']")];
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));

    function open(tab) {
      for (const one of tabs) {
        const chosen = one === tab;
        one.setAttribute("aria-selected", String(chosen));
        one.tabIndex = chosen ? 0 : -1;
        panelOf(one).classList.toggle("tab-panel-closed", !chosen);
      }
    }

    /** The place in the address, so that a reload and a copied address open the same part; one step back leaves. */
    function choose(tab) {
      open(tab);
      history.replaceState(history.state, "", tab.hash);
      tab.focus({ preventScroll: true });
    }

    function followAddress() {
      const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      const tab = target && tabs.find((one) => panelOf(one).contains(target));
      if (!tab) return;
      open(tab);
      if (target !== panelOf(tab)) target.scrollIntoView();
    }

    list.setAttribute("role", "tablist");
    for (const tab of tabs) {
      tab.id ||= `tab-${tab.hash.slice(1)}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", tab.hash.slice(1));
      panelOf(tab).setAttribute("role", "tabpanel");
      panelOf(tab).setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        choose(tab);
      });
    }
    list.addEventListener("keydown", (event) => {
      const here = tabs.indexOf(event.target);
      if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      const last = tabs.length - 1;
      const at = { Home: 0, End: last }[event.key] ?? (event.key in STEPS ? here + STEPS[event.key] : undefined);
      if (at === undefined) return;
      event.preventDefault();
      choose(tabs.at(at % tabs.length));
    });
    addEventListener("hashchange", followAddress);
    open(tabs[0]);
    followAddress();
  }

  document.querySelectorAll("[data-tabs]").forEach(prepare);
})();
