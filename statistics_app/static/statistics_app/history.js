// The page of charts: zooming fills in the form, the form requests the charts, and the URL contains the whole selection.
"use strict";
(() => {
  const form = document.getElementById("history");
  const byId = (id) => document.getElementById(id);
  const announce = (name) => { byId("status").textContent = window.statisticsText(name); };
  const rangeInput = (value) => form.querySelector(`[name=range][value="${value}"]`);
  const selectedRange = () => form.querySelector("[name=range]:checked").value;
  const zoomHistory = [];
  // The exact times of a zoom. The fields hold local times, which are ambiguous in an hour that is repeated.
  let exactTimes = null;
  for (const id of ["since", "until"]) byId(id).addEventListener("change", () => { exactTimes = null; });

  // To keep URLs short, all metrics are sent in one parameter.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement !== form) return;
    const metrics = request.body.getAll("metrics").join(",");
    request.body.delete("metrics");
    if (metrics) request.body.set("metrics", metrics);
    if (selectedRange() !== "custom") exactTimes = null;
    for (const [name, value] of Object.entries(exactTimes || {})) request.body.set(name, value);
  });

  const localTime = (seconds) => {
    const zone = byId("charts").dataset.zone;
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return parts.format(seconds * 1000).replace(" ", "T");
  };
  const select = ({ range, since, until, exact }) => {
    exactTimes = exact;
    byId("since").value = since;
    byId("until").value = until;
    rangeInput(range).checked = true;
    form.requestSubmit();
  };
  const selection = () => ({ range: selectedRange(), since: byId("since").value, until: byId("until").value, exact: exactTimes });
  const zoom = (event) => {
    zoomHistory.push(selection());
    const { since, until } = event.detail;
    const iso = (seconds) => new Date(seconds * 1000).toISOString();
    select({ range: "custom", since: localTime(since), until: localTime(until), exact: { since: iso(since), until: iso(until) } });
    announce("zoomedIn");
  };
  const unzoom = () => {
    const previous = zoomHistory.pop();
    if (previous) { select(previous); announce("zoomedOut"); }
  };

  document.addEventListener("zoom", zoom);
  document.addEventListener("unzoom", unzoom);

  // The search field filters the list on the page, and opens the groups of what it finds; its changes must not submit the form.
  byId("search").addEventListener("change", (event) => event.stopPropagation());
  byId("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = [...document.querySelectorAll("#metrics details")];
    for (const group of groups) {
      const labels = [...group.querySelectorAll("[data-search]")];
      for (const label of labels) label.hidden = !words.every((word) => label.dataset.search.includes(word));
      group.hidden = labels.every((label) => label.hidden);
      group.open = words.length > 0 || group.querySelector(":checked") !== null;
    }
    byId("no-metric").hidden = !groups.every((group) => group.hidden);
  });

  document.addEventListener("click", (event) => {
    if (event.target.id === "link" && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(event.target.href).then(() => {
        announce("linkCopied");
        const label = event.target.textContent;
        event.target.textContent = window.statisticsText("copied");
        setTimeout(() => { event.target.textContent = label; }, 2000);
      });
    }
  });
})();
