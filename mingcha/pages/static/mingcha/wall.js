"use strict";
// The clock of the wall screen, and its charts anew after each refresh.
(function () {
  const face = document.getElementById("clock");
  const days = "日一二三四五六";
  const two = (number) => String(number).padStart(2, "0");
  function tick() {
    const now = new Date();
    face.textContent = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate()) + " 周" + days[now.getDay()] + " " +
      two(now.getHours()) + ":" + two(now.getMinutes()) + ":" + two(now.getSeconds());
  }
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", () => document.dispatchEvent(new CustomEvent("mingcha:draw")));
})();
