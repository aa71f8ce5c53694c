// This phone: the rescue file, locking, signing out, what it is like.
import * as api from "../api.js";
import * as drafts from "../drafts.js";
import * as outbox from "../outbox.js";
import { counted, draw, make, on, put, show as reveal, spot, worded } from "../page.js";
import { go, refresh } from "../router.js";
import { lockNow, session, signOut as leave } from "../session.js";
import { rescueFile } from "../seal.js";
import * as vault from "../vault.js";

export async function show(root) {
  draw(root, "phone");
  put(
    root,
    "who",
    session.name ? worded(gettext("Signed in: %(name)s"), { name: session.name }) : "",
  );
  const { total } = await outbox.waiting();
  put(root, "waiting", waitingWords(total));
  on(root, "lock", async () => {
    await lockNow();
    go("#/");
    await refresh();
  });
  await about(root);
  return { title: gettext("This phone"), back: "#/" };
}

function waitingWords(count) {
  if (!count) return gettext("Nothing waits on this phone.");
  return counted(
    ngettext(
      "%(count)s record waits on this phone.",
      "%(count)s records wait on this phone.",
      count,
    ),
    count,
  );
}

async function about(root) {
  const kept = (await navigator.storage?.persisted?.()) ?? false;
  const wrong = await api.clockIsWrong();
  const { usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const megabytes = Math.max(0.1, usage / 1024 / 1024)
    .toFixed(1)
    .replace(".", document.documentElement.lang === "vi" ? "," : ".");
  const lines = [
    [
      gettext("Storage"),
      kept ? gettext("Kept for good") : gettext("Kept as long as there is room"),
    ],
    [gettext("Room used"), worded(gettext("%(size)s MB"), { size: megabytes })],
    [gettext("Clock"), wrong ? gettext("Wrong") : gettext("Right")],
    [
      gettext("Number of this phone"),
      (await vault.registration(session.user))?.uuid.slice(0, 8) ?? "",
    ],
  ];
  spot(root, "about").append(
    ...lines.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
  );
  reveal(root, "not-kept", !kept);
  reveal(root, "clock", wrong);
}

// All that the commune has not received yet, as one sealed file for Zalo.
export const rescue = {
  async show(root) {
    draw(root, "rescue");
    const { total } = await outbox.waiting();
    put(root, "what", waitingWords(total));
    if (!total) root.querySelector("[data-do='share']").disabled = true;
    on(root, "share", () => share(root));
    return { title: gettext("Send by Zalo instead"), back: "#/" };
  },
};

// A record could not be kept on the phone: it can still leave it, sealed.
export const unkept = {
  show(root) {
    draw(root, "rescue");
    const why =
      session.storage === "full"
        ? gettext("The phone's storage is full: this record could not be kept.")
        : gettext("The phone's storage does not answer: this record could not be kept.");
    const notice = spot(root, "what");
    notice.className = "notice notice-danger";
    notice.setAttribute("role", "alert");
    notice.textContent = `${why} ${gettext("Send the file now, or go back, make room and save again.")}`;
    if (!session.unkept?.length) root.querySelector("[data-do='share']").disabled = true;
    on(root, "share", () => share(root, session.unkept));
    return { title: gettext("Not saved yet"), back: "#/" };
  },
};

async function share(root, more = []) {
  const file = await rescueFile("all", more);
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file], title: file.name });
      put(root, "done", worded(gettext("The file %(name)s was handed over."), { name: file.name }));
      return;
    } catch (problem) {
      // Closed by the person: nothing was sent, and nothing is said.
      if (problem.name === "AbortError") return;
    }
  }
  const link = make("a", { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  put(
    root,
    "done",
    worded(
      gettext(
        "The file %(name)s lies in the phone's Downloads folder. Open Zalo, choose the official, then «File», and pick it there.",
      ),
      { name: file.name },
    ),
  );
}

export const signOut = {
  async show(root) {
    draw(root, "sign-out");
    const { total } = await outbox.waiting(session.user);
    if (total)
      put(
        root,
        "waiting",
        counted(
          ngettext(
            "%(count)s record is not sent yet. It stays on the phone, sealed, and reaches the commune.",
            "%(count)s records are not sent yet. They stay on the phone, sealed, and reach the commune.",
            total,
          ),
          total,
        ),
      );
    const unfinished = await drafts.count(session.user);
    if (unfinished)
      put(
        root,
        "drafts",
        counted(
          ngettext(
            "%(count)s visit that is not finished will be lost.",
            "%(count)s visits that are not finished will be lost.",
            unfinished,
          ),
          unfinished,
        ),
      );
    reveal(root, "offline", !navigator.onLine);
    const button = root.querySelector("[data-do='sign-out']");
    on(root, "sign-out", async () => {
      button.disabled = true;
      await leave();
      go("#/", { replace: true });
    });
    return { title: gettext("Sign out"), back: "#/phone" };
  },
};
