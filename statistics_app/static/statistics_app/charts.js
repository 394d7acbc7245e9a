// Makes the charts that the server rendered interactive: a cursor that all charts share, and zooming, by mouse and keyboard.
"use strict";
(() => {
  const root = document.documentElement;
  const locale = /^en/.test(root.dataset.locale) ? "en-GB" : root.dataset.locale;
  let plots = [];
  let pressed = null;
  let current = null;
  // The index of the chart that had the keyboard focus when it was zoomed; the new chart gets the focus again.
  let focusedIndex = null;

  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const size = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
  const text = window.statisticsText;
  const SIZES = ["bytes", "KB", "MB", "GB", "TB", "PB"];
  const formatBytes = (value) => {
    let order = 0;
    while (Math.abs(value) >= 1024 && order < SIZES.length - 1) { value /= 1024; order += 1; }
    return text(SIZES[order], { number: order ? size.format(value) : value });
  };
  const formatValue = (value, figure) => {
    if (value === null || value === undefined) return "–";
    const absolute = figure.dataset.unit === "bytes" ? formatBytes(Math.abs(value)) : number.format(Math.abs(value));
    if (figure.dataset.shown !== "change") return value < 0 ? `−${absolute}` : absolute;
    return value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${absolute}`;
  };
  const timeFormatter = (charts) => {
    const { zone: timeZone, step } = charts.dataset;
    const day = { timeZone, day: "numeric", month: "short", year: "numeric" };
    const isFine = ["hour", "15min"].includes(step);
    const longer = { month: { month: "long", year: "numeric" }, quarter: {}, year: { year: "numeric" } }[step];
    if (longer) {
      const format = new Intl.DateTimeFormat(locale, { timeZone, ...longer });
      const year = new Intl.DateTimeFormat(locale, { timeZone, year: "numeric" });
      const month = new Intl.DateTimeFormat("en", { timeZone, month: "numeric" });
      const quarter = (at) => text("quarter", { quarter: Math.ceil(Number(month.format(at)) / 3), year: year.format(at) });
      return (seconds) => (step === "quarter" ? quarter : format.format)(seconds * 1000);
    }
    const format = new Intl.DateTimeFormat(locale, isFine ? { ...day, hour: "2-digit", minute: "2-digit", hour12: false } : day);
    if (step === "week") return (seconds) => text("week", { day: format.format(seconds * 1000) });
    if (!isFine) return (seconds) => format.format(seconds * 1000);
    const precise = new Intl.DateTimeFormat(locale, { ...format.resolvedOptions(), timeZoneName: "short" });
    // When clocks are put back, by half an hour to two hours, a local time comes twice.
    const isRepeated = (seconds) => [-7200, -3600, -1800, 1800, 3600, 7200].some(
      (shift) => format.format((seconds + shift) * 1000) === format.format(seconds * 1000),
    );
    return (seconds) => (isRepeated(seconds) ? precise : format).format(seconds * 1000);
  };

  const createPlot = (charts, figure, times, formatTime, index) => {
    const area = figure.querySelector(".area");
    const lines = JSON.parse(figure.dataset.values);
    const ranges = JSON.parse(figure.dataset.ranges);
    const areBars = "bars" in figure.dataset;
    const legend = [...figure.querySelectorAll(".legend li:not(.when)")];
    const lastValues = legend.map((item) => item.querySelector(".at").textContent);
    const cursor = { at: times.length - 1, from: null };
    const colour = (i) => () => getComputedStyle(legend[i].querySelector("path")).stroke;

    const formatPoint = (i, at) => {
      const [least, greatest] = ranges[i]?.[at] ?? [null, null];
      const value = formatValue(lines[i][at], figure);
      if (least === greatest) return value;
      return text("withExtremes", { value, least: formatValue(least, figure), greatest: formatValue(greatest, figure) });
    };
    const when = figure.querySelector(".when a");
    const endOf = (at) => (at + 1 < times.length ? times[at + 1] : Number(charts.dataset.end));
    const iso = (seconds) => new Date(seconds * 1000).toISOString();
    const snapshotOf = (at) => `${charts.dataset.snapshots}?since=${iso(times[at])}&until=${iso(endOf(at))}`;
    const showValues = (at) => {
      const isOnChart = at !== null && at !== undefined;
      legend.forEach((item, i) => { item.querySelector(".at").textContent = isOnChart ? formatPoint(i, at) : lastValues[i]; });
      when.textContent = isOnChart ? formatTime(times[at]) : "";
      if (isOnChart) when.href = snapshotOf(at);
      else when.removeAttribute("href");
      cursor.at = isOnChart ? at : times.length - 1;
      area.setAttribute("aria-valuenow", cursor.at);
      const values = legend.map((item) => item.textContent.trim().replace(/\s+/g, " ")).join("; ");
      const spoken = `${formatTime(times[cursor.at])}: ${values}`;
      const { from } = cursor;
      area.setAttribute("aria-valuetext", from === null ? spoken : text("selectedFrom", { values: spoken, time: formatTime(times[from]) }));
    };
    const zoom = (from, to) => {
      const [first, last] = [Math.min(from, to), Math.max(from, to)];
      charts.dispatchEvent(new CustomEvent("zoom", { bubbles: true, detail: { since: times[first], until: endOf(last) } }));
    };
    // Each step is a column as wide as the others; the drawing is the server's, under what this adds.
    const columns = times.map((_, i) => i);
    const plot = new uPlot({
      width: area.clientWidth,
      height: area.clientHeight,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: () => [-0.5, times.length - 0.5] }, y: { range: () => [Number(figure.dataset.low), Number(figure.dataset.high)] } },
      cursor: {
        y: false,
        sync: { key: "history" },
        lock: true,
        drag: { x: true, y: false, setScale: false },
        points: { size: 7, show: !areBars },
        bind: { dblclick: () => () => { charts.dispatchEvent(new Event("unzoom", { bubbles: true })); return null; } },
      },
      series: [{}, ...lines.map((_, i) => ({ stroke: colour(i), paths: () => null, points: { show: false } }))],
      hooks: {
        setCursor: [(self) => showValues(self.cursor.idx)],
        setSelect: [(self) => {
          const { left, width } = self.select;
          if (width < 4) return;
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          // All charts show the selection; only the one on which it was started zooms.
          if (pressed === self) zoom(self.posToIdx(left), self.posToIdx(left + width));
        }],
      },
    }, [columns, ...lines], area);

    plot.over.addEventListener("mousedown", () => { pressed = plot; });
    addKeyboard(charts, figure, area, plot, times, zoom, cursor, index, when);
    showValues(null);
    figure.classList.add("is-live");
    const observer = new ResizeObserver(() => plot.setSize({ width: area.clientWidth, height: area.clientHeight }));
    observer.observe(area);
    return { redraw: () => plot.redraw(false), destroy: () => { observer.disconnect(); plot.destroy(); } };
  };

  // Arrow keys move the cursor, and select while Shift is held; Enter zooms to the selection, Backspace undoes the last zoom.
  const addKeyboard = (charts, figure, area, plot, times, zoom, cursor, index, when) => {
    const title = figure.querySelector("h2").textContent;
    for (const [name, value] of Object.entries({
      role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": times.length - 1,
      "aria-label": text("chartKeys", { title }),
    })) area.setAttribute(name, value);
    area.removeAttribute("aria-labelledby");
    const position = (i) => plot.valToPos(i, "x");
    const showCursor = () => {
      const { at, from } = cursor;
      plot.setCursor({ left: position(at), top: area.clientHeight / 2 });
      const [left, right] = from === null ? [0, 0] : [position(Math.min(from, at)), position(Math.max(from, at))];
      plot.setSelect({ left, top: 0, width: right - left, height: from === null ? 0 : area.clientHeight }, false);
    };
    const tenth = Math.max(1, Math.round(times.length / 10));
    const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -tenth, PageUp: tenth, Home: -times.length, End: times.length };
    area.addEventListener("keydown", (event) => {
      if (event.key in MOVES) {
        if (!event.shiftKey) cursor.from = null;
        else if (cursor.from === null) cursor.from = cursor.at;
        cursor.at = Math.min(times.length - 1, Math.max(0, cursor.at + MOVES[event.key]));
        showCursor();
      } else if (event.key === "Enter") {
        const { at, from } = cursor;
        const [first, last] = from === null ? [Math.max(0, at - tenth), Math.min(times.length - 1, at + tenth)] : [from, at];
        cursor.from = null;
        focusedIndex = index;
        zoom(first, last);
      } else if (event.key === "Backspace") {
        focusedIndex = index;
        charts.dispatchEvent(new Event("unzoom", { bubbles: true }));
      } else if (event.key === "s" && when.href) {
        location.assign(when.href);
      } else if (event.key === "Escape") {
        cursor.from = null;
        showCursor();
      } else return;
      event.preventDefault();
    });
    area.addEventListener("focus", showCursor);
    area.addEventListener("blur", (event) => {
      // The reader is on the way to the snapshot.
      if (event.relatedTarget === when) return;
      cursor.from = null;
      plot.setCursor({ left: -10, top: -10 });
    });
  };

  const start = () => {
    const charts = document.getElementById("charts");
    // htmx swapped another part of the page.
    if (charts === current) return;
    current = charts;
    plots.forEach((plot) => plot.destroy());
    plots = [];
    if (!charts || !window.uPlot) return;
    const times = JSON.parse(charts.dataset.times);
    const formatTime = timeFormatter(charts);
    plots = [...charts.querySelectorAll(".chart")].map((figure, i) => createPlot(charts, figure, times, formatTime, i));
    const areas = charts.querySelectorAll(".area");
    if (focusedIndex !== null) areas[Math.min(focusedIndex, areas.length - 1)].focus();
    focusedIndex = null;
    document.dispatchEvent(new Event("charts"));
    performance.mark("charts are interactive");
  };
  start();
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("theme", () => plots.forEach((plot) => plot.redraw()));
})();
