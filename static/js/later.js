/*
 * Save and finish later, in the page of the form: an address leaves it, then the code that came, and only when the
 * code was right the answers, with the ticket that it gave. Nothing is stored in the browser.
 */
(() => {
  "use strict";

  const form = document.querySelector("form[data-steps]");
  const line = form?.querySelector("[data-later]");
  const panel = document.querySelector("[data-later-panel]");
  const broken = document.querySelector("template[data-later-broken]");
  if (!line || !panel || !broken) return;

  const WAIT_MS = 15000;
  const button = line.querySelector("button");
  line.hidden = false;

  /** A part of a page as HTML, or null where none came. */
  async function ask(url, body) {
    try {
      const answer = await fetch(url, {
        method: body ? "POST" : "GET",
        body,
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(WAIT_MS),
      });
      const text = answer.status === 200 || answer.status === 429 ? await answer.text() : "";
      return text && !/<html/i.test(text) ? text : null;
    } catch {
      return null;
    }
  }

  function show(text) {
    if (text === null) panel.replaceChildren(broken.content.cloneNode(true));
    else panel.innerHTML = text;
    const ticket = panel.querySelector("[data-later-ticket]")?.dataset.laterTicket;
    if (ticket) return send(ticket);
    const first = panel.querySelector("[data-error-summary], [aria-invalid=true], [role=alert], h2");
    first?.focus();
    panel.scrollIntoView({ block: "start" });
  }

  /** Past every check of the steps: a form may be saved as far as it is. */
  function send(ticket) {
    form.elements.keep.value = ticket;
    form.action = panel.dataset.keep;
    HTMLFormElement.prototype.submit.call(form);
  }

  function turn(open) {
    form.hidden = open;
    panel.hidden = !open;
    if (!open) panel.replaceChildren();
  }

  async function open() {
    turn(true);
    const text = await ask(panel.dataset.ask);
    if (panel.hidden) return;
    show(text);
    const safe = form.elements.email_safe?.value === "yes" && form.elements.email?.value;
    const field = panel.querySelector("input[name=draft_email]");
    if (field && safe) field.value = safe;
  }

  button.addEventListener("click", () => {
    /* Back leads to the step where somebody was */
    history.pushState({ step: Number(form.elements.at_step.value), later: true }, "");
    open();
  });
  addEventListener("popstate", (event) => {
    if (event.state?.later) open();
    else if (!panel.hidden) turn(false);
  });

  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-later-close]")) history.back();
    if (event.target.closest("[data-later-again]")) open();
  });

  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = event.target;
    const said = new URLSearchParams(new FormData(asked));
    panel.querySelectorAll("button").forEach((one) => (one.disabled = true));
    const text = await ask(asked.action, said);
    if (!panel.hidden) show(text);
  });
})();
