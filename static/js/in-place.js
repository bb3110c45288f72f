/* What htmx puts in its place: whoever listens hears what changed, and the focus is never lost. */
(() => {
  "use strict";

  const line = document.getElementById("in-place-news");

  /** Anything but a part of this page (signed out meanwhile, an error) becomes a page of its own. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.getResponseHeader("X-Fragment")) {
      event.detail.shouldSwap = true;
      return;
    }
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.assign(xhr.responseURL || requestConfig.path);
    else location.reload();
  });

  /** The button works without us: send the form as it is, when the network or a script is in the way. */
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest("form");
    if (form) form.submit();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (!(part instanceof Element)) return;
    const says = part.matches("[data-news]") ? part : part.querySelector("[data-news]");
    if (says && line) line.textContent = says.dataset.news;
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = part.matches("[data-focus]") ? part : part.querySelector("[data-focus]");
    next?.focus();
  });
})();
