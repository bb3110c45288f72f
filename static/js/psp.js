/*
 * Small helps that every page can do without: focus on the error summary, no double submission,
 * and a long form shown one step at a time. Nothing typed is ever stored; history entries carry a step number only.
 */
(() => {
  "use strict";

  /* ---------- the first thing to read after an error ---------- */

  document.querySelector("[data-error-summary]")?.focus();

  /* ---------- one click is enough ---------- */

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-quick-exit]")) return;
    /* after the browser has taken the button's own value */
    setTimeout(() => form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = true)), 0);
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form [type=submit]:disabled").forEach((button) => (button.disabled = false));
  });

  /* ---------- one step at a time ---------- */

  const form = document.querySelector("form[data-steps]");
  const parts = form?.querySelector("template[data-steps-parts]");
  if (!form || !parts) return;

  const words = parts.dataset;
  const piece = (selector) => parts.content.querySelector(selector).cloneNode(true);
  const steps = [...form.querySelectorAll("[data-step]")];
  const ends = [...form.querySelectorAll("[data-steps-end]")];
  const review = piece("[data-review]");
  const count = piece(".steps-count");
  const actions = piece("[data-step-actions]");
  const LAST = steps.length;
  const firstWrong = steps.findIndex((step) => step.querySelector("[data-field-error]"));
  const START = Math.max(firstWrong, 0);
  let now = START;
  let backToReview = false;

  form.noValidate = true;
  steps.at(-1).after(review);
  (ends.at(-1) ?? review).after(actions);
  (form.querySelector("[data-error-summary]") ?? parts).after(count);

  const fieldsOf = (step) => [...step.querySelectorAll("input, select, textarea")].filter((one) => one.type !== "hidden");
  const legendOf = (step) => step.querySelector("legend, h2");
  const questionOf = (field) => field.closest("[data-question]") ?? field.parentElement;

  /* ----- showing ----- */

  function show(index, { focus = true } = {}) {
    now = Math.min(Math.max(index, 0), LAST);
    steps.forEach((step, at) => (step.hidden = at !== now));
    review.hidden = now !== LAST;
    ends.forEach((end) => (end.hidden = now !== LAST));
    actions.querySelector("[data-step-continue]").hidden = now === LAST;
    actions.querySelector("[data-step-back]").hidden = now === 0;
    count.querySelector("[data-step-number]").textContent = now + 1;
    count.querySelector("[data-step-total]").textContent = LAST + 1;
    if (now === LAST) fillReview();
    if (focus) focusOn(now === LAST ? review.querySelector("h2") : legendOf(steps[now]));
  }

  function focusOn(heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    (count.isConnected ? count : heading).scrollIntoView({ block: "start" });
  }

  function go(index) {
    if (!form.querySelector("[data-field-error]")) form.querySelector("[data-error-summary]")?.remove();
    history.pushState({ step: index }, "");
    show(index);
  }

  /* ----- checking what is in sight ----- */

  function messageFor(field) {
    const { validity, type, tagName } = field;
    if (validity.valid) return "";
    if (validity.valueMissing) {
      if (type === "checkbox") return words.tick;
      return type === "radio" || tagName === "SELECT" ? words.choose : words.required;
    }
    return type === "email" ? words.email : words.format;
  }

  function clearError(question) {
    question.classList.remove("has-error");
    question.querySelectorAll("[data-field-error]").forEach((old) => old.remove());
    question.querySelectorAll("[aria-invalid]").forEach((field) => {
      field.removeAttribute("aria-invalid");
      field.classList.remove("is-invalid");
    });
  }

  /** Above the field, read out with it. Radios and groups carry it on their fieldset. */
  function showError(field, message) {
    const question = questionOf(field);
    const box = document.createElement("div");
    const line = piece("[data-error-line]");
    line.querySelector("[data-error-text]").textContent = message;
    box.dataset.fieldError = "";
    box.id = `${field.name}_step_error`;
    box.append(line);
    question.classList.add("has-error");
    const group = question.querySelector("fieldset");
    const before = question.querySelector(".choices") ?? field;
    before.before(box);
    const owner = group ?? field;
    const ids = (owner.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== box.id);
    owner.setAttribute("aria-describedby", [...ids, box.id].join(" "));
    field.setAttribute("aria-invalid", "true");
    if (field.matches(".form-control, .form-select")) field.classList.add("is-invalid");
  }

  /** True when the step may be left; otherwise the first field to mend has the focus. */
  function check(step) {
    const seen = new Set();
    const wrong = fieldsOf(step).filter((field) => {
      if (seen.has(field.name)) return false;
      const invalid = !field.validity.valid;
      if (invalid) seen.add(field.name);
      return invalid;
    });
    step.querySelectorAll("[data-question].has-error").forEach(clearError);
    wrong.forEach((field) => showError(field, messageFor(field)));
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  /* ----- asking the server about one step (it keeps nothing) ----- */

  function resultBox(step) {
    let box = step.querySelector("[data-check-result]");
    if (!box) {
      box = document.createElement("div");
      box.dataset.checkResult = "";
      box.tabIndex = -1;
      step.append(box);
    }
    return box;
  }

  /** The server's remark as HTML, or "" when there is none. No network is no remark: the server looks again at the end. */
  async function ask(step) {
    const data = new URLSearchParams();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const field of fieldsOf(step)) {
      if (!field.name || (/^(radio|checkbox)$/.test(field.type) && !field.checked)) continue;
      data.append(field.name, field.value);
    }
    try {
      const answer = await fetch(step.dataset.checkUrl, {
        method: "POST",
        body: data,
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(8000),
      });
      return answer.status === 200 ? await answer.text() : "";
    } catch {
      return "";
    }
  }

  async function mayLeave(step) {
    if (!check(step)) return false;
    if (!step.dataset.checkUrl) return true;
    const button = actions.querySelector("[data-step-continue]");
    button.disabled = true;
    const remark = await ask(step);
    button.disabled = false;
    const box = resultBox(step);
    box.innerHTML = remark;
    if (!remark) return true;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "start" });
    return false;
  }

  async function forward() {
    const from = now;
    if (from === LAST || !(await mayLeave(steps[from])) || now !== from) return;
    const next = backToReview ? LAST : from + 1;
    backToReview = false;
    go(next);
  }

  /* ----- the review ----- */

  const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

  function labelOf(question) {
    const label = question.querySelector(".question-label, label").cloneNode(true);
    label.querySelectorAll(".question-optional").forEach((part) => part.remove());
    return textOf(label);
  }

  function answerOf(question) {
    const fields = fieldsOf(question);
    const ticks = fields.filter((field) => /^(radio|checkbox)$/.test(field.type));
    if (ticks.length === 1 && ticks[0].type === "checkbox" && fields.length === 1) return ticks[0].checked ? words.yes : "";
    if (ticks.length) return ticks.filter((one) => one.checked).map((one) => textOf(one.labels[0])).join("\n");
    return fields.map((field) => (field.tagName === "SELECT" ? textOf(field.selectedOptions[0]) : field.value)).join(" ").trim();
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function reviewRow(question, at) {
    const row = element("div", "summary-row");
    const label = labelOf(question);
    const change = element("dd", "summary-change");
    const button = element("button", "btn-text", words.change);
    button.type = "button";
    button.append(element("span", "visually-hidden", ` ${label}`));
    button.addEventListener("click", () => {
      backToReview = true;
      go(at);
      fieldsOf(question)[0]?.focus();
    });
    change.append(button);
    row.append(element("dt", "", label), element("dd", "summary-lines", answerOf(question) || words.noAnswer), change);
    return row;
  }

  function fillReview() {
    const lists = steps.flatMap((step, at) => {
      const questions = [...step.querySelectorAll("[data-question]")];
      if (!questions.length) return [];
      const list = element("dl", "summary-list");
      list.append(...questions.map((question) => reviewRow(question, at)));
      return [element("h3", "", textOf(legendOf(step))), list];
    });
    review.querySelector("[data-review-lists]").replaceChildren(...lists);
  }

  /* ----- moving ----- */

  actions.querySelector("[data-step-continue]").addEventListener("click", forward);
  actions.querySelector("[data-step-back]").addEventListener("click", () => {
    backToReview = false;
    if (START) go(now - 1); /* opened in the middle after an error: there may be nothing of ours to go back to */
    else history.back();
  });
  addEventListener("popstate", (event) => show(event.state?.step ?? 0));
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-continue-anyway]")) go(now + 1);
  });

  /* Enter in a middle step goes on; the last step sends, once every step holds. Runs before the double-click guard. */
  form.addEventListener("submit", (event) => {
    if (now < LAST) {
      event.preventDefault();
      forward();
      return;
    }
    const broken = steps.findIndex((step) => fieldsOf(step).some((field) => !field.validity.valid));
    if (broken < 0) return;
    event.preventDefault();
    go(broken);
    check(steps[broken]);
  });

  /* A link of the error summary opens the step that holds its question. */
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-link]");
    const target = link && document.getElementById(link.hash.slice(1));
    const at = steps.findIndex((step) => target && step.contains(target));
    if (at < 0) return;
    event.preventDefault();
    if (at !== now) go(at);
    (fieldsOf(questionOf(target))[0] ?? target).focus();
  });

  history.replaceState({ step: START }, "");
  show(START, { focus: false });
  form.dataset.stepsReady = "";
})();
