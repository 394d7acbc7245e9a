// Enhancements of all pages. Their forms and links work without this file.
"use strict";
(() => {
  const root = document.documentElement;
  const YEAR_SECONDS = 365 * 86400;
  const MINUTE_MS = 60 * 1000;
  const byId = (id) => document.getElementById(id);
  const text = window.statisticsText;
  root.classList.add("scripted");

  // The cookie tells the server the reader's time zone, in which it then renders all times.
  const setCookie = (name, value) => {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `${name}=${value};path=/;max-age=${YEAR_SECONDS};samesite=lax${secure}`;
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes(`statistics_zone=${zone}`)) setCookie("statistics_zone", zone);

  const announce = (news) => { byId("status").textContent = news; };

  // Back and Forward between the selections of one page only change the URL until htmx listens, so load what it names.
  document.addEventListener("DOMContentLoaded", () => {
    const [navigation] = performance.getEntriesByType("navigation");
    if (history.state?.htmx && new URL(navigation.name).search !== location.search) location.reload();
  });

  // Switch between light and dark mode without reloading the page.
  const NEXT_THEME = { system: "dark", dark: "light", light: "system" };
  if (byId("theme")) byId("theme").addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = NEXT_THEME[root.dataset.theme] || "dark";
    root.dataset.theme = theme;
    setCookie("statistics_theme", theme);
    const button = event.target.querySelector("button");
    const name = text(theme);
    button.title = text("colours", { theme: name });
    button.setAttribute("aria-label", text("changeColours", { theme: name }));
    document.dispatchEvent(new Event("theme"));
  });
  // The language is chosen without a button.
  byId("language")?.addEventListener("change", (event) => event.currentTarget.submit());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("theme")));

  // The age of the numbers is updated in place; once a newer snapshot is due, the server is asked whether there is one.
  const duration = (seconds) => {
    const parts = [[86400, "days"], [3600, "hours"], [60, "minutes"], [1, "seconds"]];
    const texts = [];
    for (const [length, name] of parts) {
      const number = Math.floor(seconds / length);
      seconds -= number * length;
      if (number) texts.push(text(name === "days" && number === 1 ? "day" : name, { number }));
    }
    return texts.slice(0, 2).join(" ") || text("seconds", { number: 0 });
  };
  let lastRequest = 0;
  const updateAge = () => {
    for (const element of document.querySelectorAll("[data-since]")) {
      if (element.id === "shown") continue;
      element.textContent = duration(Math.max(0, (Date.now() - Date.parse(element.dataset.since)) / 1000));
    }
    const line = byId("as-of");
    const isDue = line && line.dataset.due && Date.now() > Date.parse(line.dataset.due);
    if (!isDue || !window.htmx || Date.now() - lastRequest < MINUTE_MS) return;
    lastRequest = Date.now();
    htmx.trigger(line, "overdue");
  };
  setInterval(updateAge, 10000);

  // Definitions: `?` shows or hides all of them; Escape hides all, and the one under the pointer or focus.
  const toggleDefinitions = () => {
    if (!document.querySelector(".definition")) return;
    const areShown = document.body.classList.toggle("with-definitions");
    announce(text(areShown ? "definitionsShown" : "definitionsHidden"));
  };
  const isTyping = (element) => /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && !/^(checkbox|radio)$/.test(element.type);
  const hideTooltips = () => {
    document.body.classList.add("without-tooltips");
    const restore = () => document.body.classList.remove("without-tooltips");
    for (const type of ["mouseout", "focusin"]) document.addEventListener(type, restore, { once: true });
  };
  // Browsers give no access to the clipboard over plain HTTP: there, the text is selected.
  const copy = (button, source) => {
    if (!navigator.clipboard) {
      getSelection().selectAllChildren(source);
      announce(text("isSelected"));
      return;
    }
    navigator.clipboard.writeText(source.textContent).then(() => {
      announce(text("isCopied"));
      button.textContent = text("copied");
      setTimeout(() => { button.textContent = text("copy"); }, 2000);
    });
  };
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(except)) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    if (event.target.dataset && event.target.dataset.copy) copy(event.target, byId(event.target.dataset.copy));
    if (event.target.id === "define") toggleDefinitions();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeMenus(null); hideTooltips(); document.body.classList.remove("with-definitions"); }
    if (event.key === "?" && !isTyping(event.target)) toggleDefinitions();
    // In lists, the up and down arrow keys move between the links of the rows; Enter follows a link as usual.
    const row = event.target.closest && event.target.closest(".list tbody tr");
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step || isTyping(event.target)) return;
    const first = document.querySelector(".list tbody tr");
    const next = row ? row[step] : document.activeElement === document.body && first;
    if (next) { event.preventDefault(); next.querySelector("a").focus(); }
  });

  // Editing a time field selects the option that uses it.
  document.addEventListener("change", (event) => {
    const option = event.target.dataset.chooses;
    if (option) byId(option).checked = true;
  }, true);

  // To keep URLs short, time fields are not sent unless the option that uses them is selected.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    for (const field of sourceElement.querySelectorAll("[data-chooses]")) {
      if (!byId(field.dataset.chooses).checked) request.body.delete(field.name);
    }
  });

  // After each response, the fields "from" and "to" show the time range of the charts, so that it can be adjusted.
  let shownRange = null;
  const updateFields = () => {
    const { since, until } = byId("shown")?.dataset || {};
    if (!since || shownRange === since + until) return;
    shownRange = since + until;
    if (document.querySelector("[name=range]:checked").value !== "custom") { byId("since").value = since; byId("until").value = until; }
  };
  document.addEventListener("htmx:after:swap", updateFields);
  updateFields();

  // The form stays when the part below it is replaced: mark the field that an error is about.
  document.addEventListener("htmx:after:swap", () => {
    const { invalid } = (byId("shown") || byId("compared"))?.dataset || {};
    for (const field of document.querySelectorAll(".choices [name]")) {
      if (field.name === invalid && field.type !== "radio") {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", "error");
      } else if (field.getAttribute("aria-describedby") === "error") {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
    }
  });

  // Open `details` elements stay open when htmx replaces the numbers or the comparison.
  let openSummaries = [];
  const numberDetails = () => document.querySelectorAll("#numbers details, #compared details");
  const summaryOf = (details) => details.querySelector("summary").textContent.replace(/\d/g, "");
  document.addEventListener("htmx:before:swap", () => { openSummaries = [...numberDetails()].filter((details) => details.open).map(summaryOf); });
  document.addEventListener("htmx:after:swap", () => {
    for (const details of numberDetails()) if (openSummaries.includes(summaryOf(details))) details.open = true;
  });

  // If the server fails or cannot be reached, the page and the form stay as they are, and the request can be repeated.
  const showError = (reason, element) => {
    const note = document.createElement("p");
    note.className = "note error";
    note.setAttribute("role", "alert");
    const message = document.createElement("span");
    message.textContent = reason;
    note.append(message);
    if (element && element.requestSubmit) {
      const retry = document.createElement("button");
      retry.type = "button";
      retry.className = "quiet";
      retry.textContent = text("tryAgain");
      retry.addEventListener("click", () => element.requestSubmit());
      note.append(retry);
    }
    byId("errors").replaceChildren(note);
  };
  // The body of a 400 response is the page's own error message, which is shown like any other content.
  const failed = (context) => context.response && context.response.status > 400;
  // The line above the numbers is requested by the page itself, so its errors are not shown.
  const isByReader = (context) => context.sourceElement.id !== "as-of";
  document.addEventListener("htmx:error", (event) => {
    const context = event.detail.ctx;
    if (context && !context.response && isByReader(context)) {
      showError(text("unreachable"), context.sourceElement);
    }
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const context = event.detail.ctx;
    if (failed(context)) event.preventDefault();
    if (!isByReader(context)) return;
    if (!failed(context)) { byId("errors").replaceChildren(); return; }
    const { status, headers } = context.response;
    const wait = headers?.get("Retry-After");
    const reason = status === 403 ? text("noAccess") : wait ? text("busy", { seconds: wait }) : text("failed", { status });
    showError(reason, context.sourceElement);
  });
})();
