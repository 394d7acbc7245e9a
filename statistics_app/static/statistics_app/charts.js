// Makes the charts that the server drew interactive: one cursor through all of them, by mouse and by keyboard.
"use strict";
(() => {
  const root = document.documentElement;
  const locale = /^en/.test(root.dataset.locale) ? "en-GB" : root.dataset.locale;
  let live = [];
  let pressed = null;
  let shown = null;
  // The chart that the keyboard was on when it asked for another time.
  let kept = null;

  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const SIZES = ["bytes", "KB", "MB", "GB", "TB", "PB"];
  const sized = (value) => {
    let order = 0;
    while (Math.abs(value) >= 1024 && order < SIZES.length - 1) { value /= 1024; order += 1; }
    return order ? `${value.toFixed(1)} ${SIZES[order]}` : `${value} bytes`;
  };
  const written = (value, figure) => {
    if (value === null || value === undefined) return "–";
    const text = figure.dataset.unit === "bytes" ? sized(Math.abs(value)) : number.format(Math.abs(value));
    if (figure.dataset.shown !== "change") return value < 0 ? `−${text}` : text;
    return value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${text}`;
  };
  const clock = (charts) => {
    const day = { timeZone: charts.dataset.zone, day: "numeric", month: "short", year: "numeric" };
    const isFine = ["hour", "quarter"].includes(charts.dataset.step);
    const format = new Intl.DateTimeFormat(locale, isFine ? { ...day, hour: "2-digit", minute: "2-digit", hour12: false } : day);
    return (seconds) => format.format(seconds * 1000);
  };
  const isAlone = (values, i) => values[i] != null && values[i - 1] == null && values[i + 1] == null;

  const make = (charts, figure, times, when, index) => {
    const area = figure.querySelector(".area");
    const lines = JSON.parse(figure.dataset.values);
    const rebuilt = JSON.parse(figure.dataset.rebuilt);
    const legend = [...figure.querySelectorAll(".legend li:not(.when)")];
    const last = legend.map((item) => item.querySelector(".at").textContent);
    const reader = { at: times.length - 1, from: null };
    const colour = (i) => () => getComputedStyle(legend[i].querySelector("path")).stroke;
    const series = lines.flatMap((values, i) => [
      { part: values.map((value, at) => (at > rebuilt[i] ? value : null)), dash: [] },
      { part: values.map((value, at) => (at <= rebuilt[i] + (rebuilt[i] >= 0 ? 1 : 0) ? value : null)), dash: [4, 4] },
    ].map(({ part, dash }) => ({ part, dash, stroke: colour(i) })));

    const tell = (at) => {
      const isThere = at !== null && at !== undefined;
      legend.forEach((item, i) => { item.querySelector(".at").textContent = isThere ? written(lines[i][at], figure) : last[i]; });
      figure.querySelector(".when").textContent = isThere ? when(times[at]) : "";
      reader.at = isThere ? at : times.length - 1;
      area.setAttribute("aria-valuenow", reader.at);
      const values = legend.map((item) => item.textContent.trim().replace(/\s+/g, " ")).join("; ");
      const selected = reader.from === null ? "" : `, selected from ${when(times[reader.from])}`;
      area.setAttribute("aria-valuetext", `${when(times[reader.at])}: ${values}${selected}`);
    };
    const zoom = (from, to) => {
      const [first, final] = [Math.min(from, to), Math.max(from, to)];
      const end = final + 1 < times.length ? times[final + 1] : Number(charts.dataset.end);
      charts.dispatchEvent(new CustomEvent("zoom", { bubbles: true, detail: { since: times[first], until: end } }));
    };
    const ends = times.length > 1 ? [times[0], times[times.length - 1]] : [times[0] - 1, times[0] + 1];
    const plot = new uPlot({
      width: area.clientWidth,
      height: area.clientHeight,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: () => ends }, y: { range: () => [Number(figure.dataset.low), Number(figure.dataset.high)] } },
      cursor: {
        y: false,
        sync: { key: "history" },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7 },
        bind: { dblclick: () => () => { charts.dispatchEvent(new Event("unzoom", { bubbles: true })); return null; } },
      },
      series: [{}, ...series.map(({ part, dash, stroke }) => ({
        stroke, dash, width: 1.75, spanGaps: false, cap: "round",
        points: { size: 4, fill: stroke, show: true, filter: () => part.map((_, i) => i).filter((i) => isAlone(part, i)) },
      }))],
      hooks: {
        setCursor: [(self) => tell(self.cursor.idx)],
        setSelect: [(self) => {
          const { left, width } = self.select;
          if (width < 4) return;
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          // The other charts show the selection, too; the one on which it began acts on it.
          if (pressed === self) zoom(self.posToIdx(left), self.posToIdx(left + width));
        }],
      },
    }, [times, ...series.map(({ part }) => part)], area);

    plot.over.addEventListener("mousedown", () => { pressed = plot; });
    byKeyboard(charts, figure, area, plot, times, zoom, reader, index);
    tell(null);
    figure.classList.add("is-live");
    const observer = new ResizeObserver(() => plot.setSize({ width: area.clientWidth, height: area.clientHeight }));
    observer.observe(area);
    return { redraw: () => plot.redraw(false), end: () => { observer.disconnect(); plot.destroy(); } };
  };

  // Arrows move the cursor, with Shift they select; Enter zooms into what is selected, Backspace goes back.
  const byKeyboard = (charts, figure, area, plot, times, zoom, reader, index) => {
    const title = figure.querySelector("h2").textContent;
    for (const [name, value] of Object.entries({
      role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": times.length - 1,
      "aria-label": `${title}. Arrows move, with Shift they select, Enter zooms, Backspace goes back.`,
    })) area.setAttribute(name, value);
    area.removeAttribute("aria-labelledby");
    const place = (i) => plot.valToPos(times[i], "x");
    const show = () => {
      const { at, from } = reader;
      plot.setCursor({ left: place(at), top: area.clientHeight / 2 });
      const [left, right] = from === null ? [0, 0] : [place(Math.min(from, at)), place(Math.max(from, at))];
      plot.setSelect({ left, top: 0, width: right - left, height: from === null ? 0 : area.clientHeight }, false);
    };
    const far = Math.max(1, Math.round(times.length / 10));
    const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -far, PageUp: far, Home: -times.length, End: times.length };
    area.addEventListener("keydown", (event) => {
      if (event.key in MOVES) {
        if (!event.shiftKey) reader.from = null;
        else if (reader.from === null) reader.from = reader.at;
        reader.at = Math.min(times.length - 1, Math.max(0, reader.at + MOVES[event.key]));
        show();
      } else if (event.key === "Enter") {
        const { at, from } = reader;
        const [first, last] = from === null ? [Math.max(0, at - far), Math.min(times.length - 1, at + far)] : [from, at];
        reader.from = null;
        kept = index;
        zoom(first, last);
      } else if (event.key === "Backspace") {
        kept = index;
        charts.dispatchEvent(new Event("unzoom", { bubbles: true }));
      } else if (event.key === "Escape") {
        reader.from = null;
        show();
      } else return;
      event.preventDefault();
    });
    area.addEventListener("focus", show);
    area.addEventListener("blur", () => { reader.from = null; plot.setCursor({ left: -10, top: -10 }); });
  };

  const start = () => {
    const charts = document.getElementById("charts");
    // Something else on the page was put in place.
    if (charts === shown) return;
    shown = charts;
    live.forEach((one) => one.end());
    live = [];
    if (!charts || !window.uPlot) return;
    const times = JSON.parse(charts.dataset.times);
    const when = clock(charts);
    live = [...charts.querySelectorAll(".chart")].map((figure, i) => make(charts, figure, times, when, i));
    const areas = charts.querySelectorAll(".area");
    if (kept !== null) areas[Math.min(kept, areas.length - 1)].focus();
    kept = null;
    document.dispatchEvent(new Event("charts"));
    performance.mark("charts are interactive");
  };
  start();
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("theme", () => live.forEach((one) => one.redraw()));
})();
