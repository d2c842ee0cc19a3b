// The record of a permit's QR code, read from its bytes. The layout is that of docs/permits.md.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const PREFIX = "DJ1:";
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 8;
const DAY_ZERO = Date.UTC(2000, 0, 1);
const MOST_TEXT_BYTES = 96;
const MOST_LISTED = 16;
const MOST_AXLES = 80;

export class RecordError extends Error {}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// Bytes of the text of a code: whole letters only, and no spare bits set.
export function bytesOf(text) {
  const at = text.lastIndexOf(PREFIX);
  const letters = at < 0 ? "" : text.slice(at + PREFIX.length).trim();
  if (!/^[A-Z2-7]{1,1200}$/.test(letters)) throw new RecordError("no record");
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const letter of letters) {
    value = (value << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
      value &= (1 << bits) - 1;
    }
  }
  if (value !== 0 || bits >= 5) throw new RecordError("spare bits");
  return Uint8Array.from(bytes);
}

// Body, signature and key id of signed bytes.
export function split(signed) {
  const body = signed.slice(0, -SIGNATURE_BYTES);
  if (body.length <= KEY_ID_BYTES) throw new RecordError("too short");
  return { body, signature: signed.slice(-SIGNATURE_BYTES), keyId: hex(body.slice(1, 1 + KEY_ID_BYTES)) };
}

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  raw(count) {
    const taken = this.bytes.slice(this.at, this.at + count);
    if (taken.length < count) throw new RecordError("ends too early");
    this.at += count;
    return taken;
  }

  // A number takes seven bits a byte, low bits first, in its shortest form; multiplied, for shifts end at 32 bits.
  uint() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 32) throw new RecordError("number too long");
      const byte = this.raw(1)[0];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value > 2 ** 32 - 1 || (byte === 0 && shift)) throw new RecordError("number out of form");
        return value;
      }
    }
  }

  signed() {
    const value = this.uint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  text() {
    const length = this.uint();
    if (length > MOST_TEXT_BYTES) throw new RecordError("text too long");
    return new TextDecoder("utf-8", { fatal: true }).decode(this.raw(length));
  }

  day() {
    return new Date(DAY_ZERO + this.uint() * 86_400_000).toISOString().slice(0, 10);
  }

  // Minutes since 2000, local time in China, as if it were UTC.
  minute() {
    return DAY_ZERO + this.uint() * 60_000;
  }

  count(most) {
    const count = this.uint();
    if (count > most) throw new RecordError("too many");
    return count;
  }

  many(most, read) {
    return Array.from({ length: this.count(most) }, () => read());
  }

  end() {
    if (this.at !== this.bytes.length) throw new RecordError("bytes follow the end");
  }
}

// The record in a body whose signature has been checked; `tables` are the server's own tables of codes.
export function readRecord(body, tables) {
  const source = new Reader(body);
  const entry = (table) => {
    const found = table[source.uint()];
    if (!found) throw new RecordError("unknown code");
    return found;
  };
  const flag = () => {
    const value = source.uint();
    if (value > 1) throw new RecordError("unknown flag");
    return value === 1;
  };
  const size = () => ({ height_mm: source.uint(), width_mm: source.uint(), length_mm: source.uint(), gross_mass_kg: source.uint() });
  source.raw(1 + KEY_ID_BYTES);
  const record = { number: source.text(), sequence: source.uint(), status: entry(tables.statuses), isDemo: flag(), vehicleClass: entry(tables.classes) };
  source.uint(); // division code of the issuing body
  Object.assign(record, { issuedOn: source.day(), validFrom: source.day(), validUntil: source.day(), trips: source.uint() });
  record.plates = source.many(MOST_LISTED, () => source.text());
  record.size = size();
  record.emptyReturn = flag() ? size() : null;
  record.axleLoads = readLoads(source);
  record.stations = [source.text(), source.text(), source.text(), source.text()];
  record.conditions = conditionsOf(source.uint(), tables.conditions);
  record.lowestSpeed = source.uint();
  record.structures = source.uint();
  source.many(MOST_LISTED, () => [source.uint(), source.uint()]);
  record.routeLength = source.uint();
  source.raw(32); // digests of route and contents
  source.end();
  return record;
}

function conditionsOf(bits, table) {
  if (bits >= 2 ** table.length) throw new RecordError("unknown condition");
  return table.filter((_, n) => Math.floor(bits / 2 ** n) % 2 === 1);
}

function readLoads(source) {
  const loads = [];
  let load = 0;
  for (let runs = source.count(MOST_AXLES); runs > 0; runs -= 1) {
    const repeat = source.uint();
    load += source.signed();
    if (repeat < 1 || repeat > MOST_AXLES - loads.length) throw new RecordError("too many axles");
    for (let n = 0; n < repeat; n += 1) loads.push(load);
  }
  return loads;
}
