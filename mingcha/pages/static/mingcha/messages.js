"use strict";
// One key acknowledges the message one is on, or those that are ticked.
document.addEventListener("keydown", (event) => {
  if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
  const form = document.getElementById("acknowledge");
  if (!form) return;
  const box = form.querySelector("tr.here input[name=key]:not(:disabled)");
  if (box) box.checked = true;
  if (form.querySelector("input[name=key]:checked")) form.requestSubmit();
});
