// Draws the charts whose figures stand in the page as JSON. Canvas and rich text only: both leave
// the content policy alone. Colours come from the style sheet, so that light and dark both hold.
"use strict";
(() => {
  const holders = [...document.querySelectorAll("[data-chart]")];
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const grouped = (value) => (value == null ? "—" : Number(value).toLocaleString("en-US"));

  const option = (data) => ({
    animation: !calm,
    animationDuration: 300,
    color: [colour("--chart-1"), colour("--chart-2"), colour("--chart-3"), colour("--chart-4")],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--text") },
    grid: { left: 8, right: 8, top: 44, bottom: 8, containLabel: true },
    legend: { top: 4, left: 0, icon: "rect", itemWidth: 14, itemHeight: 8,
      textStyle: { color: colour("--text") } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      valueFormatter: (value) => `${grouped(value)} ${data.unit}`,
    },
    xAxis: {
      type: "category",
      data: data.categories,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--line-strong") } },
      axisLabel: { color: colour("--muted") },
    },
    yAxis: {
      type: "value",
      splitLine: { lineStyle: { color: colour("--line") } },
      axisLabel: { color: colour("--muted"), formatter: grouped },
    },
    series: data.series.map((series) => ({
      type: data.kind,
      name: series.name,
      data: series.values,
      barMaxWidth: 28,
      symbolSize: 7,
      lineStyle: { width: 2.5 },
    })),
  });

  const drawn = holders.map((holder) => {
    const data = JSON.parse(document.getElementById(holder.dataset.chart).textContent);
    const chart = window.echarts.init(holder, null, { renderer: "canvas" });
    return { chart, data };
  });
  const draw = () => drawn.forEach(({ chart, data }) => chart.setOption(option(data), true));
  draw();
  dark.addEventListener("change", () => window.setTimeout(draw, 0));
  new ResizeObserver(() => drawn.forEach(({ chart }) => chart.resize())).observe(document.body);
})();
