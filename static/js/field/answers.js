// The visit form as a thing: draw it for a household, read it, fill it, say what is wrong.
// `state` is what stands in the fields, kept in drafts; `body` is what the commune gets.
import { copy, counted, later, make, part, show, spot, worded } from "./page.js";
import { peopleRows, plainName, register } from "./people_rows.js";

const EARLIEST_DAYS = 400;
const LATEST_RETURN_DAYS = 366;
const MOST_UNNAMED = 500;
const PLAIN_FIELDS = [
  "visited_on",
  "occasion",
  "smart_device",
  "connection",
  "difficulty",
  "language",
  "unnamed_people",
  "return_on",
  "note",
  "reason",
];

export function answersOf(form, { household, known, today, changed }) {
  const language = document.documentElement.lang;
  const offered = known.skills.filter((skill) => skill.offered !== false);
  const skillName = (skill) => (language === "en" && skill.name_en) || skill.name;
  const people = new Map();

  const drawSkills = (holder, prefix, skills, outcomes) => {
    const rows = skills.map((skill) =>
      skillRow(skill, skillName(skill), `${prefix}-${skill.code}`, outcomes[skill.code]),
    );
    holder.append(...rows.map((row) => row.element));
    return rows;
  };
  for (const member of household.m) {
    const person = personRow(member, offered, drawSkills);
    people.set(member.u, person);
    spot(form, "people").append(person.element);
  }
  show(form, "nobody", household.m.length === 0);
  const newcomers = peopleRows(spot(form, "new-people"), {
    people: register(known),
    year: Number(today.slice(0, 4)),
    changed,
    legend: (number) => worded(gettext("New member %(number)s"), { number }),
    skills: (holder, prefix, outcomes) => skillsOf(drawSkills(holder, prefix, offered, outcomes)),
    same: ({ member, household: theirs }, person) => {
      if (theirs.u !== household.u) return false;
      people.get(member.u).meet(person);
      return true;
    },
  });
  form.querySelector("#new_people").open = household.m.length === 0;
  form.elements.visited_on.min = later(today, -EARLIEST_DAYS);
  form.elements.visited_on.max = today;

  const answers = {
    state() {
      const plain = Object.fromEntries(
        PLAIN_FIELDS.map((name) => [name, form.elements[name].value]),
      );
      return {
        ...plain,
        people: [...people]
          .map(([resident, person]) => ({ resident, ...person.state() }))
          .filter((one) => one.met),
        new_people: newcomers.state(),
      };
    },
    fill(state) {
      for (const name of PLAIN_FIELDS)
        if (state[name] !== undefined) form.elements[name].value = state[name];
      for (const { resident, ...answered } of state.people) people.get(resident)?.meet(answered);
      if (state.new_people.length) {
        newcomers.fill(state.new_people);
        form.querySelector("#new_people").open = true;
      }
      if (state.language || state.unnamed_people || state.note) part(form, "further").open = true;
    },
    errors: () => wrongWith(answers.state(), form, newcomers, today),
  };
  form.addEventListener("change", (event) => event.target.closest("[data-person]") && changed());
  return answers;
}

// A form that says nothing but its starting day needs no draft.
export function isTouched(state) {
  const {
    people,
    new_people: added,
    visited_on: _day,
    occasion: _where,
    reason: _reason,
    ...further
  } = state;
  return people.length > 0 || added.length > 0 || Object.values(further).some(Boolean);
}

export function bodyOf(state, household) {
  return {
    household,
    visited_on: state.visited_on,
    occasion: state.occasion,
    people: state.people.map(({ resident, outcomes, confirmed }) => ({
      resident,
      outcomes,
      confirmed,
    })),
    new_people: state.new_people.map((person) => ({
      uuid: person.uuid,
      full_name: plainName(person.full_name),
      birth_year: Number(person.birth_year),
      sex: person.sex,
      outcomes: person.outcomes,
      confirmed: person.confirmed,
    })),
    // Whoever looked alike was decided about on the screen.
    new_people_confirmed: state.new_people.some((person) => person.decided),
    unnamed_people: Number(state.unnamed_people || 0),
    smart_device: { yes: true, no: false }[state.smart_device] ?? null,
    connection: state.connection,
    difficulty: state.difficulty,
    language: state.language,
    return_on: state.return_on || null,
    note: state.note.normalize("NFC").trim(),
  };
}

export function stateOf(body) {
  return {
    ...body,
    smart_device: { true: "yes", false: "no" }[String(body.smart_device)] ?? "",
    unnamed_people: body.unnamed_people ? String(body.unnamed_people) : "",
    return_on: body.return_on ?? "",
    reason: body.reason ?? "",
    people: body.people.map((person) => ({ ...person, met: true })),
    new_people: body.new_people.map((person) => ({
      ...person,
      birth_year: String(person.birth_year),
    })),
  };
}

