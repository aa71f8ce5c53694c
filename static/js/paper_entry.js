// Typing a sheet in by keyboard. Without this the page is one form that is saved as a whole.
const form = document.querySelector("[data-paper-entry]");
const words = form.dataset;
const ANSWERS = /^[TGCAHN123]$/;
const rows = () => [...form.querySelectorAll("[data-row]")];
const fieldsOf = (row) => [...row.querySelectorAll("input, select")].filter((field) => !field.disabled && field.checkVisibility());
const isFilled = (row) => fieldsOf(row).some((field) => (field.type === "checkbox" ? field.checked : field.value.trim() !== ""));

// Nothing typed is left behind unasked.
let leaving = false;
form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && rows().some(isFilled)) event.preventDefault();
});

// The date and the member go along to the other pages of the sheet.
for (const link of form.querySelectorAll("[data-carry]")) {
  link.addEventListener("click", () => { link.href = carried(link); });
}
function carried(link) {
  const address = new URL(link.href);
  for (const name of ["visited_on", "member"]) address.searchParams.set(name, form.elements[name].value);
  return address.href;
}

form.addEventListener("input", (event) => {
  const field = event.target;
  const row = field.closest("[data-row]");
  if (!row) return;
  if (field.matches("[data-answer]")) answer(field, row);
  // Who has shown something was met; who was not met has shown nothing.
  const person = field.closest(".entry-person");
  if (!person) return;
  const met = person.querySelector("[data-met]");
  if (field === met) {
    if (!met.checked) clear(person);
  } else if (field.checked || (field.matches("[data-answer]") && field.value)) {
    met.checked = true;
  }
});

function answer(field, row) {
  field.value = field.value.trim().toUpperCase();
  const isKnown = ANSWERS.test(field.value);
  field.setAttribute("aria-invalid", String(field.value !== "" && !isKnown));
  if (isKnown) step(row, field, 1);
}

function clear(person) {
  for (const field of person.querySelectorAll("input")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
}

form.addEventListener("keydown", (event) => {
  const field = event.target;
  const row = field.closest("[data-row]");
  if (event.key === "Enter" && !event.isComposing && field.matches("input, select")) {
    event.preventDefault();
    if (row) save(row);
    else enter(rows()[0]);
    return;
  }
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "PageDown" || event.key === "PageUp") {
    event.preventDefault();
    enter(neighbour(row, event.key === "PageDown" ? 1 : -1));
  } else if (event.key.startsWith("Arrow") && field.tagName !== "SELECT") {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      lineAcross(field, by)?.focus();
    }
  } else if (field.type === "checkbox" && event.key.toLowerCase() === "x") {
    event.preventDefault();
    if (!field.checked) field.click();
    step(row, field, 1);
  } else if (field.matches("[data-answer]") && event.key === "Backspace" && !field.value) {
    event.preventDefault();
    step(row, field, -1);
  }
});
form.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-answer]")) event.target.select();
});

// The hands stay on the keys: the date first, then the first row.
if (matchMedia("(min-width: 48em)").matches && !document.querySelector("[data-error-summary]")) {
  if (form.elements.visited_on.value) enter(rows()[0]);
  else form.elements.visited_on.focus();
}

function step(row, field, by) {
  const fields = fieldsOf(row);
  fields[fields.indexOf(field) + by]?.focus();
}

function neighbour(row, by) {
  const all = rows();
  return all[all.indexOf(row) + by];
}

function lineAcross(field, by) {
  const same = [...form.querySelectorAll(`[data-row] [data-column="${field.dataset.column}"]`)].filter((other) => !other.disabled);
  return same[same.indexOf(field) + by];
}

function enter(row) {
  if (!row) return;
  fieldsOf(row)[0]?.focus();
  row.scrollIntoView({ block: "nearest" });
}

// Enter saves the row and goes on; a row without a visit is passed over.
async function save(row) {
  if (row.classList.contains("busy")) return;
  const following = neighbour(row, 1);
  if (!isFilled(row)) {
    goOn(following);
    return;
  }
  row.classList.add("busy");
  say(row, words.saving);
  const reply = await send(row);
  row.classList.remove("busy");
  if (reply.receipt) {
    close(row, reply);
    goOn(following);
  } else {
    complain(row, reply);
  }
}

function goOn(row) {
  const link = form.querySelector("[data-following]");
  if (row) enter(row);
  else if (link && !rows().some(isFilled)) location.assign(carried(link));
  else form.querySelector("[type=submit]").focus();
}

async function send(row) {
  try {
    let response = await post(row);
    if (response.status === 403) {
      // Signed in again meanwhile: the page's token is an old one.
      if (!(await renewToken())) return { errors: [words.signedOut] };
      response = await post(row);
    }
    if (response.redirected) return { errors: [words.signedOut] };
    if (!response.headers.get("Content-Type")?.includes("json")) return { errors: [words.refused] };
    return await response.json();
  } catch {
    return { errors: [words.unsent] };
  }
}

function post(row) {
  const body = new FormData();
  const all = new FormData(form);
  const own = new Set(["csrfmiddlewaretoken", "page", "visited_on", "member"]);
  const prefix = `r${row.dataset.row}-`;
  for (const [name, value] of all) if (own.has(name) || name.startsWith(prefix)) body.append(name, value);
  body.append("row", row.dataset.row);
  return fetch(form.action, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
}

async function renewToken() {
  const page = await fetch(form.action, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-paper-entry] [name=csrfmiddlewaretoken]");
  if (fresh) form.elements.csrfmiddlewaretoken.value = fresh.value;
  return Boolean(fresh);
}

function say(row, text) {
  row.querySelector("[data-state]").textContent = text;
}

function linkTo(address, text) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.textContent = text;
  return link;
}

function close(row, reply) {
  row.querySelector("[data-errors]").replaceChildren();
  row.querySelector("[data-fields]").remove();
  row.removeAttribute("data-row");
  row.classList.remove("wrong");
  row.classList.add("done");
  row.querySelector("[data-state]").replaceChildren(linkTo(reply.url, reply.words));
  form.querySelector("[data-done]").textContent = reply.done;
}

function complain(row, reply) {
  row.classList.add("wrong");
  say(row, "");
  const lines = (reply.errors ?? [words.refused]).map((text) => {
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = text;
    return line;
  });
  if (reply.url) lines.push(linkTo(reply.url, words.correct));
  row.querySelector("[data-errors]").replaceChildren(...lines);
  if (reply.asks) {
    const other = row.querySelector("[data-other]");
    other.hidden = false;
    other.querySelector("input").focus();
  }
}
