// Saves the charts of the page as a PNG file, with a title, and opens the print dialog for a report.
"use strict";
(() => {
  const HEADER_HEIGHT = 56;
  const hatch = (pen, { left, top, width, height }, colour) => {
    pen.save();
    pen.beginPath();
    pen.rect(left, top, width, height);
    pen.clip();
    pen.beginPath();
    for (let x = left; x < left + width + height; x += 8.5) { pen.moveTo(x, top); pen.lineTo(x - height, top + height); }
    pen.strokeStyle = colour;
    pen.lineWidth = 5;
    pen.stroke();
    pen.restore();
  };
  const downloadPicture = () => {
    const charts = document.getElementById("charts");
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
    const text = getComputedStyle(document.body);
    pen.fillStyle = text.color;
    [["600 16px", charts.dataset.title, 22], ["400 13px", charts.dataset.caption, 44]].forEach(([font, line, down]) => {
      pen.font = `${font} ${text.fontFamily}`;
      pen.fillText(line, bounds.left + 8, bounds.top - HEADER_HEIGHT + down, bounds.width - 16);
    });
    const style = (element) => getComputedStyle(element);
    for (const figure of charts.querySelectorAll(".chart")) {
      const box = figure.getBoundingClientRect();
      pen.fillStyle = style(figure).backgroundColor;
      pen.fillRect(box.left, box.top, box.width, box.height);
      for (const band of figure.querySelectorAll(".drawing > rect:not(.open, .at)")) {
        const { left, top, width, height } = band.getBoundingClientRect();
        pen.globalAlpha = Number(style(band).fillOpacity);
        pen.fillStyle = style(band).fill;
        pen.fillRect(left, top, width, height);
        pen.globalAlpha = 1;
      }
      for (const line of figure.querySelectorAll(".grid, .swatch path")) {
        const { left, top, width, height } = line.getBoundingClientRect();
        pen.fillStyle = style(line).stroke;
        pen.fillRect(left, top + height / 2 - 1, width, line.matches(".grid") ? 1 : 2);
      }
      pen.lineJoin = pen.lineCap = "round";
      for (const element of figure.querySelectorAll(".ranges path, .blocks path, .lines path, .break path")) {
        const path = new Path2D();
        path.addPath(new Path2D(element.getAttribute("d")), DOMMatrix.fromMatrix(element.getScreenCTM()));
        const { fill, fillOpacity, stroke, strokeWidth } = style(element);
        pen.globalAlpha = Number(fillOpacity);
        if (fill !== "none") { pen.fillStyle = fill; pen.fill(path); }
        pen.globalAlpha = 1;
        if (stroke !== "none") { pen.strokeStyle = stroke; pen.lineWidth = parseFloat(strokeWidth); pen.stroke(path); }
      }
      const open = figure.querySelector("rect.open");
      if (open) hatch(pen, open.getBoundingClientRect(), style(figure).backgroundColor);
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
  document.addEventListener("click", (event) => {
    if (event.target.id === "picture") downloadPicture();
    if (event.target.id === "print") print();
  });
})();
