/*
 * Leaves the site at once: by the button, or by pressing Shift three times within five seconds.
 *
 * Order matters. The screen is covered before anything touches the network, because the network may be slow.
 * Then the server is told (it ends the session), then this page is replaced, so that it is not behind the Back button.
 * Without this script the button still works: it is a form, and the server answers with the way out.
 */
(() => {
  "use strict";

  const root = document.documentElement;
  const form = document.querySelector("form[data-quick-exit]");
  const WINDOW_MS = 5000;
  const PRESSES = 3;
  let leaving = false;

  /** Nothing of the page is left to see: body hidden, title and small picture gone. */
  function cover() {
    root.classList.add("leaving");
    document.title = "…";
    document.querySelectorAll("link[rel~='icon']").forEach((link) => link.remove());
  }

  /** The server ends the session. keepalive: the request outlives this page. The answer is not waited for. */
  function tellServer() {
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(
      () => {},
    );
  }

  /** Read by the server for half an hour, so that Back shows a neutral page even if the request above is still on its way. */
  function leaveMark() {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${form.dataset.cookie}=1; path=/; max-age=1800; samesite=lax${secure}`;
  }

  function forgetTyped() {
    document.querySelectorAll("form").forEach((one) => one !== form && one.reset());
  }

  function leave() {
    if (leaving) return;
    leaving = true;
    cover();
    leaveMark();
    tellServer();
    forgetTyped();
    channel?.postMessage("leave");
    location.replace(form.dataset.leaveTo);
  }

  /* Other tabs of this site leave too. */
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("leave") : null;
  if (channel) {
    channel.onmessage = () => {
      if (leaving) return;
      leaving = true;
      cover();
      forgetTyped();
      if (form) location.replace(form.dataset.leaveTo);
    };
  }

  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      leave();
    });

    let presses = [];
    let alone = false;
    document.addEventListener("keydown", (event) => {
      /* Only Shift pressed by itself counts: typing capital letters must never throw anyone out. */
      if (event.key !== "Shift") {
        alone = false;
        presses = [];
        return;
      }
      if (!event.repeat) alone = true;
    });
    document.addEventListener("keyup", (event) => {
      if (event.key !== "Shift" || !alone) return;
      alone = false;
      presses = [...presses.filter((at) => event.timeStamp - at < WINDOW_MS), event.timeStamp];
      if (presses.length >= PRESSES) leave();
    });
    document.addEventListener("pointerdown", () => {
      alone = false;
    });
  }

  /*
   * Browsers may keep a whole page in memory for the Back button, even one sent with no-store. So the page is covered
   * before it is put away, and asked for anew when it comes back: the server then decides what may be seen.
   */
  addEventListener("pagehide", (event) => {
    if (event.persisted) root.classList.add("leaving");
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    root.classList.add("leaving");
    location.replace(location.pathname + location.search); /* a plain GET: reload() would offer to send a form again */
  });
})();
