// A leader's day: what waits, how far the village is, whom to visit.
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import {
  clock,
  counted,
  draw,
  make,
  number,
  on,
  part,
  put,
  row,
  show as reveal,
  spot,
  worded,
} from "../page.js";
import { go, refresh } from "../router.js";
import {
  chooseVillage,
  household as find,
  keepFilled,
  needPackage,
  readPackage,
  session,
  today,
  villageOnShow,
} from "../session.js";
import { dayInWords, isWaiting } from "../states.js";
import { day, shortDay } from "../text.js";
import { poverty as whoIsPoor } from "../village.js";
import { householdTitle, isDone, worklist } from "../worklist.js";
import { waitingWords } from "./sent.js";

const MOST_TO_VISIT = 10;
const FULL_AT = 0.95;
const LEAST_FREE = 5 * 1024 * 1024;

export async function show(root) {
  await needPackage();
  const village = villageOnShow();
  if (!session.package.villages.length) return onlySessions(root);
  if (!village) return choose(root);
  session.list = "#/";
  draw(root, "home");
  let isRead = true;
  const stop = await keepFilled(async () => {
    if (!isRead) await readPackage();
    isRead = false;
    const now = villageOnShow();
    if (now) await fill(root, now);
  });
  on(root, "drop-draft", () => dropDraft(root));
  lookForSpace(root);
  return { title: village.name, subtitle: session.package.commune, leave: stop };
}

// Whoever leads no village is here for a session.
async function onlySessions(root) {
  const sessions = await import("./sessions.js");
  return sessions.show(root);
}

// Whoever leads several villages says which one.
export const villages = { show: choose };

async function choose(root) {
  await needPackage();
  draw(root, "villages");
  spot(root, "villages").append(
    ...session.package.villages.map((village) => {
      const done = `${number(village.visited ?? 0)} / ${number(village.households ?? 0)}`;
      const line = row("#/", village.name, [
        ["row-note", `${done} ${gettext("households guided at home")}`],
      ]);
      line.querySelector("a").addEventListener("click", async (event) => {
        event.preventDefault();
        await chooseVillage(village.id);
        if (location.hash && location.hash !== "#/") go("#/");
        else refresh();
      });
      return line;
    }),
  );
  return { title: gettext("My villages"), back: session.village ? "#/" : null };
}

async function fill(root, village) {
  const now = await today();
  const entries = await outbox.list(session.user);
  fillNotices(root, entries);
  await fillDraft(root);
  const mine = session.package.households.filter((one) => one.v === village.id);
  reveal(root, "empty", mine.length === 0);
  part(root, "other-village").hidden = session.package.villages.length < 2;
  fillProgress(root, village, mine);
  put(root, "day", dayInWords(entries, now));
  await fillSessions(root, now);
  const fillAll = (poor) => {
    fillLists(root, village, poor);
    fillWorklist(root, village, { now, poor, any: mine.length > 0 });
  };
  fillAll(session.poor ?? null);
  // Asked of the server while the screen stands already, and kept in memory only.
  if (session.answer === "ok" && !session.poor) knowWhoIsPoor(fillAll);
  put(root, "as-of", asOf(now));
}

async function fillSessions(root, now) {
  const known = session.package.sessions ?? [];
  reveal(root, "all-sessions", known.length > 0);
  const isToday = known.some((one) => one.d === now);
  reveal(root, "sessions", isToday);
  if (!isToday) return;
  const [{ sessionsKnown }, { sessionRow }] = await Promise.all([
    import("../sessions.js"),
    import("./sessions.js"),
  ]);
  const ofToday = (await sessionsKnown()).filter((one) => one.d === now);
  spot(root, "sessions").replaceChildren(...ofToday.map((one) => sessionRow(one, now)));
}

async function knowWhoIsPoor(fillAll) {
  const poor = await whoIsPoor(session.user);
  if (!poor.poor.size && !poor.near_poor.size && !Object.keys(poor.titles).length) return;
  session.poor = poor;
  fillAll(poor);
}

