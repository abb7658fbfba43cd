// Keeps <main data-refresh> fresh by conditional requests. Without it every page works all the same.
(() => {
  "use strict";
  let main = document.querySelector("main[data-refresh]");
  if (!main) return;
  const seconds = Number(main.dataset.refresh);
  let tag = null, timer = 0, paused = false, failed = false;

  const button = document.createElement("button");
  button.type = "button";
  const note = document.createElement("span");
  note.setAttribute("role", "status");

  function furnish() {
    const place = main.querySelector(".asof");
    if (!place) return;
    button.textContent = paused ? main.dataset.resume : main.dataset.pause;
    note.textContent = failed ? main.dataset.failed : "";
    place.append(button, note);
  }

  // What the reader had opened stays open, and the focus where it was.
  function replace(fresh) {
    const open = new Set(Array.from(main.querySelectorAll("details[open][data-key]"), (d) => d.dataset.key));
    for (const d of fresh.querySelectorAll("details[data-key]")) d.open = open.has(d.dataset.key);
    const active = document.activeElement;
    const within = main.contains(active) && active !== main;
    const key = within && active.closest("details[data-key]");
    const href = within && active.getAttribute("href");
    main.replaceWith(fresh);
    main = fresh;
    furnish();
    if (!within) return;
    const target = active === button ? button
      : key ? Array.from(main.querySelectorAll("details[data-key]")).find((d) => d.dataset.key === key.dataset.key)?.querySelector("summary")
      : href && Array.from(main.querySelectorAll("a")).find((a) => a.getAttribute("href") === href);
    if (target) target.focus({ preventScroll: true });
  }

  async function refresh() {
    if (paused || document.hidden || window.getSelection().toString()) return;
    // Who is typing is not disturbed.
    if (document.activeElement?.matches("main input")) return;
    try {
      const answer = await fetch(location.pathname + location.search, {
        headers: tag ? { "If-None-Match": tag } : {}, credentials: "same-origin", redirect: "manual", cache: "no-store",
        signal: AbortSignal.timeout(10000),
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload();
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("main[data-refresh]");
        if (!fresh) return location.reload();
        tag = answer.headers.get("ETag");
        failed = false;
        document.title = page.title;
        replace(document.adoptNode(fresh));
      } else if (failed) {
        failed = false;
        furnish();
      }
    } catch {
      failed = true;
      furnish();
    }
  }

  function schedule() {
    clearInterval(timer);
    if (!paused) timer = setInterval(refresh, seconds * 1000);
  }

  button.addEventListener("click", () => {
    paused = !paused;
    furnish();
    schedule();
    if (!paused) refresh();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  furnish();
  schedule();
})();
