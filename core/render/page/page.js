
"use strict";
// Each heading with data-sort gets a button that sorts its table by data-value; unknown ones stay last.
(function () {
  function compare(a, b, numbers) {
    return numbers ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
  }
  function sort(table, heading) {
    const numbers = heading.dataset.sort === "number", was = heading.getAttribute("aria-sort");
    const down = was ? was === "ascending" : numbers;
    const valueOf = function (row) { return row.cells[heading.cellIndex].dataset.value; };
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort(function (one, other) {
      const a = valueOf(one), b = valueOf(other);
      if (a === "" || b === "") return (a === "") - (b === "");
      return down ? compare(b, a, numbers) : compare(a, b, numbers);
    });
    table.tBodies[0].append(...rows);
    table.querySelectorAll("th[aria-sort]").forEach(function (sorted) { sorted.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    if (table.tBodies[0].rows.length < 2) return;
    table.querySelectorAll("th[data-sort]").forEach(function (heading) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", function () { sort(table, heading); });
      heading.append(button);
    });
  });
  // The newest days stand on the right: a narrow window begins there.
  document.querySelectorAll("#per-day .scroll, #grid .scroll").forEach(function (box) { box.scrollLeft = box.scrollWidth; });
})();
