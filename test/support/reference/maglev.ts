/** mh: Maglev hashing with 4093 slots and SipHash-1-3. */
import { addU32, fold } from './address.js';
import type { RuleMaker } from './algorithm.js';
import type { ReferenceServer } from './server.js';

const SLOTS = 4093;
const KEY_1 = 2654435761n;
const KEY_2 = 2654446892n;

function rotate(value: bigint, bits: bigint): bigint {
  return BigInt.asUintN(64, (value << bits) | (value >> (64n - bits)));
}

function round([v0, v1, v2, v3]: readonly bigint[]): readonly bigint[] {
  const a = BigInt.asUintN(64, v0 + v1);
  const b = rotate(v1, 13n) ^ a;
  const c = BigInt.asUintN(64, v2 + v3);
  const d = rotate(v3, 16n) ^ c;
  const e = BigInt.asUintN(64, rotate(a, 32n) + d);
  const f = BigInt.asUintN(64, c + b);
  return [e, rotate(b, 17n) ^ f, rotate(f, 32n), rotate(d, 21n) ^ e];
}

/** The low 32 bits of SipHash-1-3 of a 32-bit value under a key of two equal words. */
export function sipHash13(value: number, key: bigint): number {
  const block = (4n << 56n) | BigInt(value);
  let state: readonly bigint[] = [
    0x736f6d6570736575n ^ key,
    0x646f72616e646f6dn ^ key,
    0x6c7967656e657261n ^ key,
    0x7465646279746573n ^ key ^ block,
  ];
  state = round(state);
  state = [state[0] ^ block, state[1], state[2] ^ 0xffn, state[3]];
  state = round(round(round(state)));
  return Number((state[0] ^ state[1] ^ state[2] ^ state[3]) & 0xffffffffn);
}

const hashes = new Map<number, number>();

/** The first hash; values come again so often that they are remembered. */
function hash1(value: number): number {
  let hash = hashes.get(value);
  if (hash === undefined) hashes.set(value, (hash = sipHash13(value, KEY_1)));
  return hash;
}

function gcd(left: number, right: number): number {
  return right === 0 ? left : gcd(right, left % right);
}

interface Seat {
  readonly server: ReferenceServer;
  readonly skip: number;
  readonly turns: number;
  position: number;
}

function seats(list: readonly ReferenceServer[]): Seat[] {
  const weights = list.map((server) => server.lastWeight).filter((weight) => weight > 0);
  if (weights.length === 0) return [];
  const divisor = weights.reduce(gcd);
  const greatest = Math.max(...weights) / divisor;
  const shift = Math.max(0, greatest.toString(2).length - 6);
  return list.map((server) => {
    const key = addU32(fold(server.addr), server.port);
    const share = Math.floor(server.lastWeight / divisor / 2 ** shift);
    return {
      server,
      position: hash1(key) % SLOTS,
      skip: (sipHash13(key, KEY_2) % (SLOTS - 1)) + 1,
      turns: server.lastWeight === 0 ? 0 : Math.max(1, share),
    };
  });
}

function populate(list: readonly ReferenceServer[]): ReferenceServer[] {
  const table: ReferenceServer[] = [];
  const all = seats(list);
  let free = all.length === 0 ? 0 : SLOTS;
  while (free > 0) {
    for (const seat of all) {
      for (let turn = 0; turn < seat.turns && free > 0; turn++, free--) {
        while (table[seat.position] !== undefined) {
          seat.position = (seat.position + seat.skip) % SLOTS;
        }
        table[seat.position] = seat.server;
      }
    }
  }
  return table;
}

/** mh: the slots are taken in turns, each server along its own permutation. */
export const maglevHashing: RuleMaker = ({ list }, { flags = [] }) => {
  let table: ReferenceServer[] = [];
  let stale = list.length <= SLOTS;
  const settle = (): void => {
    if (stale) table = populate(list);
    stale = false;
  };
  // Building is slow here, so it waits for the next pick, which sees the same list. A list that is
  // too long leaves the table of the last one that was not.
  const rebuild = (): void => {
    if (list.length > SLOTS) return;
    stale = true;
    if (list.length === SLOTS) settle();
  };
  return {
    added: rebuild,
    edited: rebuild,
    removed: rebuild,
    pick([saddr, sport]) {
      settle();
      if (table.length === 0) return undefined;
      const value = addU32(fold(saddr), flags.includes('port') ? sport : 0);
      const home = hash1(value) % SLOTS;
      if (table[home].usable) return table[home];
      if (!flags.includes('fallback')) return undefined;
      for (let probe = 0; probe < SLOTS; probe++) {
        const offset = (home + probe) % SLOTS;
        const server = table[hash1(addU32(value, offset)) % SLOTS];
        if (server.usable) return server;
      }
      return undefined;
    },
  };
};
