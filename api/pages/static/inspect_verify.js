// Verification on the phone itself: is this code genuine, does it hold today? Never "valid" where that cannot be told.
import { bytesOf, fromBase64, hex, Reader, readRecord, RecordError, split } from "./inspect_record.js";

const utf8 = (text) => new TextEncoder().encode(text);
const PERMIT = utf8("dajian permit record\0");
const LIST = utf8("dajian revocation list\0");
const NUMBER = utf8("dajian permit number\0");
const MAGIC = utf8("DJR");
const VERSION = 1;
const DIGEST_BYTES = 12;

class CannotVerify extends Error {}

// The answer to the text of a code, with what is kept: `now` in milliseconds.
// outcome is one of the server's own, or "cannot_verify"; list is current, outdated, not_yet_issued or missing.
export async function verify(text, kept, now) {
  try {
    return await verified(text, kept, now);
  } catch (error) {
    if (error instanceof CannotVerify) return { outcome: "cannot_verify", record: null, list: "missing" };
    return { outcome: "unreadable", record: null, list: "missing" };
  }
}

async function verified(text, kept, now) {
  const { body, signature, keyId } = split(bytesOf(text));
  if (body[0] > VERSION) throw new RecordError("later version");
  const bare = (outcome) => ({ outcome, record: null, list: "missing" });
  const keys = kept.keys.filter((key) => key.key_id === keyId);
  if (!keys.length) return bare("unknown_key");
  if (!(await hasSigned(keys[0], signature, PERMIT, body))) return bare("tampered");
  if (body[0] !== VERSION) throw new RecordError("no such version");
  const record = readRecord(body, kept.tables);
  if (!keys.some((key) => isValid(key, record.issuedOn))) return bare("unknown_key");
  const local = now + 8 * 3600_000; // China standard time, as if it were UTC
  const list = await readList(kept, local);
  const revoked = list.entries ? await find(list.entries, record) : null;
  const day = new Date(local).toISOString().slice(0, 10);
  return { outcome: standing(record, revoked, day), record, list: list.freshness, listIssuedAt: list.issuedAt, reason: revoked === null ? null : kept.reasons[revoked] };
}

// How a genuine permit stands on a day; the worst first, as on the server.
function standing(record, revoked, day) {
  const status = record.status.code;
  if (revoked !== null || status === "revoked" || status === "changed") return "revoked";
  if (status === "expired" || day > record.validUntil) return "expired";
  if (day < record.validFrom) return "not_yet_valid";
  return status === "awaiting_check" ? "awaiting_check" : "genuine";
}

function isValid(key, day) {
  return (!key.valid_from || key.valid_from <= day) && (!key.valid_until || day <= key.valid_until);
}

async function hasSigned(key, signature, purpose, body) {
  const message = new Uint8Array([...purpose, ...body]);
  try {
    const known = await crypto.subtle.importKey("raw", fromBase64(key.public_key), { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", known, signature, message);
  } catch (error) {
    throw new CannotVerify(String(error));
  }
}

// The revocation list, where its own signature holds; any other is as good as none.
async function readList(kept, local) {
  const none = { freshness: "missing", entries: null, issuedAt: null };
  try {
    const data = fromBase64(kept.revocations);
    if (hex(data.slice(0, 3)) !== hex(MAGIC)) return none;
    const { body, signature, keyId } = split(data.slice(3));
    const keys = kept.keys.filter((one) => one.key_id === keyId);
    if (body[0] !== VERSION || !keys.length || !(await hasSigned(keys[0], signature, LIST, body))) return none;
    const source = new Reader(body);
    source.raw(1 + 8);
    source.uint(); // number of the list
    const [issuedAt, nextUpdate] = [source.minute(), source.minute()];
    const entries = new Map();
    for (let left = source.uint(); left > 0; left -= 1) entries.set(hex(source.raw(DIGEST_BYTES)), [source.uint(), source.uint()]);
    source.end();
    const issuedOn = new Date(issuedAt).toISOString().slice(0, 10);
    if (!keys.some((one) => isValid(one, issuedOn))) return none;
    const freshness = local < issuedAt ? "not_yet_issued" : local <= nextUpdate ? "current" : "outdated";
    return { freshness, entries, issuedAt };
  } catch {
    return none;
  }
}

// The code of the reason why an issue holds no longer; null where the list does not name it.
async function find(entries, record) {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([...NUMBER, ...utf8(record.number)]));
  const [through, reason] = entries.get(hex(new Uint8Array(digest).slice(0, DIGEST_BYTES))) ?? [0, 0];
  return record.sequence <= through ? reason : null;
}
