// Words and days as the portal writes them, and new identities.

const MOST_MARKS = 30;
const SPACES = /[\t\n \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const CHEROKEE = /[\u13a0-\u13f5]/u;
const PLAIN = /^[\x20-\x7e]*$/;

// Text without case, accents and doubled spaces: «Lò Thị Dương» -> «lo thi duong».
// The same as villages.text.fold on the server; a test compares both.
export function fold(text) {
  const given = String(text ?? "");
  if (PLAIN.test(given)) return words(given.toLowerCase());
  const composed = withoutPiles(given).normalize("NFC").replace(/[^\P{Cc}\t\n]|\p{Cs}/gu, "");
  const lowered = [...composed].map(folded).join("").replaceAll("đ", "d");
  const bare = [...lowered.normalize("NFD")].filter((sign) => !isMark(sign)).join("");
  return words(bare);
}

function words(text) {
  return text.split(SPACES).filter(Boolean).join(" ");
}

// Unicode's case folding, which JavaScript lacks: «ß» is «ss», «ς» is «σ».
function folded(sign) {
  if (sign === "ı" || CHEROKEE.test(sign)) return sign;
  const lower = sign === "ẞ" ? "ß" : sign.toLowerCase();
  const upper = lower === "ı" ? lower : lower.toUpperCase();
  return CHEROKEE.test(upper) ? upper : [...upper].map((part) => part.toLowerCase()).join("");
}

// A mark that combines changes places with one of another class when text is normalised.
function isMark(sign) {
  if (!/\p{M}/u.test(sign)) return false;
  const pair = `\u0345${sign}`;
  return sign === "\u0345" || pair.normalize("NFD") !== pair;
}

// Composing takes the square of a pile's height.
function withoutPiles(text) {
  if (text.length <= MOST_MARKS) return text;
  let height = 0;
  let kept = "";
  for (const sign of text) {
    height = isMark(sign) ? height + 1 : 0;
    if (height <= MOST_MARKS) kept += sign;
  }
  return kept;
}

// «2025-10-31» -> «31/10/2025».
export function day(iso) {
  const [year, month, date] = String(iso).slice(0, 10).split("-");
  return `${date}/${month}/${year}`;
}

// The same without the year when it is this year's.
export function shortDay(iso, today = todayIso()) {
  const [year, month, date] = String(iso).slice(0, 10).split("-");
  return year === String(today).slice(0, 4) ? `${date}/${month}` : day(iso);
}

// The day in Vietnam at this instant, whatever zone the phone is set to.
export function todayIso(now = new Date()) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit", day: "2-digit",
  }).formatToParts(now);
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

// A new identity; Chromium before 92 has no randomUUID.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
