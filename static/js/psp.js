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
  const groups = [...form.querySelectorAll("[data-step-group]")];
  const ends = [...form.querySelectorAll("[data-steps-end]")];
  const review = piece("[data-review]");
  const count = piece(".steps-count");
  const actions = piece("[data-step-actions]");
  const LAST = steps.length;
  const firstWrong = steps.findIndex((step) => step.querySelector("[data-field-error]"));
  /* a form that was saved opens where it was left */
  const START = firstWrong >= 0 ? firstWrong : Math.min(Number(form.dataset.startAt ?? 0), LAST);
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
    groups.forEach((group) => (group.hidden = !steps[now] || !group.contains(steps[now])));
    review.hidden = now !== LAST;
    ends.forEach((end) => (end.hidden = now !== LAST));
    actions.querySelector("[data-step-continue]").hidden = now === LAST;
    actions.querySelector("[data-step-back]").hidden = now === 0;
    count.querySelector("[data-step-number]").textContent = now + 1;
    count.querySelector("[data-step-total]").textContent = LAST + 1;
    if (form.elements.at_step) form.elements.at_step.value = now;
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

  /** What the browser lets pass all the same: none of several boxes ticked, or nothing typed where another answer asks for it. */
  function isLeftOut(field) {
    const [name, value] = (field.dataset.neededWith ?? "").split("=");
    if (name) return form.elements[name]?.value === value && !field.value.trim();
    const question = questionOf(field);
    const boxes = fieldsOf(question);
    if (field.type !== "checkbox" || boxes.length < 2 || question.querySelector(".question-optional")) return false;
    return !boxes.some((box) => box.checked);
  }

  const isWrong = (field) => !field.validity.valid || isLeftOut(field);

  function messageFor(field) {
    const { validity, type, tagName } = field;
    if (validity.valid) return type === "checkbox" ? words.choose : words.required;
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
      const wrongHere = isWrong(field);
      if (wrongHere) seen.add(field.name);
      return wrongHere;
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

  function headingText(heading) {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".question-optional").forEach((part) => part.remove());
    return textOf(copy);
  }

  const labelOf = (question) => headingText(question.querySelector(".question-label, label"));

  /** Many ticks read better by what they have in common: "Monday, Morning 9 to 12, Evening 6 to 9". */
  function byGroup(ticks) {
    const lines = new Map();
    for (const one of ticks) lines.set(one.dataset.group, [...(lines.get(one.dataset.group) ?? []), textOf(one.labels[0])]);
    return [...lines].map(([group, items]) => [group, ...items].join(", ")).join("\n");
  }

  function answerOf(question) {
    const fields = fieldsOf(question);
    const ticks = fields.filter((field) => /^(radio|checkbox)$/.test(field.type));
    if (ticks[0]?.dataset.group) return byGroup(ticks.filter((one) => one.checked));
    if (ticks.length) return ticks.filter((one) => one.checked).map((one) => textOf(one.labels[0])).join("\n");
    return fields.map((field) => (field.tagName === "SELECT" ? textOf(field.selectedOptions[0]) : field.value)).join(" ").trim();
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const isTick = (question) => fieldsOf(question).length === 1 && fieldsOf(question)[0].type === "checkbox";

  /** Tick boxes that stand under one heading are one thing to look at again: [heading or null, questions] in the order of the page. */
  function inGroups(step) {
    const headings = [...step.querySelectorAll("h2, h3")];
    const groups = new Map();
    for (const question of step.querySelectorAll("[data-question]:not([hidden])")) {
      const above = headings.filter((one) => one.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1);
      const key = isTick(question) && above ? above : question;
      groups.set(key, [...(groups.get(key) ?? []), question]);
    }
    return [...groups].map(([key, questions]) => [key === questions[0] ? null : key, questions]);
  }

  function ticksText(questions) {
    const ticked = questions.filter((question) => fieldsOf(question)[0].checked).length;
    if (ticked === 0) return words.no;
    return ticked === questions.length ? words.yes : `${ticked} / ${questions.length}`;
  }

  /** `at`: the step that the row's own button opens, where a heading does not have one for all rows. */
  function reviewRow([heading, questions], at) {
    const row = element("div", "summary-row");
    const label = heading ? headingText(heading) : labelOf(questions[0]);
    const answer = isTick(questions[0]) ? ticksText(questions) : answerOf(questions[0]) || words.noAnswer;
    row.append(element("dt", "", label), element("dd", "summary-lines", answer));
    if (at !== undefined) {
      const change = element("dd", "summary-change");
      change.append(changeButton(label, at));
      row.append(change);
    }
    return row;
  }

  function changeButton(title, at) {
    const button = element("button", "btn-text", words.change);
    button.type = "button";
    button.append(element("span", "visually-hidden", ` ${title}`));
    button.addEventListener("click", () => {
      backToReview = true;
      go(at);
    });
    return button;
  }

  function reviewHead(title, at) {
    const head = element("div", "review-head");
    head.append(element("h3", "", title));
    if (at !== undefined) head.append(changeButton(title, at));
    return head;
  }

  /* A step that only asks for one needed tick holds nothing to look at again. */
  function hasAnswers(step) {
    const fields = fieldsOf(step);
    return fields.length > 1 || (fields.length === 1 && !(fields[0].type === "checkbox" && fields[0].required));
  }

  function fillReview() {
    const lists = steps.flatMap((step, at) => {
      if (!hasAnswers(step)) return [];
      const group = step.closest("[data-step-group]");
      const begun = group && steps[at - 1] && group.contains(steps[at - 1]);
      const list = element("dl", "summary-list");
      list.append(...inGroups(step).map((row) => reviewRow(row, group ? at : undefined)));
      if (begun) return [list];
      return [group ? reviewHead(textOf(legendOf(group))) : reviewHead(textOf(legendOf(step)), at), list];
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
    if (event.submitter?.formNoValidate) return; /* saved as it is, from any step */
    if (now < LAST) {
      event.preventDefault();
      forward();
      return;
    }
    const broken = steps.findIndex((step) => fieldsOf(step).some(isWrong));
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
