
"use strict";
(function () {
  // Sorting: each heading with data-sort gets a button; rows are compared by data-value, unknown ones last.
  function valueOf(row, column) { return row.cells[column].dataset.value; }
  function compare(a, b, numbers) {
    if (a === "" || b === "") return a === b ? 0 : null;
    return numbers ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
  }
  function sort(table, heading) {
    var column = heading.cellIndex, numbers = heading.dataset.sort === "number";
    var was = heading.getAttribute("aria-sort");
    var down = was ? was === "ascending" : numbers;
    var rows = Array.from(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      var x = valueOf(a, column), y = valueOf(b, column), order = compare(x, y, numbers);
      if (order === null) return x === "" ? 1 : -1;
      return down ? -order : order;
    });
    table.tBodies[0].append.apply(table.tBodies[0], rows);
    table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    if (table.tBodies[0].rows.length < 2) return;
    table.querySelectorAll("th[data-sort]").forEach(function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      button.append.apply(button, Array.from(heading.childNodes));
      heading.append(button);
      button.addEventListener("click", function () { sort(table, heading); });
    });
  });

  // Tooltips: one box for all marks, by mouse, touch, or arrow keys within a focused chart.
  var tip = document.createElement("div"), current = null, byKeys = false;
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "status");
  document.body.append(tip);
  function textOf(mark) {
    var title = mark.querySelector("title");
    if (title) {  // taken away, so that the browser shows no second box
      mark.dataset.tip = title.textContent;
      title.remove();
    }
    return mark.dataset.tip;
  }
  function hide() {
    tip.hidden = true;
    if (current) current.classList.remove("on");
    current = null;
  }
  function place(mark) {
    var at = mark.getBoundingClientRect(), box = tip.getBoundingClientRect();
    var width = document.documentElement.clientWidth;
    var left = Math.max(6, Math.min(at.left + at.width / 2 - box.width / 2, width - box.width - 6));
    var top = at.top - box.height - 8;
    if (top < 6) top = Math.min(at.bottom + 8, window.innerHeight - box.height - 6);
    tip.style.left = left + "px";
    tip.style.top = top + "px";
  }
  function show(mark, keys) {
    byKeys = keys;
    if (mark === current) return;
    hide();
    current = mark;
    mark.classList.add("on");
    var row = mark.closest("tr"), name = row && mark.tagName === "use" ? row.cells[0].dataset.value + ", " : "";
    tip.textContent = name + textOf(mark);
    tip.hidden = false;
    place(mark);
  }
  document.addEventListener("mouseover", function (event) {
    var mark = event.target.closest && event.target.closest(".mark");
    if (mark) show(mark, false); else if (!byKeys) hide();
  });
  document.addEventListener("scroll", function () { if (current) place(current); }, true);

  function marksOf(svg) { return Array.from(svg.querySelectorAll(".mark")); }
  function nearest(marks, x) {
    var found = null, least = Infinity;
    marks.forEach(function (mark) {
      var at = mark.getBoundingClientRect(), away = Math.abs(at.left + at.width / 2 - x);
      if (away < least) { least = away; found = mark; }
    });
    return found;
  }
  function step(chart, key) {
    var drawings = Array.from(chart.querySelectorAll("svg")).filter(function (svg) { return svg.querySelector(".mark"); });
    if (!drawings.length) return null;
    if (!current || !chart.contains(current)) {
      var first = marksOf(drawings[0]);
      return first[first.length - 1];
    }
    var svg = current.closest("svg"), marks = marksOf(svg), at = marks.indexOf(current);
    if (key === "ArrowLeft") return marks[at - 1];
    if (key === "ArrowRight") return marks[at + 1];
    if (key === "Home") return marks[0];
    if (key === "End") return marks[marks.length - 1];
    var other = drawings[drawings.indexOf(svg) + (key === "ArrowDown" ? 1 : -1)];
    var box = current.getBoundingClientRect();
    return other && nearest(marksOf(other), box.left + box.width / 2);
  }
  document.querySelectorAll(".chart").forEach(function (chart) {
    if (chart.dataset.from === "end") chart.scrollLeft = chart.scrollWidth;
    chart.addEventListener("keydown", function (event) {
      if (event.target !== chart || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") return hide();
      if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].indexOf(event.key) < 0) return;
      event.preventDefault();
      var mark = step(chart, event.key);
      if (!mark) return;
      mark.scrollIntoView({ block: "nearest", inline: "nearest" });
      show(mark, true);
    });
    chart.addEventListener("focus", function () {
      if (!chart.matches(":focus-visible")) return;
      var mark = step(chart, "");
      if (mark) show(mark, true);
    });
    chart.addEventListener("blur", hide);
  });
})();
