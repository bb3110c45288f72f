/*
 * A table in a file, read into the box of the form by the browser itself: no file is ever sent. Without this script
 * people copy and paste.
 */
(() => {
  "use strict";

  const form = document.querySelector("form[data-paste-table]");
  const pick = form?.querySelector("[data-paste-pick]");
  const box = form && document.getElementById(form.dataset.pasteTable);
  if (!pick || !box) return;

  const news = pick.querySelector("[data-paste-news]");
  /* Outside the form and without a name: it cannot be sent. */
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".csv,.txt,text/csv,text/plain";
  pick.hidden = false;
  pick.querySelector("button").addEventListener("click", () => input.click());

  /** Old spreadsheets write Windows letters; a file that is no text has zeros in it. */
  function decoded(bytes) {
    if (bytes.includes(0)) return null;
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  }

  async function read(file) {
    if (file.size > Number(box.maxLength)) return "big";
    const text = decoded(new Uint8Array(await file.arrayBuffer()));
    if (text === null) return "kind";
    box.value = text;
    return "read";
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const found = await read(file);
    /* The name of a file may name somebody */
    input.value = "";
    news.textContent = news.dataset[found];
    if (found === "read") box.focus();
  });
})();
