// The rows of a session: who is expected, and whoever else of the village is found or ticked.
import { rowsOfSkills } from "./answers.js";
import { copy, on, part, put, show, spot, worded } from "./page.js";
import { scan } from "./scanner.js";
import { session } from "./session.js";
import { calledBy, expectedPerson, personKnown, villagePerson } from "./sessions.js";
import { fold } from "./text.js";
import { householdTitle } from "./worklist.js";

const LEAST_LETTERS = 2;
const MOST_FOUND = 30;

// `about` is a session with what waits laid over it; `changed()` hears of every tap.
export function rosterOf(form, about, { changed, isToCome }) {
  const skills = skillsOf(about);
  const rows = new Map();
  const expected = about.x.map(expectedPerson);
  const isExpected = new Set(expected.map((person) => person.key));
  const village = session.package.households.flatMap((household) =>
    household.m.filter((member) => member.u).map((member) => villagePerson(member, household)),
  );
  const row = (person) => {
    if (!rows.has(person.key)) rows.set(person.key, rowOf(person, about, { skills, changed, isToCome }));
    return rows.get(person.key);
  };
  spot(form, "expected").append(...expected.map((person) => row(person).element));
  // Noted by another phone, or at the desk: shown where this phone knows them.
  for (const key of about.came) {
    const known = isExpected.has(key) ? null : personKnown(key);
    if (known) row(known);
  }
  const input = form.querySelector("#find-person");
  let household = null;
  let stopScanner = () => {};

  const fill = () => {
    const words = fold(input.value);
    const isWanted = (person) => (household ? person.household === household : matches(person, words));
    const isSearch = Boolean(household) || words.length >= LEAST_LETTERS || /^\d+$/.test(words);
    const shown = expected.filter((person) => !isSearch || isWanted(person));
    for (const person of expected) row(person).element.hidden = !shown.includes(person);
    const found = isSearch
      ? village.filter((person) => !isExpected.has(person.key) && isWanted(person)).slice(0, MOST_FOUND)
      : [];
    const ticked = [...rows.values()].filter(
      (one) => !isExpected.has(one.person.key) && one.isTicked() && !found.includes(one.person),
    );
    const others = [...found.map(row), ...(household ? [] : ticked)];
    spot(form, "others").replaceChildren(...new Set(others.map((one) => one.element)));
    show(form, "others", others.length > 0);
    show(form, "nobody-expected", expected.length === 0 && !isSearch);
    show(form, "nobody-found", isSearch && !shown.length && !found.length);
  };

  const showHousehold = (uuid) => {
    const known = session.package.households.find((one) => one.u === uuid);
    const guest = expected.find((person) => person.household === uuid);
    if (!known && !guest) return false;
    household = uuid;
    input.value = "";
    put(form, "scanned", known ? householdTitle(known) : numbered(guest));
    show(form, "scanned");
    fill();
    form.querySelector("[data-person]:not([hidden]) [data-met]")?.focus();
    return true;
  };
  // A number may stand for one household in each village: the own one comes first.
  const showNumber = (number) => {
    const known = session.package.households.filter((one) => one.n === number);
    const own = known.find((one) => one.v === session.village) ?? known[0];
    const guest = expected.find((person) => person.number === number);
    return Boolean(own || guest) && showHousehold(own?.u ?? guest.household);
  };

  input.addEventListener("input", () => {
    household = null;
    show(form, "scanned", false);
    fill();
  });
  input.addEventListener("keydown", (event) => {
    // Looking for somebody is not saving.
    if (event.key === "Enter") event.preventDefault();
  });
  on(form, "scan", () => {
    stopScanner();
    stopScanner = scan(spot(form, "scanner"), { scanned: showHousehold, typed: showNumber });
  });
  on(form, "show-all", () => {
    household = null;
    show(form, "scanned", false);
    fill();
  });
  const unnamed = about.count - [...rows.values()].filter((one) => one.isNoted).length;
  put(
    form,
    "earlier",
    unnamed > 0
      ? worded(gettext("Noted already besides these: %(count)s."), { count: unnamed })
      : "",
  );
  fill();

  return {
    everybody: () => expected,
    added: () => [...rows.values()].filter((one) => one.isTicked() && !one.isNoted).length,
    come(key) {
      const known = personKnown(key);
      if (known) row(known).come({});
      fill();
    },
    state() {
      const said = [...rows.values()].filter((one) => one.hasSaidSomething());
      return {
        people: said
          .filter(({ person }) => !person.isStaff)
          .map((one) => ({
            resident: one.person.key,
            outcomes: one.outcomes(),
            ...(one.isConfirmed() && { confirmed: true }),
            known: one.person,
          })),
        staff: said.filter(({ person }) => person.isStaff).map(({ person }) => person.key),
      };
    },
    fill({ people, staff }) {
      for (const { resident, outcomes, confirmed = false, known = null } of people) {
        // Somebody who has left the list since keeps the name under which he was ticked.
        const person = personKnown(resident) ?? known ?? stranger(resident);
        row(person).come(outcomes, confirmed);
      }
      for (const key of staff) row(expected.find((one) => one.key === key) ?? colleague(key)).come({});
      fill();
    },
    stop: () => stopScanner(),
  };
}

