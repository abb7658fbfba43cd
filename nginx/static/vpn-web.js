// Refreshes <main data-refresh> by conditional requests, finds and sorts in place, listens to keys. Without it every page
// works all the same.
(() => {
  "use strict";
  const page = document;
  const $ = (what, where = page) => where.querySelector(what);
  const $$ = (what, where = page) => [...where.querySelectorAll(what)];
  let main = $("main");
  const words = page.documentElement.dataset;

  // Another main in place of this one: what the reader had opened stays so, and the focus where it was.
  function replace(fresh) {
    const known = new Map($$("details[data-key]", main).map((d) => [d.dataset.key, d.open]));
    for (const d of $$("details[data-key]", fresh)) if (known.has(d.dataset.key)) d.open = known.get(d.dataset.key);
    const active = page.activeElement;
    const within = main.contains(active) && active !== main;
    const key = within && active.closest("details[data-key]")?.dataset.key;
    const href = within && active.getAttribute("href");
    const id = within && active.id;
    const caret = within && active.matches("input") ? [active.value, active.selectionStart] : null;
    main.replaceWith(fresh);
    main = fresh;
    furnish();
    if (!within) return;
    const target = active === pause ? pause : id ? page.getElementById(id)
      : key ? $$("details[data-key]", main).find((d) => d.dataset.key === key)?.firstElementChild
      : href && $$("a", main).find((a) => a.getAttribute("href") === href);
    target?.focus({ preventScroll: true });
    if (caret && target) { target.value = caret[0]; target.setSelectionRange?.(caret[1], caret[1]); }
  }

  // Refreshing
  const pause = page.createElement("button"), note = page.createElement("span");
  pause.type = "button";
  note.setAttribute("role", "status");
  let tag = null, timer = 0, paused = false, failed = false, asked = 0;

  function furnish() {
    const place = main.dataset.refresh && $(".asof", main);
    if (place) {
      pause.textContent = paused ? main.dataset.resume : main.dataset.pause;
      note.textContent = failed ? main.dataset.failed : "";
      place.append(pause, note);
    }
    if (navigator.clipboard) for (const code of $$("[data-copy]", main)) {
      const button = page.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.title = words.copy;
      button.setAttribute("aria-label", words.copy);
      code.after(button);
    }
  }

  // The page of an address, or null where there is nothing to show.
  async function get(address, headers = {}) {
    const answer = await fetch(address, {
      headers, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10000),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(), null;
    if (answer.status === 304) return null;
    if (!answer.ok) throw new Error(answer.status);
    const other = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = $("main", other);
    if (!fresh) return location.reload(), null;
    tag = answer.headers.get("ETag");
    page.title = other.title;
    return page.adoptNode(fresh);
  }

  const isChanged = (field) => field.options ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((o) => o.defaultSelected))
    : field.checked !== field.defaultChecked || field.type !== "hidden" && field.value !== field.defaultValue;

  async function refresh() {
    if (paused || page.hidden || getSelection().toString()) return;
    // Who is typing or choosing is not disturbed, nor is what they chose thrown away.
    if (page.activeElement?.matches("main :is(input, select)") || $$("form :is(input, select)", main).some(isChanged)) return;
    const turn = ++asked;
    try {
      const fresh = await get(location.pathname + location.search, tag ? { "If-None-Match": tag } : {});
      if (turn !== asked) return;
      const changed = failed;
      failed = false;
      if (fresh) replace(fresh);
      else if (changed) furnish();
    } catch {
      if (turn === asked) { failed = true; note.textContent = main.dataset.failed || ""; }
    }
  }

  function schedule() {
    clearInterval(timer);
    if (!paused && main.dataset.refresh) timer = setInterval(refresh, main.dataset.refresh * 1000);
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    furnish();
    schedule();
    if (!paused) refresh();
  });
  page.addEventListener("visibilitychange", () => { if (!page.hidden) refresh(); });

  // Orders, filters and windows of this page without another one: the server answers, the address says what is shown.
  async function go(address, replacing) {
    const turn = ++asked;
    try {
      const fresh = await get(address);
      if (turn !== asked || !fresh) return;
      history[replacing ? "replaceState" : "pushState"](null, "", address);
      replace(fresh);
      schedule();
    } catch { location.assign(address); }
  }
  const plain = (event) => !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  page.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) {
      navigator.clipboard.writeText(button.previousElementSibling.title).then(() => {
        button.classList.add("done");
        button.setAttribute("aria-label", words.copied);
        setTimeout(() => { button.classList.remove("done"); button.setAttribute("aria-label", words.copy); }, 1500);
      });
      return;
    }
    const bar = event.target.closest(".plot g[data-row]");
    if (bar) {
      // The bars' links are in the table below, newest first.
      const rows = $$("tbody tr", bar.closest("figure"));
      const link = $("a", rows[rows.length - 1 - bar.dataset.row] || page.createElement("i"));
      if (link) location.assign(link.href);
      return;
    }
    const link = event.target.closest("main :is(thead, .tabs, .pager) a");
    if (!link || !plain(event) || link.pathname !== location.pathname || link.origin !== location.origin) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener("popstate", () => go(location.pathname + location.search, true));

  let typing = 0;
  page.addEventListener("input", (event) => {
    const form = event.target.closest("form[role=search]");
    if (!form || event.isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(() => {
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      go(location.pathname + "?" + query, true);
    }, 250);
  });

  // Keys, by their place: g then a letter, /, r and ?. They can be switched off.
  const help = $("#keys"), box = $("#keys-on");
  if (help) {
    help.hidden = false;
    try { box.checked = localStorage.getItem("keys") !== "off"; } catch { /* nothing is kept */ }
    box.addEventListener("change", () => {
      try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* nothing is kept */ }
    });
    let first = 0;
    page.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        for (const d of $$("details.hint[open], details.keys[open]")) d.open = false;
        if (page.activeElement?.matches("input[type=search]")) page.activeElement.blur();
        return;
      }
      if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
      const letter = event.code.replace("Key", "").toLowerCase();
      if (Date.now() - first < 1200) {
        first = 0;
        const link = $(`nav a[data-key-letter="${CSS.escape(letter)}"]`);
        if (link) location.assign(link.href);
      } else if (letter === "g") first = Date.now();
      else if (event.key === "?" || event.code === "Slash" && event.shiftKey) {
        help.open = true;
        help.firstElementChild.focus();
      } else if (event.key === "/" || event.code === "Slash") {
        const field = $("input[type=search]");
        if (!field) location.assign("/users");
        else { event.preventDefault(); field.focus(); field.select(); }
      } else if (letter === "r") $("form[action='/refresh'] button")?.click();
    });
  }

  furnish();
  schedule();
})();
