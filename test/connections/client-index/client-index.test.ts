import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientHash } from '../../../src/connections/client-index/client-hash.js';
import { ClientIndex } from '../../../src/connections/client-index/client-index.js';
import { EntryStore } from '../../../src/connections/entries/entry-store.js';
import { CLIENT, META, PORTS, PROTOCOL_SHIFT } from '../../../src/connections/entries/record.js';
import { seededRandom } from '../../../src/random.js';
import { TCP } from '../support/fixtures.js';

/** An index of connections that differ in their clients' addresses only. */
class CountedIndex extends ClientIndex {
  private readonly store: EntryStore;

  constructor(seed: number) {
    const store = new EntryStore();
    super(store, new ClientHash(seededRandom(seed)));
    this.store = store;
  }

  /** Makes an entry. */
  add(client: number): number {
    const slot = this.store.allocate(4);
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + CLIENT] = client;
    records[offset + PORTS] = 1024 << 16;
    records[offset + META] = TCP << PROTOCOL_SHIFT;
    this.insert(slot);
    return slot;
  }

  /** Ends an entry. */
  end(slot: number): void {
    this.remove(slot);
    this.store.release(slot);
  }

  /** Counts the places that are taken, as they are without settling. */
  get placesTaken(): number {
    let taken = 0;
    for (let group = 0; group < this.address.count; group++) {
      let words = this.memory.wordsOf(group);
      let base = this.memory.baseOf(group);
      for (;;) {
        const places = this.takenPlaces(words, base);
        for (let left = places; left !== 0; left = this.placesBehind(left)) taken++;
        const next = this.nextGroup(words, base);
        if (next === 0) break;
        words = this.further.wordsOf(next - 1);
        base = this.further.baseOf(next - 1);
      }
    }
    return taken;
  }
}

const steps = fc.array(fc.record({ ends: fc.nat({ max: 3 }), choice: fc.nat() }), {
  minLength: 100,
  maxLength: 600,
});

describe('the index', () => {
  it('has a place for each entry and no other, however it grows while some wait', () => {
    fc.assert(
      fc.property(fc.integer(), steps, (seed, list) => {
        const index = new CountedIndex(seed);
        const entries: { slot: number; client: number }[] = [];
        list.forEach(({ ends, choice }, client) => {
          entries.push({ slot: index.add(client), client });
          if (ends === 0) {
            const [entry] = entries.splice(choice % entries.length, 1);
            if (entry !== undefined) index.end(entry.slot);
          }
          expect(index.size).toBe(entries.length);
        });
        index.settle();
        expect(index.placesTaken).toBe(entries.length);
        for (const { slot, client } of entries) {
          expect(index.find4(TCP, client, 0, 1024 << 16)).toBe(slot);
        }
      }),
    );
  });
});
