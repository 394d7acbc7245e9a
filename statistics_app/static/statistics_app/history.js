// The page of charts: zooming fills in the form, the form requests the charts, and the URL contains the whole selection.
"use strict";
(() => {
  const form = document.getElementById("history");
  const byId = (id) => document.getElementById(id);
  const announce = (text) => { byId("status").textContent = text; };
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
    announce("Zoomed in. Double-click or press Backspace to go back.");
  };
  const unzoom = () => {
    const previous = zoomHistory.pop();
    if (previous) { select(previous); announce("Zoomed out."); }
  };

  document.addEventListener("zoom", zoom);
  document.addEventListener("unzoom", unzoom);

  // The search field filters the list on the page; its changes must not submit the form.
  byId("search").addEventListener("change", (event) => event.stopPropagation());
  byId("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of document.querySelectorAll("#metrics details")) {
      const labels = [...group.querySelectorAll("[data-search]")];
      for (const label of labels) label.hidden = !words.every((word) => label.dataset.search.includes(word));
      group.hidden = labels.every((label) => label.hidden);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.id === "picture") downloadPicture();
    if (event.target.id === "link" && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(event.target.href).then(() => {
        announce("Link copied.");
        const label = event.target.textContent;
        event.target.textContent = "Copied";
        setTimeout(() => { event.target.textContent = label; }, 2000);
      });
    }
  });

  // Draws the visible elements of the charts on a canvas and saves it as a PNG file.
  const HEADER_HEIGHT = 28;
  const downloadPicture = () => {
    const charts = byId("charts");
    const bounds = charts.getBoundingClientRect();
    const canvas = document.createElement("canvas");
    const scale = Math.max(2, devicePixelRatio);
    canvas.width = bounds.width * scale;
    canvas.height = (bounds.height + HEADER_HEIGHT) * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.translate(-bounds.left, HEADER_HEIGHT - bounds.top);
    pen.fillStyle = getComputedStyle(document.body).backgroundColor;
    pen.fillRect(bounds.left, bounds.top - HEADER_HEIGHT, bounds.width, bounds.height + HEADER_HEIGHT);
    const caption = document.querySelector(".keep span");
    pen.font = getComputedStyle(caption).font;
    pen.fillStyle = getComputedStyle(caption).color;
    pen.fillText(caption.textContent, bounds.left + 8, bounds.top - HEADER_HEIGHT / 3);
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
      const area = figure.querySelector(".area").getBoundingClientRect();
      for (const range of figure.querySelectorAll(".ranges path")) {
        pen.save();
        pen.translate(area.left, area.top);
        pen.scale(area.width / 1000, area.height / 1000);
        pen.globalAlpha = Number(style(range).fillOpacity);
        pen.fillStyle = style(range).fill;
        pen.fill(new Path2D(range.getAttribute("d")));
        pen.restore();
      }
      const plot = figure.querySelector("canvas");
      if (plot) {
        const { left, top, width, height } = plot.getBoundingClientRect();
        pen.drawImage(plot, left, top, width, height);
      }
      pen.textBaseline = "middle";
      for (const text of figure.querySelectorAll("text, h2, .legend li")) {
        const { left, top, width, height } = text.getBoundingClientRect();
        if (!width) continue;
        const computed = style(text);
        pen.font = `${computed.fontWeight} ${computed.fontSize} ${computed.fontFamily}`;
        pen.fillStyle = text instanceof SVGElement ? computed.fill : computed.color;
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
