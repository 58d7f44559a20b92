"use strict";
// Charts by ECharts from JSON in the page. Colours of levels are those of badges, with patterns beside them; labels are
// drawn on a canvas, never put into the page as HTML.
(function () {
  const COLOURS = { red: "#b42318", yellow: "#d4a900", warning: "#b45309", note: "#0e7490", undetermined: "#52606d" };
  const PLAIN = ["#1d4f91", "#7b8794", "#0e7490", "#86198f"];
  const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';

  function option(data, dark) {
    const ink = dark ? "#d9e2ec" : "#52606d", rule = dark ? "#334e68" : "#e4e7eb";
    const size = dark ? 16 : 12;
    const line = data.kind === "line";
    return {
      animation: false,
      aria: { enabled: true, decal: { show: !line } },
      textStyle: { fontFamily: FONT, color: ink, fontSize: size },
      grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
      legend: { top: 0, right: 0, textStyle: { color: ink, fontSize: size } },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: line ? "line" : "shadow" } },
      xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: rule } }, axisLabel: { color: ink, fontSize: size } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: rule } }, axisLabel: { color: ink, fontSize: size } },
      series: data.series.map((each, place) => ({
        name: each.name, type: line ? "line" : "bar", data: each.values, barMaxWidth: 26, symbolSize: 5,
        stack: data.kind === "stack" ? "all" : undefined,
        itemStyle: { color: COLOURS[each.mark] || PLAIN[place % PLAIN.length] },
      })),
    };
  }

  function draw() {
    for (const place of document.querySelectorAll("[data-chart]")) {
      const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      const chart = echarts.getInstanceByDom(place) || echarts.init(place, null, { renderer: "canvas" });
      chart.setOption(option(data, place.hasAttribute("data-dark")));
      chart.off("click");
      chart.on("click", (event) => { const url = (data.links || [])[event.dataIndex]; if (url) location.assign(url); });
    }
  }
  function fit() {
    for (const place of document.querySelectorAll("[data-chart]")) echarts.getInstanceByDom(place).resize();
  }
  draw();
  document.addEventListener("mingcha:draw", draw);
  window.addEventListener("resize", fit);
  window.addEventListener("beforeprint", fit);
})();
