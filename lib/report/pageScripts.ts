/** Scripts of a page, for the browsers of many years: they run as they stand here, from a file too. */

/** Draws every plot when it comes near the window, over its SVG picture. */
export const startFigures = `
(function () {
  "use strict";
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var options = { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
  function draw(place) {
    var figure = figures[place.dataset.figure];
    if (!figure || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    Plotly.newPlot(place, figure.data, figure.layout, options).then(function () {
      place.parentElement.classList.add("live");
    });
  }
  var places = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  if (!("IntersectionObserver" in window)) return places.forEach(draw);
  var observer = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      observer.unobserve(entry.target);
      draw(entry.target.querySelector(".plot"));
    });
  }, { rootMargin: "600px" });
  places.forEach(function (place) { observer.observe(place.parentElement); });
})();
`;

/**
 * The headings of a table become buttons that sort its rows: first upwards, then downwards, then as the report has
 * them. Numbers sort as numbers (`data-value`); what has no value stays at the end.
 */
export const sortTables = `
(function () {
  "use strict";
  function valueOf(row, column) {
    var cell = row.cells[column];
    return cell.hasAttribute("data-value") ? cell.getAttribute("data-value") : cell.textContent;
  }
  function compare(a, b, down) {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    var numbers = [Number(a), Number(b)];
    var texts = [a.toLowerCase(), b.toLowerCase()];
    var result = isNaN(numbers[0]) || isNaN(numbers[1]) ? (texts[0] < texts[1] ? -1 : texts[0] > texts[1] ? 1 : 0) : numbers[0] - numbers[1];
    return down ? -result : result;
  }
  function sort(table, rows, heading) {
    var column = heading.cellIndex;
    var next = { none: "ascending", ascending: "descending", descending: "none" }[heading.getAttribute("aria-sort")];
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
      other.setAttribute("aria-sort", other === heading ? next : "none");
    });
    var sorted = rows.slice();
    if (next !== "none") sorted.sort(function (a, b) {
      return compare(valueOf(a, column), valueOf(b, column), next === "descending") || rows.indexOf(a) - rows.indexOf(b);
    });
    sorted.forEach(function (row) { table.tBodies[0].appendChild(row); });
  }
  Array.prototype.forEach.call(document.querySelectorAll(".table table"), function (table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    if (rows.length < 3) return;
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      while (heading.firstChild) button.appendChild(heading.firstChild);
      heading.appendChild(button);
      heading.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () { sort(table, rows, heading); });
    });
  });
})();
`;
