// Rows for people who are not on the list: one after another, and whoever may be on it
// already is asked about while the name is typed.
import { copy, on, part, put, show, spot, worded } from "./page.js";
import { fold, uuid } from "./text.js";
import { householdTitle } from "./worklist.js";

const FIRST_YEAR = 1900;
const MOST = 20;
let serial = 0;

// Everybody of the villages on this phone by folded name and birth year.
export function register(known) {
  const people = new Map();
  for (const household of known.households) {
    for (const member of household.m)
      people.set(`${fold(member.f)} ${member.y}`, { member, household });
  }
  return people;
}

// `options`: people (a register), legend(number), skills (draws them, or null), year (this
// year), changed(), same({member, household}, person) → true when the household's own form
// took the person over; isYearOptional, more(element, id, person) → {state()} for a further
// field, otherWords() for whoever turns out to be somebody else.
export function peopleRows(holder, options) {
  const most = options.most ?? MOST;
  const rows = [];
  const add = (person) => {
    const row = newRow(options, rows.length + 1, person);
    row.changed = () => {
      if (rows.at(-1) === row && row.isFilled() && rows.length < most) add();
      options.changed();
    };
    rows.push(row);
    holder.append(row.element);
    return row;
  };
  add();
  return {
    state: () => rows.filter((row) => row.isFilled()).map((row) => row.state()),
    fill(people) {
      for (const row of rows.splice(0)) row.element.remove();
      for (const person of people) add(person).look();
      if (rows.length < most) add();
    },
    // Everything that is wrong, with the field it is wrong with.
    errors() {
      const seen = new Set();
      return rows.filter((row) => row.isFilled()).flatMap((row) => row.errors(seen));
    },
  };
}

function newRow(options, number, person = {}) {
  const element = copy("visit-new-person").firstElementChild;
  const id = `new-${++serial}`;
  const key = person.uuid ?? uuid();
  const field = (name) => element.querySelector(`[data-name="${name}"]`);
  let decided = person.decided ?? "";
  let other = null;
  element.id = id;
  put(element, "legend", options.legend(number));
  for (const name of ["full_name", "birth_year", "sex"]) {
    field(name).id = `${id}-${name}`;
    element.querySelector(`[data-label="${name}"]`).htmlFor = `${id}-${name}`;
    field(name).value = person[name] ?? "";
  }
  const skills = options.skills?.(spot(element, "skills"), `${id}-outcome`, person.outcomes ?? {});
  if (!skills) part(element, "skills").remove();
  const more = options.more?.(element, id, person);
  const confirmed = element.querySelector("[data-confirmed]");
  if (confirmed && skills) confirmed.checked = Boolean(person.confirmed);

  const who = () => `${fold(field("full_name").value)} ${field("birth_year").value.trim()}`;
  const look = () => {
    other = options.people.get(who()) ?? null;
    const isOpen = other !== null && decided !== who();
    show(element, "duplicate", isOpen);
    if (isOpen) put(element, "duplicate", known(other));
  };
  const row = {
    element,
    changed: () => {},
    look,
    isFilled: () => Boolean(field("full_name").value.trim() || field("birth_year").value.trim()),
    state: () => ({
      uuid: key,
      full_name: field("full_name").value,
      birth_year: field("birth_year").value.trim(),
      sex: field("sex").value,
      ...more?.state(),
      ...(skills && { outcomes: skills.outcomes(), confirmed: confirmed.checked }),
      decided,
    }),
    errors(seen) {
      const errors = wrongWith(id, field, options);
      if (!errors.length && seen.has(who()))
        errors.push(error(id, "full_name", gettext("This person stands here twice.")));
      seen.add(who());
      look();
      if (!part(element, "duplicate").hidden) {
        errors.push({
          field: id,
          label: field("full_name").value,
          text: gettext("Say whether it is the same person."),
        });
      }
      return errors;
    },
  };
  element.addEventListener("input", () => {
    put(element, "settled", "");
    look();
    row.changed();
  });
  on(element, "other-person", () => {
    decided = who();
    look();
    put(element, "settled", options.otherWords?.() ?? gettext("Another person: added to this household."));
    field("full_name").focus();
    row.changed();
  });
  on(element, "same-person", () => {
    const taken = options.same?.(other, row.state());
    const words = taken
      ? gettext("%(name)s is ticked above.")
      : gettext(
          "%(name)s stays in «%(household)s» and is not added here. Record what this person can do on a visit there.",
        );
    const values = { name: other.member.f, household: householdTitle(other.household) };
    for (const name of ["full_name", "birth_year", "sex"]) field(name).value = "";
    skills?.clear();
    look();
    put(element, "settled", worded(words, values));
    row.changed();
  });
  return row;
}

function known({ member, household }) {
  return worded(
    gettext("%(name)s, born %(year)s, is on the list already: %(household)s%(address)s."),
    {
      name: member.f,
      year: member.y,
      household: householdTitle(household),
      address: household.a ? `, ${household.a}` : "",
    },
  );
}

function error(id, name, text) {
  const field = `${id}-${name}`;
  return { field, label: document.querySelector(`[for="${field}"]`)?.textContent ?? "", text };
}

function wrongWith(id, field, { year: thisYear, isYearOptional = false }) {
  const errors = [];
  const name = field("full_name").value.trim();
  const year = field("birth_year").value.trim();
  if (!name) errors.push(error(id, "full_name", gettext("Write the full name.")));
  else if (!/\p{L}/u.test(name))
    errors.push(error(id, "full_name", gettext("A name is written in letters.")));
  if (!year && isYearOptional) return errors;
  if (!year) errors.push(error(id, "birth_year", gettext("Write the birth year.")));
  else if (!/^\d{4}$/.test(year))
    errors.push(error(id, "birth_year", gettext("Write the year with four digits, such as 1961.")));
  else if (Number(year) < FIRST_YEAR || Number(year) > thisYear) {
    errors.push(
      error(
        id,
        "birth_year",
        worded(gettext("The birth year lies between %(first)s and %(last)s."), {
          first: FIRST_YEAR,
          last: thisYear,
        }),
      ),
    );
  }
  return errors;
}

// A name on one line, as the server stores it.
export function plainName(text) {
  return text.normalize("NFC").split(/\s+/u).filter(Boolean).join(" ");
}
