"use strict";
(function () {
  const PAGE = 200;
  const table = document.getElementById("findings");
  if (!table) return;
  const body = table.tBodies[0];
  let rows = Array.from(body.rows);
  const text = document.getElementById("q"), level = document.getElementById("f-mark");
  const rule = document.getElementById("f-rule"), agency = document.getElementById("f-agency");
  const shown = document.getElementById("shown"), more = document.getElementById("more");
  let limit = PAGE, here = -1, visible = [];
  // What is folded away is not searched: every row of it names levels and commands.
  const seen = (cell) => (cell.querySelector("summary") || cell).textContent;
  for (const row of rows) row.dataset.text = Array.from(row.cells, seen).join(" ").toLowerCase();

  function apply() {
    const words = text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    visible = rows.filter((row) =>
      (!level.value || row.dataset.mark === level.value) && (!rule.value || row.dataset.rule === rule.value) &&
      (!agency.value || row.dataset.agency === agency.value) && words.every((word) => row.dataset.text.includes(word)));
    const first = new Set(visible.slice(0, limit));
    for (const row of rows) row.hidden = !first.has(row);
    const left = visible.length - first.size;
    shown.textContent = "符合条件 " + visible.length + " 条" + (left > 0 ? ",显示前 " + first.size + " 条" : "");
    more.hidden = left <= 0;
    document.getElementById("none").hidden = visible.length > 0;
    mark(-1);
  }
  function restart() { limit = PAGE; apply(); remember(); }
  function remember() {
    const said = new URLSearchParams();
    for (const [name, field] of [["q", text], ["mark", level], ["rule", rule], ["agency", agency]])
      if (field.value) said.set(name, field.value);
    history.replaceState(null, "", said.toString() ? "#?" + said : location.pathname + location.search);
  }
  function recall() {
    if (!location.hash.startsWith("#?")) return;
    const said = new URLSearchParams(location.hash.slice(2));
    for (const [name, field] of [["q", text], ["mark", level], ["rule", rule], ["agency", agency]])
      field.value = said.get(name) || "";
    limit = PAGE;
    apply();
    document.getElementById("list").scrollIntoView();
  }
  function mark(place) {
    if (here >= 0 && visible[here]) visible[here].classList.remove("here");
    here = place;
    if (here < 0) return;
    if (here >= limit) { limit += PAGE; const keep = here; apply(); here = keep; }
    visible[here].classList.add("here");
    visible[here].scrollIntoView({ block: "nearest" });
  }
  for (const field of [text, level, rule, agency]) field.addEventListener("input", restart);
  document.getElementById("clear").addEventListener("click", () => {
    for (const field of [text, level, rule, agency]) field.value = "";
    restart();
  });
  more.addEventListener("click", () => { limit += PAGE; apply(); });
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th[data-sort]");
    if (!head) return;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const at = head.cellIndex, sign = down ? -1 : 1;
    const key = (row) => row.cells[at].dataset.key || row.cells[at].textContent.trim();
    rows.sort((a, b) => sign * key(a).localeCompare(key(b), "zh", { numeric: true }));
    body.append(...rows);
    apply();
  });
  window.addEventListener("hashchange", recall);
  const keys = document.getElementById("keys");
  document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || keys.open) return;
    if (event.key === "/") { event.preventDefault(); document.getElementById("list").scrollIntoView(); text.focus(); }
    else if (event.key === "j") mark(Math.min(here + 1, visible.length - 1));
    else if (event.key === "k") mark(Math.max(here - 1, 0));
    else if (event.key === "Enter" && here >= 0 && !event.target.closest("a, button, summary"))
      visible[here].querySelector("a[href^='#case-'], summary").click();
    else if (event.key === "?") keys.showModal();
  });
  function conditions() {
    const chosen = [level, rule, agency].filter((field) => field.value).map((field) => field.selectedOptions[0].text);
    if (text.value.trim()) chosen.push("“" + text.value.trim() + "”");
    return chosen.length ? "只印符合条件的 " + visible.length + " 条:" + chosen.join("、") : "";
  }
  let before = PAGE;
  window.addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details.print")) each.open = true;
    document.getElementById("printed").textContent = conditions();
    before = limit; limit = Infinity; apply();
  });
  window.addEventListener("afterprint", () => { limit = before; apply(); });
  for (const each of document.querySelectorAll(".script")) each.hidden = false;
  apply();
  recall();
})();
