import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryStore } from '../../../src/connections/entries/entry-store.js';
import {
  FLAG_HELPED,
  FLAG_NO_CLIENT_PORT,
  FLAG_TEMPLATE,
} from '../../../src/connections/entries/flags.js';
import { HelperSession } from '../../../src/connections/entries/helper-session.js';
import {
  CHUNK_SHIFT,
  MAX_SLOTS,
  META,
  META_IPV6,
  RECORD_WORDS,
  WIDE_WORDS,
} from '../../../src/connections/entries/record.js';
import type { AddressFamily } from '../../../src/ip-address.js';

const CHUNK_ENTRIES = 1 << CHUNK_SHIFT;

const families = fc.constantFrom<AddressFamily>(4, 6);
const kinds = fc.constantFrom(0, 0, FLAG_TEMPLATE, FLAG_HELPED, FLAG_NO_CLIENT_PORT);
const steps = fc.array(
  fc.record({ family: families, kind: kinds, removes: fc.nat({ max: 2 }), which: fc.nat() }),
  { minLength: 20, maxLength: 400 },
);

/** What a test stores of an entry, to be forgotten with it. */
interface Held {
  readonly slot: number;
  readonly family: AddressFamily;
  readonly kind: number;
  /** Which it is: all of its words are this number. */
  readonly name: number;
}

/** Makes an entry whose words all hold its name, so that shared memory shows. */
function make(store: EntryStore, family: AddressFamily, kind: number, name: number): Held {
  const slot = store.allocate(family);
  const records = store.recordsOf(slot);
  const offset = store.offsetOf(slot);
  records.fill(name, offset, offset + RECORD_WORDS);
  records[offset + META] = kind | (family === 6 ? META_IPV6 : 0);
  if (family === 6) {
    const at = store.wideOffsetOf(slot);
    store.wideOf(slot).fill(name, at, at + WIDE_WORDS);
  }
  store.controls.set(slot, name);
  store.dataControls.set(slot, name);
  if (kind === FLAG_TEMPLATE) store.setEngineData(slot, String(name));
  if (kind === FLAG_NO_CLIENT_PORT) store.withoutClientPort++;
  if (kind !== 0) store.sessions.set(slot, new HelperSession());
  return { slot, family, kind, name };
}

function expectUnchanged(store: EntryStore, { slot, family, kind, name }: Held): void {
  const offset = store.offsetOf(slot);
  const words = store.recordsOf(slot).slice(offset, offset + RECORD_WORDS);
  words[META] = name;
  expect(words).toEqual(new Int32Array(RECORD_WORDS).fill(name));
  if (family === 6) {
    const at = store.wideOffsetOf(slot);
    const wide = store.wideOf(slot).slice(at, at + WIDE_WORDS);
    expect(wide).toEqual(new Int32Array(WIDE_WORDS).fill(name));
  }
  expect([store.controls.get(slot), store.dataControls.get(slot)]).toEqual([name, name]);
  expect(store.engineDataOf(slot)).toBe(kind === FLAG_TEMPLATE ? String(name) : '');
  expect(store.sessions.has(slot)).toBe(kind !== 0);
}

describe('the store of entries', () => {
  it('keeps what each entry has apart from others, and forgets it with the entry', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const store = new EntryStore();
        const held: Held[] = [];
        list.forEach(({ family, kind, removes, which }, name) => {
          if (removes === 0 && held.length > 0) {
            const [{ slot }] = held.splice(which % held.length, 1);
            const generation = store.generationOf(slot);
            store.clear(slot);
            store.free(slot);
            expect(store.generationOf(slot)).not.toBe(generation);
            expect([store.controls.get(slot), store.dataControls.get(slot)]).toEqual([0, 0]);
            expect(store.sessions.has(slot)).toBe(false);
            expect(store.engineDataOf(slot)).toBe('');
            return;
          }
          held.push(make(store, family, kind, name + 1));
        });
        expect(new Set(held.map(({ slot }) => slot)).size).toBe(held.length);
        for (const each of held) expectUnchanged(store, each);
        const waiting = held.filter(({ kind }) => kind === FLAG_NO_CLIENT_PORT);
        expect(store.withoutClientPort).toBe(waiting.length);
      }),
    );
  });

  it('uses the slot that was freed last again, by an entry of the same family', () => {
    const store = new EntryStore();
    const held = [4, 4, 6, 6, 4].map((family, n) => make(store, family as AddressFamily, 0, n + 1));
    for (const { slot } of held) {
      store.clear(slot);
      store.free(slot);
    }
    const again = [6, 4, 6, 4, 4].map((family) => store.allocate(family as AddressFamily));
    expect(again).toEqual([3, 4, 2, 1, 0].map((n) => held[n].slot));
  });

  it('grows one chunk per family, then by whole chunks, and knows its slots', () => {
    const store = new EntryStore();
    expect([store.slots, store.span, store.isSlot(0)]).toEqual([0, 0, false]);
    const used = { 4: 0, 6: 0 };
    for (let n = 0; n < 2 * CHUNK_ENTRIES; n++) {
      const family = n % 9 === 8 ? 6 : 4;
      const slot = store.allocate(family);
      used[family]++;
      if (!store.isSlot(slot)) throw new Error(`no slot: ${slot}`);
      if (family === 6 && store.wideOffsetOf(slot) + WIDE_WORDS > store.wideOf(slot).length)
        throw new Error(`no room for long addresses: ${slot}`);
      if (family === 4 && store.wideOf(slot).length > 0) throw new Error(`unused room: ${slot}`);
      if (n % 1024 !== 0) continue;
      // At most twice the memory that is used, in the first chunk of a family.
      const present = store.records.reduce((words, chunk) => words + chunk.length, 0);
      const most = [used[4], used[6]].map((count) =>
        count <= CHUNK_ENTRIES / 4
          ? Math.max(64, 2 * count)
          : CHUNK_ENTRIES * Math.ceil(count / CHUNK_ENTRIES),
      );
      expect(present / RECORD_WORDS).toBeLessThanOrEqual(most[0] + most[1]);
    }
    const { records, slots } = store;
    expect(slots).toBe(records.length * CHUNK_ENTRIES);
    expect(store.span).toBe(slots - CHUNK_ENTRIES + (records.at(-1)?.length ?? 0) / RECORD_WORDS);
    const isLast = records.flatMap(({ length }, chunk) => {
      const last = chunk * CHUNK_ENTRIES + length / RECORD_WORDS - 1;
      return length < CHUNK_ENTRIES * RECORD_WORDS
        ? [store.isSlot(last), !store.isSlot(last + 1)]
        : [];
    });
    expect(isLast).toEqual([true, true]);
    expect([-1, 0, slots - 1, slots].map((slot) => store.isSlot(slot))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('has no slot left when all numbers are in use, but those that are freed', () => {
    const store = new EntryStore();
    const held = make(store, 4, 0, 1);
    const chunk = new Int32Array(0);
    // Chunks without memory stand in for 4 GB of entries.
    while (store.slots + CHUNK_ENTRIES <= MAX_SLOTS) {
      store.records.push(chunk);
      store.wide.push(chunk);
    }
    expect(store.allocate(6)).toBe((store.records.length - 1) * CHUNK_ENTRIES);
    const numbers = Array.from({ length: CHUNK_ENTRIES - 1 }, () => store.allocate(4));
    expect(numbers.at(-1)).toBe(CHUNK_ENTRIES - 1);
    expect(store.allocate(4)).toBe(-1);
    store.clear(held.slot);
    store.free(held.slot);
    expect([store.allocate(4), store.allocate(4)]).toEqual([held.slot, -1]);
  });
});
