// Sealing for the commune: signed by this phone, readable by the server alone (JOSE).
import { read, setting } from "./store.js";
import { signer, users } from "./vault.js";

// Kept in memory too: a rescue file must be possible when the database has just broken.
const signers = new Map();
let serverKey = null;

// The phone does not know the commune's key yet: it must have been online once.
export class NotPrepared extends Error {
  constructor(message) {
    super(message);
    this.name = "NotPrepared";
  }
}

// One record as JWE text: {typ, kind, uuid, user, body}.
export async function sealRecord({ user, kind, uuid, body }) {
  return seal(user, { typ: "record", kind, uuid, user: String(user), body });
}

// All that the commune has not received yet, as one file for the share sheet. `user` is one
// person or "all"; `more` are sealed records that could not be kept (StorageProblem.sealed).
export async function rescueFile(user = "all", more = []) {
  const waiting = await waitingRecords(user, more);
  const author = user === "all" ? waiting[0]?.user ?? (await users())[0] : user;
  const by = await signerOf(author);
  const now = new Date();
  const sealed = await seal(author, {
    typ: "rescue",
    phone: by.uuid,
    user: String(author),
    made_at: now.toISOString(),
    records: [...new Set([...waiting.map((entry) => entry.sealed), ...more])],
  });
  return new File([`BDHVS-1\n${sealed}\n`], `luot-tham-${stamp(now)}.txt`, { type: "text/plain" });
}

// The id of the server key that a sealed record was made for.
export function sealedFor(sealed) {
  const header = sealed.split(".", 1)[0].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(header)).kid;
}

async function waitingRecords(user, more) {
  try {
    const entries = await read("outbox", (transaction) =>
      transaction.store.index("saved_at").getAll());
    return entries.filter((entry) => entry.sealed && (user === "all" || entry.user === user));
  } catch (problem) {
    // The broken database is why the file is made: what is in hand still gets out.
    if (problem.name === "StorageProblem" && more.length) return [];
    throw problem;
  }
}

async function seal(user, payload) {
  const [by, key] = [await signerOf(user), await serverPublicKey()];
  const signed = await sign(by, payload);
  return encrypt(key, signed);
}

async function signerOf(user) {
  const known = await signer(user).catch((problem) => {
    if (signers.has(user)) return signers.get(user);
    throw problem;
  });
  if (!known) throw new NotPrepared("this person has no key on this phone");
  signers.set(user, known);
  return known;
}

async function serverPublicKey() {
  const jwk = await setting("server_key").catch((problem) => {
    if (serverKey) return serverKey.jwk;
    throw problem;
  });
  if (!jwk) throw new NotPrepared("the commune's key is not known yet");
  if (serverKey?.jwk.kid !== jwk.kid) {
    const { kty, n, e } = jwk;
    const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", { kty, n, e }, algorithm, false, ["encrypt"]);
    serverKey = { jwk, key };
  }
  return serverKey;
}

async function sign(by, payload) {
  const head = `${encoded({ alg: "ES256", kid: by.uuid })}.${encoded(payload)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" }, by.private_key, bytes(head),
  );
  return `${head}.${base64url(signature)}`;
}

async function encrypt({ jwk, key }, text) {
  const head = encoded({ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT", kid: jwk.kid });
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const [wrapped, once] = await Promise.all([
    crypto.subtle.encrypt({ name: "RSA-OAEP" }, key, secret),
    crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt"]),
  ]);
  const both = new Uint8Array(await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: bytes(head), tagLength: 128 }, once, bytes(text),
  ));
  const tagAt = both.length - 16;
  const parts = [wrapped, iv, both.subarray(0, tagAt), both.subarray(tagAt)];
  return [head, ...parts.map(base64url)].join(".");
}

function bytes(text) {
  return new TextEncoder().encode(text);
}

function encoded(value) {
  return base64url(bytes(JSON.stringify(value)));
}

function base64url(buffer) {
  const all = new Uint8Array(buffer);
  let text = "";
  // In pieces: a rescue file has more bytes than a call may have arguments.
  for (let at = 0; at < all.length; at += 0x8000) {
    text += String.fromCharCode(...all.subarray(at, at + 0x8000));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// «20251031-0930» in Vietnam's time.
function stamp(now) {
  const local = new Date(now.getTime() + 7 * 60 * 60 * 1000).toISOString();
  return local.slice(0, 16).replaceAll("-", "").replace("T", "-").replace(":", "");
}
