// Screens by the address behind the #. Back and forward are the browser's own.

const routes = [];
const places = new Map();
let holder = null;
let head = null;
let guard = async () => null;
let current = null;
let turn = 0;
let byLink = true;

// `pattern` is "#/household/:uuid"; `load` resolves with {show(root, parameters)}.
export function route(pattern, load) {
  const names = [...pattern.matchAll(/:(\w+)/g)].map((match) => match[1]);
  const shape = new RegExp(`^${pattern.replace(/:\w+/g, "([^/]+)")}$`);
  routes.push({ names, shape, load });
}

export function address() {
  return location.hash.startsWith("#/") ? location.hash : "#/";
}

// Go to a screen; `replace` leaves no way back to the one that is shown now.
export function go(hash, { replace = false } = {}) {
  byLink = true;
  if (hash === address() && location.hash) return refresh();
  if (replace) {
    history.replaceState(null, "", hash);
    return refresh();
  }
  location.hash = hash;
  return undefined;
}

// Draw the screen of this address anew.
export function refresh() {
  byLink = true;
  return arrive();
}

// `settings`: holder (where screens stand), head (title, subtitle, back), guard (resolves
// with a screen to show instead, or null), broken (what to show when a screen fails).
export function start(settings) {
  ({ holder, head, guard } = settings);
  history.scrollRestoration = "manual";
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[href^='#/']")) byLink = true;
  });
  window.addEventListener("hashchange", () => {
    // An address that is no screen, such as that of a field, is none of ours.
    if (!location.hash || location.hash.startsWith("#/")) arrive(settings.broken);
  });
  window.addEventListener(
    "scroll",
    () => {
      if (current) places.set(current.hash, window.scrollY);
    },
    { passive: true },
  );
  arrive.broken = settings.broken;
  return arrive();
}

// Whoever shows a screen may ask to be told when it is left: that is where drafts are kept.
export async function leaveNow() {
  await current?.leave?.();
}

function found(hash) {
  for (const { names, shape, load } of routes) {
    const match = shape.exec(hash.split("?")[0]);
    if (match)
      return {
        load,
        parameters: Object.fromEntries(names.map((name, at) => [name, match[at + 1]])),
      };
  }
  return null;
}

async function arrive() {
  const mine = ++turn;
  const hash = address();
  const wanted = byLink;
  byLink = false;
  try {
    await leaveNow();
    const instead = await guard(hash);
    const { load, parameters } = instead ?? found(hash) ?? found("#/missing");
    const module = await load();
    const root = document.createElement("div");
    const shown = (await module.show(root, parameters)) ?? {};
    if (mine !== turn) {
      await shown.leave?.();
      return;
    }
    const same = current?.hash === hash && current.load === load;
    current = { hash, load, leave: shown.leave };
    holder.replaceChildren(root);
    head(shown);
    shown.shown?.();
    settle({ wanted, same, hash, focus: shown.focus });
  } catch (problem) {
    if (mine !== turn) return;
    // The vault shut meanwhile: the guard knows what to show instead.
    if (problem.name === "Locked" && (await guard(hash))) {
      await refresh();
      return;
    }
    current = { hash };
    arrive.broken(problem);
  }
}

// A new screen begins at its heading; the way back leads to the place that was left.
function settle({ wanted, same, hash, focus }) {
  const place = same || !wanted ? (places.get(hash) ?? 0) : 0;
  window.scrollTo(0, place);
  const target = focus ?? document.querySelector("[data-title]");
  if (!same) target.focus({ preventScroll: true });
}
