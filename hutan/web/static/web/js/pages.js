// Refinements of the role pages that work without them: deadlines that run to the second.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  const two = (value) => String(value).padStart(2, "0");

  // The same rule as figures.countdown: days, then the clock, rounded down.
  const written = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const rest = seconds % 86400;
    const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
      .map(two)
      .join(":");
    if (!days) {
      return clock;
    }
    const unit = english ? (days === 1 ? "day" : "days") : "天";
    return `${days}\u00a0${unit}\u00a0${clock}`;
  };

  // The platform's clock may be a demonstration's: time runs on from what the server said.
  const began = performance.now();
  const countdowns = [...document.querySelectorAll(".countdown-exact")].map((element) => ({
    element,
    left: (Date.parse(element.dataset.until) - Date.parse(element.dataset.now)) / 1000,
  }));
  if (countdowns.length) {
    const tick = () => {
      const passed = (performance.now() - began) / 1000;
      for (const { element, left } of countdowns) {
        if (passed >= left) {
          element.textContent = element.dataset.over;
          element.closest(".deadline").classList.add("deadline-over");
        } else {
          element.textContent = written(Math.floor(left - passed));
        }
      }
    };
    window.setInterval(tick, 1000);
  }
})();
