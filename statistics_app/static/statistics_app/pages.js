// What every page does beyond its forms and links. Without this file all of them still work.
"use strict";
(() => {
  const root = document.documentElement;
  const YEAR = 365 * 86400;
  const MINUTE = 60 * 1000;
  const by = (id) => document.getElementById(id);
  root.classList.add("scripted");

  // The server writes times on the reader's clock as soon as the browser has said which that is.
  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax${secure}`;
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes(`statistics_zone=${zone}`)) remember("statistics_zone", zone);

  const say = (text) => { by("said").textContent = text; };

  // Light and dark, without the page being loaded anew.
  const FOLLOWING = { system: "dark", dark: "light", light: "system" };
  if (by("theme")) by("theme").addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = FOLLOWING[root.dataset.theme] || "dark";
    root.dataset.theme = chosen;
    remember("statistics_theme", chosen);
    const button = event.target.querySelector("button");
    button.title = `Colours: ${chosen}`;
    button.setAttribute("aria-label", `Colours: ${chosen}. Change them.`);
    document.dispatchEvent(new Event("theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("theme")));

  // The age of the numbers grows by itself; once newer ones are overdue the server is asked for the reason.
  const duration = (seconds) => {
    const parts = [[86400, "day"], [3600, "h"], [60, "min"], [1, "s"]];
    const said = [];
    for (const [length, name] of parts) {
      const number = Math.floor(seconds / length);
      seconds -= number * length;
      if (number) said.push(`${number} ${name}${name === "day" && number > 1 ? "s" : ""}`);
    }
    return said.slice(0, 2).join(" ") || "0 s";
  };
  let asked = 0;
  const age = () => {
    for (const element of document.querySelectorAll("[data-since]")) {
      if (element.id === "shown") continue;
      element.textContent = duration(Math.max(0, (Date.now() - Date.parse(element.dataset.since)) / 1000));
    }
    const line = by("as-of");
    const isDue = line && line.dataset.due && Date.now() > Date.parse(line.dataset.due);
    if (!isDue || !window.htmx || Date.now() - asked < MINUTE) return;
    asked = Date.now();
    htmx.trigger(line, "overdue");
  };
  setInterval(age, 10000);

  // Definitions: `?` shows or hides all of them, Escape the one that is in the way.
  const toggleDefinitions = () => {
    if (!document.querySelector(".definition")) return;
    const shown = document.body.classList.toggle("defined");
    say(shown ? "Definitions are shown." : "Definitions are hidden.");
  };
  const isTyping = (element) => /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && !/^(checkbox|radio)$/.test(element.type);
  const quell = () => {
    document.body.classList.add("quelled");
    const back = () => document.body.classList.remove("quelled");
    for (const type of ["mouseout", "focusin"]) document.addEventListener(type, back, { once: true });
  };
  const close = (except) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(except)) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    close(event.target);
    const copied = event.target.dataset && event.target.dataset.copy;
    if (copied && navigator.clipboard) navigator.clipboard.writeText(by(copied).textContent).then(() => say("Copied."));
    if (event.target.id === "define") toggleDefinitions();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(null); quell(); document.body.classList.remove("defined"); }
    if (event.key === "?" && !isTyping(event.target)) toggleDefinitions();
    // A list of rows: up and down move from link to link, and Enter opens, as it does with links.
    const row = event.target.closest && event.target.closest(".list tbody tr");
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step || isTyping(event.target)) return;
    const first = document.querySelector(".list tbody tr");
    const next = row ? row[step] : document.activeElement === document.body && first;
    if (next) { event.preventDefault(); next.querySelector("a").focus(); }
  });

  // Whoever writes a time means it: the choice that takes it is made.
  document.addEventListener("change", (event) => {
    const chosen = event.target.dataset.chooses;
    if (chosen) by(chosen).checked = true;
  }, true);

  // Addresses stay short: a time that no choice takes is not in them.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    for (const field of sourceElement.querySelectorAll("[data-chooses]")) {
      if (!by(field.dataset.chooses).checked) request.body.delete(field.name);
    }
  });

  // What was unfolded stays so when its place is filled anew.
  let unfolded = [];
  const folds = () => document.querySelectorAll("#numbers details");
  const named = (fold) => fold.querySelector("summary").textContent.replace(/\d/g, "");
  document.addEventListener("htmx:before:swap", () => { unfolded = [...folds()].filter((fold) => fold.open).map(named); });
  document.addEventListener("htmx:after:swap", () => {
    for (const fold of folds()) if (unfolded.includes(named(fold))) fold.open = true;
  });

  // When the server fails or is away, what is shown and what was chosen stay, and it can be tried again.
  const trouble = (text, element) => {
    const note = document.createElement("p");
    note.className = "note trouble";
    note.setAttribute("role", "alert");
    const said = document.createElement("span");
    said.textContent = text;
    note.append(said);
    if (element && element.requestSubmit) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "quiet";
      again.textContent = "Try again";
      again.addEventListener("click", () => element.requestSubmit());
      note.append(again);
    }
    by("trouble").replaceChildren(note);
  };
  const failed = (context) => context.response && context.response.status >= 400 && context.response.status !== 400;
  // Nobody pressed anything when the line above the numbers asks how old they are: then nothing is said, either.
  const isPressed = (context) => context.sourceElement.id !== "as-of";
  document.addEventListener("htmx:error", (event) => {
    const context = event.detail.ctx;
    if (context && !context.response && isPressed(context)) {
      trouble("The server cannot be reached. What you see and what you chose is kept.", context.sourceElement);
    }
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const context = event.detail.ctx;
    if (failed(context)) event.preventDefault();
    if (!isPressed(context)) return;
    if (!failed(context)) { by("trouble").replaceChildren(); return; }
    const status = context.response.status;
    trouble(status === 403 ? "That is not allowed any more. Load the page again." : `The server failed (${status}). What you see is kept.`, context.sourceElement);
  });
})();
