"use strict";
// Solves the puzzle of a form in a worker while one fills it in, and prints. Without it every page works, more slowly.
(function () {
  for (const check of document.querySelectorAll("[data-puzzle]")) begin(check);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  function begin(check) {
    if (!window.Worker) return;
    const state = check.querySelector("[data-state]");
    const sum = check.querySelector("[data-sum]");
    const answer = check.querySelector("[name=answer]");
    const form = check.closest("form");
    let worker;
    try { worker = new Worker(check.dataset.worker); } catch (_) { return; }
    let waiting = null;
    sum.hidden = true;
    state.hidden = false;
    state.textContent = "正在验证,请稍等……";
    worker.onmessage = (event) => {
      answer.value = event.data;
      state.textContent = "验证完成。";
      worker.terminate();
      if (waiting) { const submitter = waiting; waiting = null; form.requestSubmit ? form.requestSubmit(submitter) : form.submit(); }
    };
    worker.onerror = () => { sum.hidden = false; state.hidden = true; waiting = null; };
    form.addEventListener("submit", (event) => {
      if (answer.value || !sum.hidden) return;
      event.preventDefault();
      waiting = event.submitter || form.querySelector("button");
    });
    worker.postMessage({ text: check.dataset.puzzle, bits: Number(check.dataset.bits) });
  }
})();
