// How screens are made: from the page's own templates, with words put in as text.

const zone = "Asia/Ho_Chi_Minh";
const language = document.documentElement.lang;

// A copy of `<template id=name>` as one fragment.
export function copy(name) {
  return document.getElementById(name).content.cloneNode(true);
}

// Put the template `screen-…` into the root and return the root.
export function draw(root, name) {
  root.append(copy(`screen-${name}`));
  return root;
}

// The element that carries this word: data-put="name".
export function spot(root, name) {
  return root.querySelector(`[data-put="${name}"]`);
}

export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

// Write words into a spot and show it; without words it is hidden.
export function put(root, name, words) {
  const element = spot(root, name);
  element.textContent = words ?? "";
  element.hidden = !words;
  return element;
}

export function show(root, name, visible = true) {
  part(root, name).hidden = !visible;
}

// Call `act` when the button data-do="name" is pressed.
export function on(root, name, act) {
  for (const button of root.querySelectorAll(`[data-do="${name}"]`))
    button.addEventListener("click", act);
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// One row of a list: a title, why or where it stands, further notes.
export function row(href, title, lines = []) {
  const main = make("span", { class: "row-main" }, make("b", {}, title));
  for (const [kind, words] of lines) if (words) main.append(make("span", { class: kind }, words));
  return make("li", {}, make("a", { class: "row-link", href }, main));
}

// Say something to a screen reader without moving the focus.
export function say(words) {
  document.querySelector("[data-said]").textContent = words;
}

// What ngettext chose, with its numbers put in.
export function counted(words, count, more = {}) {
  return interpolate(words, { count: number(count), ...more }, true);
}

export function worded(words, values) {
  return interpolate(words, values, true);
}

export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

// «10:32» in Vietnam.
export function clock(instant) {
  return new Intl.DateTimeFormat("vi", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(instant));
}

// «Thứ Sáu» of a day.
export function weekday(iso) {
  const name = new Intl.DateTimeFormat(language, { timeZone: "UTC", weekday: "long" }).format(
    new Date(`${iso}T12:00:00Z`),
  );
  return name.charAt(0).toUpperCase() + name.slice(1);
}

// A day some days after another.
export function later(iso, days) {
  const date = new Date(`${iso}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

// Show what is wrong, lead from the summary to the fields, and put the focus there.
// `errors`: [{field: id of an element, label, text}].
export function showErrors(form, errors) {
  for (const old of form.querySelectorAll(".field-error[data-of-form]")) old.remove();
  for (const box of form.querySelectorAll(".invalid")) box.classList.remove("invalid");
  for (const input of form.querySelectorAll("[aria-invalid]"))
    input.removeAttribute("aria-invalid");
  const list = spot(form, "errors");
  list.replaceChildren();
  const summary = part(form, "errors");
  summary.hidden = errors.length === 0;
  for (const error of errors) list.append(make("li", {}, errorLink(form, error)));
  if (errors.length) summary.focus();
}

function errorLink(form, { field, label, text }) {
  const link = make("a", { href: `#${field}` }, label ? `${label}: ${text}` : text);
  const target = form.querySelector(`#${CSS.escape(field)}`);
  const box = target?.closest("[data-field]") ?? target;
  if (box) {
    box.classList.add("invalid");
    const message = make("p", { class: "field-error", "data-of-form": "" }, text);
    if (target.matches("input, select, textarea")) target.before(message);
    else (box.querySelector("h2, legend, summary") ?? box.firstElementChild).after(message);
    if (target.matches("input, select, textarea")) target.setAttribute("aria-invalid", "true");
  }
  link.addEventListener("click", (event) => {
    event.preventDefault();
    for (
      let folded = target?.closest("details");
      folded;
      folded = folded.parentElement.closest("details")
    )
      folded.open = true;
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  });
  return link;
}
