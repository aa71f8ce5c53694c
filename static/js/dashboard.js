// The dashboard keeps itself up to date: while somebody looks, it asks whether anything
// changed (204: no) and swaps the figures, with open parts, focus and scroll as they were.

const SIGN_OF_DASHBOARD = 'id="dashboard"';
let chart = null;
let opened = new Set();
let timer = 0;

const panel = () => document.getElementById("dashboard");

function ask() {
  if (document.visibilityState === "visible" && !someoneTypes()) {
    htmx.trigger(panel(), "refresh");
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  timer = setTimeout(ask, Number(panel().dataset.seconds) * 1000);
}

// A half-typed search is not thrown away by a refresh.
function someoneTypes() {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && field.value !== field.defaultValue;
}

function drawTrend() {
  chart?.destroy();
  chart = null;
  const canvas = document.getElementById("trend");
  if (!canvas || !window.Chart) return;
  const { points, target } = JSON.parse(canvas.dataset.trend);
  const words = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const last = points.length - 1;
  const datasets = [
    {
      data: points.map((point) => point.share),
      borderColor: "#2b8390",
      backgroundColor: "#2b8390",
      borderWidth: 2.5,
      pointRadius: points.map((_point, index) => (index === last ? 5 : 3)),
      tension: 0.2,
      spanGaps: false,
    },
  ];
  if (target !== null) {
    datasets.push({
      data: points.map(() => target),
      borderColor: "#12232a",
      borderWidth: 1.5,
      borderDash: [6, 4],
      pointRadius: 0,
      pointHitRadius: 0,
    });
  }
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  chart = new Chart(canvas, {
    type: "line",
    data: { labels: points.map((point) => point.on), datasets },
    plugins: [valueLabels(points, words, target, canvas.dataset.goalWords)],
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 18, right: 24 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          filter: (item) => item.datasetIndex === 0,
          callbacks: { label: (item) => `${words.format(item.parsed.y)} %` },
        },
      },
      scales: {
        y: {
          min: 0,
          max: 100,
          ticks: { stepSize: 25, color: "#4b5c64", callback: (value) => `${value} %` },
          grid: { color: "#e3eaec" },
        },
        x: { ticks: { color: "#4b5c64", maxRotation: 0 }, grid: { display: false } },
      },
    },
  });
}

// The first and last value and the target stand on the chart itself: paper has no tooltip.
function valueLabels(points, words, target, goalWords) {
  return {
    id: "valueLabels",
    afterDatasetsDraw({ ctx, scales, chartArea }) {
      ctx.save();
      ctx.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
      ctx.fillStyle = "#12232a";
      const known = points.map((point, index) => [index, point.share]).filter(([, share]) => share !== null);
      const shown = known.length > 1 ? [known[0], known[known.length - 1]] : known;
      for (const [index, share] of shown) {
        const before = points[index - 1]?.share ?? share;
        const x = scales.x.getPixelForValue(index);
        const y = scales.y.getPixelForValue(share);
        const isSteep = share - before > 6;
        const isUnderGoal = target !== null && target >= share && target - share < 12;
        const word = `${words.format(share)} %`;
        ctx.textAlign = index === 0 ? "left" : "right";
        if (index === 0) ctx.fillText(word, x, y - 10);
        else if (isSteep) ctx.fillText(word, x - 12, y + 4);
        else ctx.fillText(word, x + 8, y + (isUnderGoal ? 22 : -12));
      }
      if (target !== null && goalWords) {
        ctx.font = `400 12.5px ${getComputedStyle(document.body).fontFamily}`;
        ctx.textAlign = "left";
        ctx.fillText(goalWords, chartArea.left + 6, scales.y.getPixelForValue(target) - 6);
      }
      ctx.restore();
    },
  };
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== panel()) return;
  const { xhr } = event.detail;
  if (xhr.status === 200 && !xhr.responseText.includes(SIGN_OF_DASHBOARD)) {
    // The session is over: the answer is the sign-in page, which wants a whole window.
    event.detail.shouldSwap = false;
    window.location.reload();
    return;
  }
  if (!event.detail.shouldSwap) return;
  // htmx carries attributes over to the new canvas, and a style among them breaks the policy.
  chart?.destroy();
  chart = null;
  document.getElementById("trend")?.removeAttribute("style");
  opened = new Set([...panel().querySelectorAll("details[open][id]")].map((part) => part.id));
});

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  // Said again without being new, the words would be read aloud for nothing.
  const { target, fragment } = event.detail;
  if (target.id === "freshness" && target.textContent.trim() === fragment.textContent.trim()) {
    event.detail.shouldSwap = false;
  }
});

document.body.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  opened = new Set();
  drawTrend();
  plan();
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") ask();
});

// The period picker closes like a menu.
const picker = document.querySelector("details.picker");
document.addEventListener("click", (event) => {
  if (picker && !picker.contains(event.target)) picker.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !picker?.open) return;
  picker.open = false;
  picker.querySelector("summary").focus();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
let openedForPaper = null;
window.addEventListener("beforeprint", () => {
  const table = document.getElementById("trend-table");
  openedForPaper = table && !table.open ? table : null;
  chart?.resize(640, 220);
});
window.addEventListener("afterprint", () => {
  openedForPaper = null;
  chart?.resize();
});

document.documentElement.classList.add("scripted");
drawTrend();
plan();
