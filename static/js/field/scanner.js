// Reading a household's card with the camera: the browser's own reader, or jsQR where it has
// none. Without a camera the number on the card is typed.
import { copy, on, part, put, show, spot } from "./page.js";

const EVERY = 200;
const WIDEST = 640;
const ADDRESS = /\/h\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

// The household that a card's code stands for, or null: any other code is none of ours.
export function householdIn(text) {
  return ADDRESS.exec(text ?? "")?.[1].toLowerCase() ?? null;
}

// Draw the scanner into the holder and open the camera. `scanned(household)` and
// `typed(number)` say whether they could do something with it; `closed()` hears that the
// person has had enough. Returns the way to stop.
export function scan(holder, { scanned, typed, closed }) {
  const panel = copy("scanner").firstElementChild;
  holder.replaceChildren(panel);
  const input = panel.querySelector("input");
  let stop = () => {};
  let isOver = false;
  const end = () => {
    isOver = true;
    stop();
    panel.remove();
  };
  const look = () => {
    const number = Number(input.value.trim());
    if (/^\d{1,6}$/.test(input.value.trim()) && typed(number)) end();
    else put(panel, "told", gettext("No household of this number is on this phone."));
  };
  on(panel, "by-number", look);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // The panel may stand inside a form that must not be sent by this.
    event.preventDefault();
    look();
  });
  on(panel, "close", () => {
    end();
    closed?.();
  });
  const hear = (text) => {
    const household = householdIn(text);
    if (household && scanned(household)) end();
    else
      put(
        panel,
        "told",
        household
          ? gettext("This household is not on this phone.")
          : gettext("This is not the card of a household."),
      );
  };
  watch(panel.querySelector("video"), hear).then(
    (halt) => {
      stop = halt;
      if (isOver) stop();
      else show(panel, "picture");
    },
    (problem) => {
      put(panel, "told", whyNoPicture(problem));
      input.focus();
    },
  );
  panel.scrollIntoView({ block: "nearest" });
  return end;
}

function whyNoPicture(problem) {
  if (problem.name === "NotAllowedError")
    return gettext("The camera was not allowed. Type the number on the card instead.");
  if (!["NotFoundError", "NotReadableError", "NotSupportedError", "OverconstrainedError"].includes(problem.name))
    console.info(problem.message);
  return gettext("There is no camera to use here. Type the number on the card instead.");
}

// Show the camera in the video and tell each code that is read; resolves with how to stop.
export async function watch(video, tell) {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new DOMException("no camera interface", "NotSupportedError");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  const halt = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  let isOn = true;
  let last = "";
  try {
    video.srcObject = stream;
    await video.play();
    const read = await reader();
    const turn = async () => {
      if (!isOn) return;
      const text = video.videoWidth ? await read(video).catch(unreadable) : "";
      if (isOn && text && text !== last) tell(text);
      last = text || last;
      if (isOn) setTimeout(turn, EVERY);
    };
    turn();
  } catch (problem) {
    halt();
    throw problem;
  }
  return () => {
    isOn = false;
    halt();
  };
}

// A frame that the browser's reader cannot look at yet: the next one comes at once.
function unreadable(problem) {
  if (problem.name !== "InvalidStateError" && problem.name !== "InvalidArgumentError") throw problem;
  return "";
}

async function reader() {
  const own = await ownReader();
  if (own) return async (video) => (await own.detect(video))[0]?.rawValue ?? "";
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  await decoder();
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decode(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

// Some browsers name the reader and can read nothing with it.
async function ownReader() {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

// What a code in this picture says, or "".
export async function decode({ data, width, height }) {
  const read = await decoder();
  return read(data, width, height)?.data ?? "";
}

// A quarter of a megabyte: fetched when a scanner opens, and kept by the service worker.
async function decoder() {
  await import("../../vendor/jsqr-1.4.0/jsQR.js");
  return globalThis.jsQR;
}
