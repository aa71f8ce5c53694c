// The counter by keyboard: a name, its arrow keys, the services' letters, Enter.
// Without this the page finds by its own form and chooses by links.
const box = document.querySelector("[data-find]");
const list = document.querySelector("[data-found]");
const form = document.querySelector("[data-counter]");
const services = [...form.querySelectorAll("[data-service]")];
const CHOICES = { t: 0, a: 0, 1: 0, g: 1, h: 1, 2: 1, c: 2, n: 2, 3: 2 };
const WAIT = 120;
let waiting = 0;
let asking = null;
// What the rows on the screen answer; null when they answer nothing.
let shownFor = box.value.trim();
// The keys pressed after Enter while the answer is on its way.
let ahead = null;

box.setAttribute("role", "combobox");
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-autocomplete", "list");
list.setAttribute("role", "listbox");
document.querySelector("[data-find-button]").hidden = true;
showState();

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, WAIT);
  box.setCustomValidity("");
  list.setAttribute("aria-busy", String(box.value.trim() !== shownFor));
});
box.form.addEventListener("submit", (event) => event.preventDefault());
box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") {
    event.preventDefault();
    clear();
  } else if (ahead) {
    // The name is said; these are for what comes after it. Enter once more is impatience.
    event.preventDefault();
    if (event.key !== "Enter" || ahead.length) ahead.push(event.key === "Tab" ? "ArrowDown" : event.key);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose();
  }
});
list.addEventListener("click", (event) => {
  const one = event.target.closest("[data-resident]");
  if (!one) return;
  event.preventDefault();
  take(one);
});

// Shows who answers to what stands in the box now; says whether that was found out.
async function find() {
  clearTimeout(waiting);
  const wanted = box.value.trim();
  asking?.abort();
  const mine = (asking = new AbortController());
  if (!wanted) {
    show("", "");
    return true;
  }
  try {
    const reply = await fetch(`${box.dataset.people}?q=${encodeURIComponent(wanted)}`, { signal: mine.signal });
    const html = await reply.text();
    // Answers may overtake each other, and what was asked may be of no interest any more.
    if (mine !== asking || box.value.trim() !== wanted) return false;
    if (reply.redirected || !reply.ok) {
      location.reload();
      return false;
    }
    show(html, wanted);
    return true;
  } catch (failure) {
    if (mine === asking && failure.name !== "AbortError") say(form.dataset.offline);
    return false;
  }
}

function show(html, wanted) {
  // The portal's own page part: names in it are escaped there.
  list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  list.removeAttribute("aria-busy");
  shownFor = wanted;
  mark(0);
  showState();
}

function say(text) {
  const line = document.createElement("p");
  line.className = "found-none";
  line.textContent = text;
  list.replaceChildren(line);
  list.removeAttribute("aria-busy");
  shownFor = null;
  showState();
}

function showState() {
  box.setAttribute("aria-expanded", String(people().length > 0));
}

function people() {
  return [...list.querySelectorAll("[data-resident]")];
}

function mark(by) {
  const all = people();
  if (!all.length) {
    box.removeAttribute("aria-activedescendant");
    return;
  }
  const now = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = by === 0 ? 0 : (now + by + all.length) % all.length;
  for (const one of all) one.setAttribute("aria-selected", String(one === all[next]));
  box.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

// Takes the marked row, if the rows answer what is typed. If their answer is still on its
// way, nobody of an earlier search is taken, and of several nobody whom no one has seen.
async function choose() {
  const wanted = box.value.trim();
  if (!wanted) {
    nobody();
    return;
  }
  if (wanted === shownFor) {
    const one = people().find((found) => found.getAttribute("aria-selected") === "true");
    if (one) take(one);
    return;
  }
  ahead = [];
  const keys = ahead;
  const isFound = await find();
  if (ahead !== keys) return;
  ahead = null;
  if (!isFound || people().length !== 1) return;
  take(people()[0]);
  for (const key of keys) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}

function take(one) {
  form.querySelector("[data-resident-field]").value = one.dataset.resident;
  form.querySelector("[data-citizen]").replaceChildren(...[...one.childNodes].map((part) => part.cloneNode(true)));
  empty();
  enter(services[0]);
}

function empty() {
  box.value = "";
  box.setCustomValidity("");
  // Whatever is still on its way came too late.
  find();
}

// The next citizen from the start: name, services and note; the office and the day stay.
function clear() {
  ahead = null;
  empty();
  unname();
  for (const input of form.querySelectorAll("[data-service] input")) input.checked = false;
  form.elements.confirmed.checked = false;
  form.elements.note.value = "";
  box.focus();
}

function nobody() {
  unname();
  enter(services[0]);
}

function unname() {
  form.querySelector("[data-resident-field]").value = "";
  const name = document.createElement("b");
  name.textContent = form.dataset.nameless;
  form.querySelector("[data-citizen]").replaceChildren(name);
}

function enter(service) {
  const chosen = service?.querySelector("input:checked") ?? service?.querySelector("input");
  (chosen ?? form.querySelector("[type=submit]")).focus();
}

form.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const field = event.target;
  if (event.key === "Escape") {
    clear();
    return;
  }
  if (field.matches("select, [type=date], [type=text]")) return;
  const key = event.key.toLowerCase();
  if (key === "v") {
    form.elements.confirmed.click();
    event.preventDefault();
    return;
  }
  const service = field.closest("[data-service]");
  if (!service) return;
  const place = services.indexOf(service);
  if (key in CHOICES) {
    service.querySelectorAll("input")[CHOICES[key]].checked = true;
    move(event, place + 1);
  } else if (key === "x") {
    for (const input of service.querySelectorAll("input")) input.checked = false;
    event.preventDefault();
  } else if (key === "arrowdown" || key === "arrowup") {
    move(event, place + (key === "arrowdown" ? 1 : -1));
  } else if (key === "enter") {
    event.preventDefault();
    form.requestSubmit();
  }
});

function move(event, place) {
  event.preventDefault();
  if (place < 0) box.focus();
  else if (place < services.length) enter(services[place]);
  else form.elements.confirmed.focus();
}

// A checkbox does not submit by itself, and a second Enter must not save twice.
form.elements.confirmed.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  form.requestSubmit();
});
let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  if (box.value.trim()) {
    // Somebody was named and not chosen: without a name it would count for nobody.
    event.preventDefault();
    box.setCustomValidity(form.dataset.unchosen);
    box.reportValidity();
    return;
  }
  sent = true;
});
addEventListener("pageshow", () => { sent = false; });

// Ctrl+Z takes back what was just saved, unless there is text in which it takes back letters.
const undo = document.querySelector("[data-undo]");
document.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
  if (!isUndo || !undo || event.target.value && event.target.matches("[type=text], [type=search]")) return;
  event.preventDefault();
  undo.requestSubmit();
});