function stranger(key) {
  return { key, name: gettext("Somebody who is not on this phone any more"), year: null, place: "" };
}

function colleague(key) {
  return { ...stranger(key), isStaff: true };
}

function numbered({ number, name }) {
  return householdTitle({ n: number, m: [{ f: name, h: 1 }] });
}

function matches(person, words) {
  if (!words) return true;
  const bare = words.replace(/^(ho|household)\s+/, "");
  if (/^\d+$/.test(bare)) return String(person.number ?? "").padStart(3, "0").includes(bare);
  return fold(person.name).includes(words);
}

// The skills taught; a session that names none may ask for those every adult needs.
function skillsOf(about) {
  const known = session.package.skills;
  const taught = known.filter((skill) => about.s.includes(skill.code));
  return taught.length ? taught : known.filter((skill) => skill.required && skill.offered !== false);
}

function rowOf(person, about, { skills, changed, isToCome }) {
  const element = copy("session-person").firstElementChild;
  const met = element.querySelector("[data-met]");
  const confirmed = element.querySelector("[data-confirmed]");
  const isNoted = person.isStaff ? about.staff.has(person.key) : about.came.has(person.key);
  put(element, "who", calledBy(person));
  put(element, "place", person.place);
  spot(element, "noted").hidden = !isNoted;
  met.checked = isNoted;
  met.disabled = isNoted || isToCome;
  let drawn = null;
  const draw = () => {
    drawn ??= rowsOfSkills(spot(element, "skills"), `outcome-${person.key}`, skills);
    return drawn;
  };
  const mayBeAsked = !person.isStaff && !isToCome;
  const tell = () => {
    show(element, "skills", met.checked && mayBeAsked);
    if (met.checked) return;
    drawn?.clear();
    confirmed.checked = false;
  };
  part(element, "skills").addEventListener("toggle", draw, { once: true });
  element.addEventListener("change", () => {
    tell();
    changed();
  });
  tell();
  const outcomes = () => drawn?.outcomes() ?? {};
  return {
    element,
    person,
    isNoted,
    isTicked: () => met.checked,
    outcomes,
    isConfirmed: () => confirmed.checked,
    // Whoever is noted already is named again only with what was found out since.
    hasSaidSomething: () =>
      met.checked && (!isNoted || confirmed.checked || Object.keys(outcomes()).length > 0),
    come(said, isConfirmed = false) {
      if (!isToCome) met.checked = true;
      tell();
      if (!mayBeAsked || !(isConfirmed || Object.keys(said).length)) return;
      draw().set(said);
      confirmed.checked = isConfirmed;
      part(element, "skills").open = true;
    },
  };
}
