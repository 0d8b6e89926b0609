import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientHash } from '../../../src/connections/client-index/client-hash.js';
import { ClientIndex } from '../../../src/connections/client-index/client-index.js';
import { EntryStore } from '../../../src/connections/entries/entry-store.js';
import { CLIENT, META, PORTS, PROTOCOL_SHIFT } from '../../../src/connections/entries/record.js';
import { seededRandom } from '../../../src/random.js';
import { TCP } from '../support/fixtures.js';

/** An index of connections that differ in their clients' addresses only. */
class CountedIndex {
  readonly index: ClientIndex;
  private readonly store = new EntryStore();

  constructor(seed: number) {
    this.index = new ClientIndex(this.store, new ClientHash(seededRandom(seed)));
  }

  /** Makes an entry. */
  add(client: number): number {
    const slot = this.store.allocate(4);
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    records[offset + CLIENT] = client;
    records[offset + PORTS] = 1024 << 16;
    records[offset + META] = TCP << PROTOCOL_SHIFT;
    this.index.insert(slot);
    return slot;
  }

  /** Ends an entry. */
  end(slot: number): void {
    this.index.remove(slot);
    this.store.clear(slot);
    this.store.free(slot);
  }

  /** Counts the used slots, without a flush. */
  get slotsUsed(): number {
    const { buckets } = this.index;
    let used = 0;
    for (let bucket = 0; bucket < buckets.address.count; bucket++) {
      let words = buckets.memory.wordsOf(bucket);
      let base = buckets.memory.baseOf(bucket);
      for (;;) {
        const slots = buckets.usedSlots(words, base);
        for (let left = slots; left !== 0; left = buckets.slotsAfter(left)) used++;
        const next = buckets.overflowOf(words, base);
        if (next === 0) break;
        words = buckets.overflow.wordsOf(next - 1);
        base = buckets.overflow.baseOf(next - 1);
      }
    }
    return used;
  }
}

const steps = fc.array(fc.record({ ends: fc.nat({ max: 3 }), choice: fc.nat() }), {
  minLength: 100,
  maxLength: 600,
});

describe('the index', () => {
  it('has a slot for each entry and no other, however it grows while some are queued', () => {
    fc.assert(
      fc.property(fc.integer(), steps, (seed, list) => {
        const counted = new CountedIndex(seed);
        const { index } = counted;
        const entries: { slot: number; client: number }[] = [];
        list.forEach(({ ends, choice }, client) => {
          entries.push({ slot: counted.add(client), client });
          if (ends === 0) {
            const [entry] = entries.splice(choice % entries.length, 1);
            if (entry !== undefined) counted.end(entry.slot);
          }
          expect(index.size).toBe(entries.length);
        });
        index.flush();
        // It grows so far that four entries share a bucket, and never shrinks.
        const { count } = index.buckets.address;
        expect(count).toBeGreaterThanOrEqual(entries.length / 4);
        expect(count).toBeLessThanOrEqual(Math.max(2, list.length / 4 + 1));
        expect(counted.slotsUsed).toBe(entries.length);
        for (const { slot, client } of entries) {
          expect(index.find4(TCP, client, 0, 1024 << 16)).toBe(slot);
        }
      }),
    );
  });
});
