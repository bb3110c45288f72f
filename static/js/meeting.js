/* A tick on the meeting page is kept as it is made. Without this the button does it. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-quietly]");
  if (!form) return;
  const status = form.querySelector("[role=status]");
  let sending = Promise.resolve();

  async function keep() {
    const data = new URLSearchParams(new FormData(form));
    data.set("quietly", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
      status.textContent = answer.status === 204 ? status.dataset.kept : status.dataset.failed;
    } catch {
      status.textContent = status.dataset.failed;
    }
  }

  // One after the other, so that the last state is the one that is kept.
  form.addEventListener("change", () => {
    status.textContent = "";
    sending = sending.then(keep);
  });
})();
