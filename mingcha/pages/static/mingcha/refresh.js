"use strict";
// A part that refreshes itself (htmx): not while hidden, and it says so when the server cannot be reached.
(function () {
  for (const place of document.querySelectorAll("[data-refresh]")) {
    const line = () => place.querySelector("[data-refreshed]");
    const lost = () => { if (line()) { line().textContent = "连接不上服务器,仍在重试;所示为之前的内容"; line().classList.add("stale"); } };
    place.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden) event.preventDefault(); });
    place.addEventListener("htmx:responseError", lost);
    place.addEventListener("htmx:sendError", lost);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) htmx.trigger(place, "now"); });
    document.addEventListener("mingcha:refresh", () => htmx.trigger(place, "now"));
  }
})();
