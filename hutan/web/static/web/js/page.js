// Small refinements of pages that work without them: countdowns, texts opened beside the page,
// codes written in groups.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  const units = english
    ? [["day", "days"], ["hour", "hours"], ["minute", "minutes"], ["second", "seconds"]]
    : [["天"], ["小时"], ["分钟"], ["秒"]];

  // The same rule as figures.span: the two largest parts, rounded down.
  const span = (seconds) => {
    const parts = [
      Math.floor(seconds / 86400),
      Math.floor(seconds / 3600) % 24,
      Math.floor(seconds / 60) % 60,
      seconds % 60,
    ];
    const first = Math.max(0, parts.findIndex((part) => part > 0));
    const start = parts.some((part) => part > 0) ? first : 3;
    const shown = [start, start + 1].filter((at) => at < 4 && (parts[at] > 0 || start === 3));
    return shown
      .map((at) => `${parts[at]}\u00a0${units[at][english && parts[at] !== 1 ? 1 : 0]}`)
      .join(english ? " " : "\u00a0");
  };

  // The platform's clock may be a demonstration's: time runs on from what the server said.
  const began = performance.now();
  const countdowns = [...document.querySelectorAll(".countdown-left")].map((element) => ({
    element,
    left: (Date.parse(element.dataset.until) - Date.parse(element.dataset.now)) / 1000,
  }));
  if (countdowns.length) {
    const tick = () => {
      const passed = (performance.now() - began) / 1000;
      for (const { element, left } of countdowns) {
        element.textContent = span(Math.max(0, Math.floor(left - passed)));
      }
    };
    window.setInterval(tick, 1000);
  }

  const aside = document.getElementById("aside");
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "aside-body" && !aside.open) {
      aside.showModal();
    }
  });
  aside?.addEventListener("click", (event) => {
    if (event.target === aside) {
      aside.close();
    }
  });

  for (const entry of document.querySelectorAll("input.code-entry")) {
    entry.addEventListener("blur", () => {
      const letters = entry.value.replace(/[\s-]/g, "").toUpperCase();
      entry.value = letters.match(/.{1,4}/g)?.join("-") ?? "";
    });
  }
})();