function wrongWith(state, form, newcomers, today) {
  const errors = [];
  const label = (name) => form.querySelector(`label[for="${name}"]`)?.textContent ?? "";
  const wrong = (field, text) => errors.push({ field, label: label(field), text });
  if (!state.visited_on) wrong("visited_on", gettext("Give the date of the visit."));
  else if (state.visited_on > today)
    wrong("visited_on", gettext("The visit cannot be in the future."));
  else if (state.visited_on < later(today, -EARLIEST_DAYS)) {
    wrong(
      "visited_on",
      worded(gettext("That is more than %(days)s days ago. Please check the year."), {
        days: EARLIEST_DAYS,
      }),
    );
  }
  if (
    !state.people.length &&
    !state.new_people.length &&
    !state.unnamed_people &&
    !state.difficulty
  ) {
    wrong(
      "people",
      gettext("Tick who was met. If nobody was there, choose the difficulty «Nobody at home»."),
    );
  }
  errors.push(...newcomers.errors());
  if (state.return_on && state.visited_on) {
    if (state.return_on <= state.visited_on)
      wrong("return_on", gettext("The day to come back lies after the visit."));
    else if (state.return_on > later(state.visited_on, LATEST_RETURN_DAYS))
      wrong("return_on", gettext("Choose a day within a year."));
  }
  if (
    state.unnamed_people &&
    !(/^\d+$/.test(state.unnamed_people) && Number(state.unnamed_people) <= MOST_UNNAMED)
  ) {
    wrong(
      "unnamed_people",
      worded(gettext("Write a number up to %(most)s."), { most: MOST_UNNAMED }),
    );
  }
  if (!form.elements.reason.closest("[data-field]").hidden && !state.reason.trim()) {
    wrong("reason", gettext("Give the reason for the correction."));
  }
  return errors;
}

// Required skills stand open, the others fold away.
function personRow(member, skills, drawSkills) {
  const element = copy("visit-person").firstElementChild;
  const met = element.querySelector("[data-met]");
  const confirmed = element.querySelector("[data-confirmed]");
  const born = make(
    "span",
    { class: "nowrap" },
    worded(gettext("born %(year)s"), { year: member.y }),
  );
  spot(element, "who").append(`${member.f}, `, born);
  const split = (required) => skills.filter((skill) => skill.required === required);
  const prefix = `outcome-${member.u}`;
  // Drawn when the name is ticked: a large household opens at once on a slow phone.
  let drawn = null;
  const draw = () => {
    if (drawn) return drawn;
    const main = drawSkills(spot(element, "required"), prefix, split(true), {});
    const others = drawSkills(spot(element, "others"), prefix, split(false), {});
    show(element, "others", others.length > 0);
    spot(element, "others-title").textContent = counted(
      ngettext("%(count)s more skill", "%(count)s more skills", others.length),
      others.length,
    );
    drawn = { ...skillsOf([...main, ...others]), others: skillsOf(others) };
    return drawn;
  };
  const tell = () => {
    show(element, "skills", met.checked);
    if (met.checked) draw();
    else {
      drawn?.clear();
      confirmed.checked = false;
    }
  };
  met.addEventListener("change", tell);
  return {
    element,
    state: () => ({
      met: met.checked,
      outcomes: drawn?.outcomes() ?? {},
      confirmed: confirmed.checked,
    }),
    meet({ outcomes = {}, confirmed: isConfirmed = false }) {
      met.checked = true;
      tell();
      draw().set(outcomes);
      if (Object.keys(drawn.others.outcomes()).length) part(element, "others").open = true;
      confirmed.checked = confirmed.checked || isConfirmed;
    },
  };
}

// One skill: three answers; a second tap on an answer takes it back.
function skillRow(skill, title, name, outcome = "") {
  const element = copy("visit-skill").firstElementChild;
  const label = spot(element, "skill");
  label.textContent = title;
  label.id = `${name}-label`;
  element.setAttribute("aria-labelledby", label.id);
  const none = element.querySelector(".unask input");
  const radios = [...element.querySelectorAll("input")];
  const tell = () => element.classList.toggle("is-asked", !none.checked);
  for (const radio of radios) {
    radio.name = name;
    let wasChecked = false;
    radio.parentElement.addEventListener("pointerdown", () => {
      wasChecked = radio.checked;
    });
    radio.addEventListener("click", (event) => {
      if (radio !== none && wasChecked && event.detail > 0) {
        none.checked = true;
        none.dispatchEvent(new Event("change", { bubbles: true }));
      }
      wasChecked = false;
    });
  }
  element.addEventListener("change", tell);
  const choose = (value) => {
    (radios.find((radio) => radio.value === value) ?? none).checked = true;
    tell();
  };
  choose(outcome);
  return {
    element,
    code: skill.code,
    choose,
    value: () => radios.find((radio) => radio.checked)?.value ?? "",
  };
}

// Rows for some skills in a holder: {outcomes(), set(outcomes), clear()}.
export function rowsOfSkills(holder, prefix, skills) {
  const english = document.documentElement.lang === "en";
  const rows = skills.map((skill) =>
    skillRow(skill, (english && skill.name_en) || skill.name, `${prefix}-${skill.code}`),
  );
  holder.append(...rows.map((row) => row.element));
  return skillsOf(rows);
}

function skillsOf(rows) {
  return {
    outcomes: () =>
      Object.fromEntries(rows.map((row) => [row.code, row.value()]).filter(([, value]) => value)),
    set: (outcomes) => {
      for (const row of rows) if (outcomes[row.code]) row.choose(outcomes[row.code]);
    },
    clear: () => {
      for (const row of rows) row.choose("");
    },
  };
}
