"use strict";
// Lists: choosing rows across pages, and a part that refreshes itself without moving what one is reading.
(function () {
  const place = document.getElementById("rows");
  if (!place) return;

  // -- choosing
  const batch = document.getElementById("batch");
  const boxes = () => Array.from(place.querySelectorAll("input[name=key]"));
  function tally() {
    if (!batch) return;
    const chosen = boxes().filter((box) => box.checked);
    for (const box of boxes()) box.closest("tr").classList.toggle("chosen", box.checked);
    const everything = batch.querySelector("input[name=all]");
    const whole = chosen.length > 0 && chosen.length === boxes().length;
    if (everything && !whole) everything.checked = false;
    const all = place.querySelector("[data-all]");
    if (all) all.checked = whole;
    const offer = batch.querySelector("[data-offer]");
    if (offer) offer.hidden = !whole;
    batch.hidden = chosen.length === 0;
    const count = everything && everything.checked ? everything.dataset.count : chosen.length;
    for (const each of document.querySelectorAll("[data-count]:not(input)")) each.textContent = count;
  }
  place.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
    tally();
  });
  if (batch) batch.addEventListener("change", tally);

  // -- refreshing: htmx asks and swaps; here is only decided when
  if (!place.hasAttribute("hx-get")) return;
  const fresh = document.getElementById("fresh");
  let asked = false;
  const busy = () => window.scrollY > 40 || place.querySelector("tr.here, input:checked") ||
    document.querySelector("dialog[open], details[open]") || place.matches(":hover") ||
    String(window.getSelection()) !== "" || place.contains(document.activeElement);
  const facts = (root) => Array.from(root.querySelectorAll("tbody tr"), (row) => row.textContent).join("\n");

  function told(text, bad) {
    const line = place.querySelector(".freshness");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("stale", Boolean(bad));
  }
  function lost() {
    told("连接不上服务器,仍在重试;所示为之前的内容", true);
  }
  place.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && !asked) event.preventDefault();
  });
  place.addEventListener("htmx:beforeSwap", (event) => {
    const next = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").body;
    const said = next.querySelector(".freshness") ? next.querySelector(".freshness").textContent : "";
    const same = facts(next) === facts(place);
    if (same || (busy() && !asked)) {
      event.detail.shouldSwap = false;
      if (fresh) fresh.hidden = same;
      told(same ? said : said + ",有变动待显示", false);
    }
    asked = false;
  });
  place.addEventListener("htmx:afterSwap", () => { if (fresh) fresh.hidden = true; tally(); });
  place.addEventListener("htmx:responseError", lost);
  place.addEventListener("htmx:sendError", lost);
  function now() {
    asked = true;
    htmx.trigger(place, "now");
  }
  if (fresh) fresh.addEventListener("click", () => { window.scrollTo(0, 0); now(); });
  document.addEventListener("mingcha:refresh", now);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) htmx.trigger(place, "now"); });
})();