function asOf(now) {
  const at = session.package.as_of;
  const words = worded(gettext("The commune's list of %(time)s on %(day)s"), {
    time: clock(at),
    day: shortDay(dayOf(at), now),
  });
  return words;
}

function dayOf(instant) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(
    new Date(instant),
  );
}

function fillNotices(root, entries) {
  reveal(root, "ended", session.answer === "signed_out");
  const waiting = entries.filter(isWaiting).length;
  reveal(root, "waiting", waiting > 0);
  put(root, "waiting", waiting ? waitingWords(waiting) : "");
  const review = entries.filter((entry) => entry.state === "review").length;
  reveal(root, "review", review > 0);
  put(
    root,
    "review",
    review
      ? counted(
          ngettext(
            "%(count)s record is to be looked at again.",
            "%(count)s records are to be looked at again.",
            review,
          ),
          review,
        )
      : "",
  );
}

async function fillDraft(root) {
  const draft = await drafts.newest(session.user);
  reveal(root, "draft", Boolean(draft));
  if (!draft) return;
  root.dataset.draft = draft.name;
  put(root, "draft", "").append(
    make("b", {}, worded(gettext("Being written since %(time)s"), { time: clock(draft.at) })),
    `: ${draft.title}`,
  );
  spot(root, "draft").hidden = false;
  const link = spot(root, "draft-link");
  link.href = draft.hash;
  link.onclick = () => {
    session.goOn = draft.name;
  };
}

async function dropDraft(root) {
  await drafts.drop(session.user, root.dataset.draft);
  await fillDraft(root);
}

function fillProgress(root, village, mine) {
  // What was visited since the list was made counts at once.
  const visited = Math.max(village.visited ?? 0, mine.filter((one) => one.l !== null).length);
  const all = Math.max(village.households ?? 0, mine.length);
  reveal(root, "progress", all > 0);
  if (!all) return;
  spot(root, "visited").textContent = `${number(visited)} / ${number(all)}`;
  spot(root, "bar").setAttribute("width", `${Math.floor((visited * 100) / all)}%`);
}

function fillLists(root, village, poor) {
  const lists = village.lists ?? [];
  reveal(root, "lists", lists.length > 0);
  spot(root, "lists").replaceChildren(
    ...lists.map((list) => {
      const left = list.households.map(find).filter((one) => one && !isDone(one, list)).length;
      const words = left
        ? worded(gettext("%(left)s of %(all)s still to visit"), {
            left: number(left),
            all: number(list.households.length),
          })
        : gettext("All visited");
      const due = list.due_on
        ? worded(gettext("to be done by %(day)s"), { day: day(list.due_on) })
        : "";
      return row(`#/list/${list.id}`, poor?.titles?.[list.id] ?? list.title, [
        [left ? "row-why" : "row-state good", words],
        ["row-note", due],
      ]);
    }),
  );
}

function fillWorklist(root, village, { now, poor, any }) {
  const entries = worklist(session.package, now, {
    village: village.id,
    poverty: poor,
    limit: MOST_TO_VISIT,
  });
  reveal(root, "to-visit", any);
  reveal(root, "all-done", any && entries.length === 0);
  spot(root, "to-visit").replaceChildren(
    ...entries.map(({ household, reasons, pressing }) =>
      row(`#/household/${household.u}`, householdTitle(household), [
        [pressing ? "row-why" : "row-why is-calm", reasons[0].text],
        [
          "row-note",
          reasons
            .slice(1)
            .map((one) => one.text)
            .join(" · "),
        ],
      ]),
    ),
  );
}

async function lookForSpace(root) {
  if (!navigator.storage?.estimate) return;
  const { usage, quota } = await navigator.storage.estimate();
  const isFull = quota > 0 && (usage / quota > FULL_AT || quota - usage < LEAST_FREE);
  reveal(root, "full", isFull || session.storage === "full");
}
