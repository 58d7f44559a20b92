// The terminal: sends by itself what was touched and left standing, and draws itself anew when a case waits to be rated.
(() => {
  "use strict";
  const form = document.querySelector("form");
  const LEFT = 30_000, ASK = 4_000, STALE = 10 * 60_000;
  let timer = 0, sent = false;
  const touched = () => form.querySelector(".grade:checked");
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => touched() && form.requestSubmit(), LEFT);
  });
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  const anew = () => { if (!touched() && !sent) location.reload(); };
  setTimeout(function look() {
    fetch(document.body.dataset.waiting)
      .then((answer) => answer.ok ? answer.json() : {offer: document.body.dataset.offer})
      .then((found) => { if (found.offer !== document.body.dataset.offer) anew(); })
      .catch(() => {})
      .finally(() => setTimeout(look, ASK));
  }, ASK);
  setInterval(anew, STALE);
})();
