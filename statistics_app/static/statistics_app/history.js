// The page of charts: zooming writes the form, the form asks the server, the address says all that is seen.
"use strict";
(() => {
  const form = document.getElementById("history");
  const by = (id) => document.getElementById(id);
  const say = (text) => { by("said").textContent = text; };
  const range = (value) => form.querySelector(`[name=range][value="${value}"]`);
  const chosen = () => form.querySelector("[name=range]:checked").value;
  const before = [];
  // A zoom is exact, also in an hour that comes twice, which the fields cannot say.
  let exact = null;
  for (const id of ["since", "until"]) by(id).addEventListener("change", () => { exact = null; });

  // Addresses stay short: one word for all metrics.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement !== form) return;
    const metrics = request.body.getAll("metrics").join(",");
    request.body.delete("metrics");
    if (metrics) request.body.set("metrics", metrics);
    if (chosen() !== "custom") exact = null;
    for (const [name, value] of Object.entries(exact || {})) request.body.set(name, value);
  });

  const onTheClock = (seconds) => {
    const zone = by("charts").dataset.zone;
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return parts.format(seconds * 1000).replace(" ", "T");
  };
  const choose = ({ name, since, until, exactly }) => {
    exact = exactly;
    by("since").value = since;
    by("until").value = until;
    range(name).checked = true;
    form.requestSubmit();
  };
  const state = () => ({ name: chosen(), since: by("since").value, until: by("until").value, exactly: exact });
  const zoom = (event) => {
    before.push(state());
    const { since, until } = event.detail;
    const iso = (seconds) => new Date(seconds * 1000).toISOString();
    choose({ name: "custom", since: onTheClock(since), until: onTheClock(until), exactly: { since: iso(since), until: iso(until) } });
    say("Zoomed in. Double click or Backspace goes back.");
  };
  const unzoom = () => {
    const back = before.pop();
    if (back) { choose(back); say("Zoomed out."); }
  };

  // What the server has just shown: its times stand in the fields, ready to be changed.
  let followed = null;
  const follow = () => {
    if (by("charts") === followed) return;
    followed = by("charts");
    const { since, until } = by("shown").dataset;
    if (since && chosen() !== "custom") { by("since").value = since; by("until").value = until; }
  };
  document.addEventListener("zoom", zoom);
  document.addEventListener("unzoom", unzoom);
  document.addEventListener("htmx:after:swap", follow);
  follow();

  // What is searched for is no choice, and nothing to ask the server for.
  by("search").addEventListener("change", (event) => event.stopPropagation());
  by("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of document.querySelectorAll("#metrics details")) {
      const labels = [...group.querySelectorAll("[data-search]")];
      for (const label of labels) label.hidden = !words.every((word) => label.dataset.search.includes(word));
      group.hidden = labels.every((label) => label.hidden);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.id === "picture") draw();
    if (event.target.id === "link" && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(event.target.href).then(() => {
        say("The link is copied.");
        const name = event.target.textContent;
        event.target.textContent = "Copied";
        setTimeout(() => { event.target.textContent = name; }, 2000);
      });
    }
  });

  // A picture of what is seen, drawn from the elements that show it.
  const HEAD = 28;
  const draw = () => {
    const charts = by("charts");
    const bounds = charts.getBoundingClientRect();
    const canvas = document.createElement("canvas");
    const scale = Math.max(2, devicePixelRatio);
    canvas.width = bounds.width * scale;
    canvas.height = (bounds.height + HEAD) * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.translate(-bounds.left, HEAD - bounds.top);
    pen.fillStyle = getComputedStyle(document.body).backgroundColor;
    pen.fillRect(bounds.left, bounds.top - HEAD, bounds.width, bounds.height + HEAD);
    const told = document.querySelector(".keep span");
    pen.font = getComputedStyle(told).font;
    pen.fillStyle = getComputedStyle(told).color;
    pen.fillText(told.textContent, bounds.left + 8, bounds.top - HEAD / 3);
    const style = (element) => getComputedStyle(element);
    for (const figure of charts.querySelectorAll(".chart")) {
      const box = figure.getBoundingClientRect();
      pen.fillStyle = style(figure).backgroundColor;
      pen.fillRect(box.left, box.top, box.width, box.height);
      for (const band of figure.querySelectorAll("rect")) {
        const { left, top, width, height } = band.getBoundingClientRect();
        pen.globalAlpha = Number(style(band).fillOpacity);
        pen.fillStyle = style(band).fill;
        pen.fillRect(left, top, width, height);
        pen.globalAlpha = 1;
      }
      for (const line of figure.querySelectorAll(".grid, .ends line, .swatch path")) {
        const { left, top, width, height } = line.getBoundingClientRect();
        pen.fillStyle = style(line).stroke;
        pen.fillRect(left, top + height / 2 - 1, width, line.matches(".grid") ? 1 : 2);
      }
      const drawn = figure.querySelector("canvas");
      const place = drawn && drawn.getBoundingClientRect();
      if (drawn) pen.drawImage(drawn, place.left, place.top, place.width, place.height);
      pen.textBaseline = "middle";
      for (const text of figure.querySelectorAll("text, h2, .legend li")) {
        const { left, top, width, height } = text.getBoundingClientRect();
        if (!width) continue;
        const look = style(text);
        pen.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
        pen.fillStyle = text instanceof SVGElement ? look.fill : look.color;
        const swatch = text.querySelector("svg");
        const indent = swatch ? swatch.getBoundingClientRect().width + 4 : 0;
        pen.fillText(text.textContent.trim().replace(/\s+/g, " "), left + indent, top + height / 2);
      }
    }
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.download = "statistics-history.png";
      link.href = URL.createObjectURL(blob);
      link.click();
      URL.revokeObjectURL(link.href);
    });
  };
})();
