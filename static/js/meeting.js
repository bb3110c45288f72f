/* A tick on the meeting page is kept as it is made. Without this the button does it. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-quietly]");
  if (!form) return;
  const status = form.querySelector("[role=status]");
  let sending = Promise.resolve();

  // What is on the screen now counts as seen once it is kept: the next tick is told apart from those of others by it.
  function shown(data) {
    const text = { needs_line: data.get("needs_line") };
    return JSON.stringify({ covered: data.getAll("covered"), needs: data.getAll("needs"), ...text });
  }

  async function keep() {
    const data = new URLSearchParams(new FormData(form));
    data.set("quietly", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
      const kept = answer.status === 204 || answer.status === 205;
      if (kept) form.elements.seen.value = shown(data);
      const words = { 204: status.dataset.kept, 205: status.dataset.others };
      status.textContent = words[answer.status] ?? status.dataset.failed;
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
