"use strict";
// Keys, the token of forms, and lists by keyboard. Nothing here decides anything: without it every page still works.
(function () {
  const search = document.getElementById("search");
  const keys = document.getElementById("keys");
  const typing = (element) => /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && !/^(checkbox|radio)$/.test(element.type);
  const rows = () => Array.from(document.querySelectorAll("[data-rows] tbody tr[data-href]"));
  const marked = () => document.querySelector("[data-rows] tr.here");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(marked());
    const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
    if (now >= 0) all[now].classList.remove("here");
    next.classList.add("here");
    next.scrollIntoView({ block: "nearest" });
    const link = next.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  }

  const acts = {
    "/": () => search && search.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => { const box = marked() && marked().querySelector("input[type=checkbox]"); if (box) box.click(); },
    r: () => document.dispatchEvent(new CustomEvent("mingcha:refresh")),
    "?": () => keys.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && marked() && !event.target.closest("a, button, summary, input")) {
      location.assign(marked().dataset.href);
    } else if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) keys.showModal();
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    for (const open of document.querySelectorAll("details.person[open], details.drop[open]"))
      if (!open.contains(event.target)) open.open = false;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-at-once]");
    if (form && event.target.tagName === "SELECT") form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
})();
