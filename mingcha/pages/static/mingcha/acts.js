"use strict";
// One key for one act: `data-key` on a button presses it, on a list for the row one is on; `data-focus` goes to a field.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
  const key = CSS.escape(event.key);
  const field = document.querySelector(`[data-focus="${key}"]`);
  const button = document.querySelector(`[data-key="${key}"]`);
  if (!field && !button) return;
  event.preventDefault();
  if (field) return field.focus();
  if (button.hasAttribute("data-here")) {
    const box = document.querySelector("[data-rows] tr.here input[name=key]:not(:checked)");
    if (box) box.click();
    if (!document.querySelector("[data-rows] input[name=key]:checked")) return;
  }
  button.click();
});
