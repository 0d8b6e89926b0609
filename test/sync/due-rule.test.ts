import fc from 'fast-check';
import { expect, it } from 'vitest';
import type {
  DueFields,
  SynchronizedEntries,
} from '../../src/connections/doors/synchronized-entries.js';
import { OptionalColumn } from '../../src/connections/entries/optional-column.js';
import { DueRule } from '../../src/sync/due-rule.js';
import type { SyncTunables } from '../../src/sync/sync-part.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const SLOT = 3;
/** States in which a connection is sent, ESTABLISHED first. */
const SENT_STATES: Readonly<Record<number, readonly number[]>> = {
  [TCP]: [1, 4, 5, 6, 7],
  [SCTP]: [8, 9, 10, 11, 13],
};
const STATES: Readonly<Record<number, number>> = { [TCP]: 11, [UDP]: 1, [SCTP]: 14 };

type Due = Pick<
  SyncTunables,
  'sync_threshold' | 'sync_period' | 'sync_refresh_period' | 'sync_retries' | 'sync_persist_mode'
>;

/** A packet: how much later it comes, which one of its connection it is, and what that has become by it. */
interface Look {
  readonly afterMs: number;
  readonly packets: number;
  readonly state: number;
  readonly timeoutMs: number;
}

/** The rules of sending as they are said in words, for one entry. */
class Model {
  private expiry: number | undefined;
  private state = 0;
  private retries = 0;

  private readonly tunables: Due;

  constructor(tunables: Due) {
    this.tunables = tunables;
  }

  take(entry: DueFields, packets: number, now: number): boolean {
    const { isTemplate, hasTemplate, state, timeoutMs } = entry;
    const { sync_refresh_period: refresh, sync_period: period } = this.tunables;
    // Never sent: the birth, which is the first packet.
    this.expiry ??= now;
    if (!isTemplate && hasTemplate && this.tunables.sync_persist_mode === 1) return false;
    const allowed = isTemplate ? undefined : SENT_STATES[entry.protocol];
    if (allowed !== undefined && !allowed.includes(state)) return false;
    if (allowed !== undefined && state !== this.state && state !== allowed[0]) {
      return this.sent(entry, now, 0);
    }
    let retries = 0;
    if (refresh > 0) {
      const difference = Math.abs(now + timeoutMs - this.expiry);
      if (difference < Math.min(refresh * 1000, Math.max(timeoutMs / 2, 10_000))) {
        const isRetry = now >= this.expiry - timeoutMs + (refresh * 1000) / 8;
        if (this.retries >= this.tunables.sync_retries || !isRetry) return false;
        retries = this.retries + 1;
      }
    }
    const { sync_threshold: threshold } = this.tunables;
    if (period > 0 && !isTemplate && packets % period !== threshold) return false;
    if (period === 0 && refresh === 0 && packets !== threshold) return false;
    return this.sent(entry, now, retries);
  }

  private sent({ state, timeoutMs }: DueFields, now: number, retries: number): true {
    this.state = state;
    this.retries = retries;
    if (retries === 0) this.expiry = now + timeoutMs;
    return true;
  }
}

function tunables(): fc.Arbitrary<Due> {
  return fc.record({
    sync_threshold: fc.nat(3),
    sync_period: fc.constantFrom(0, 0, 1, 2, 5),
    sync_refresh_period: fc.constantFrom(0, 1, 8, 16, 80, 1000),
    sync_retries: fc.nat(3),
    sync_persist_mode: fc.nat(1),
  });
}

function looks(protocol: number): fc.Arbitrary<Look[]> {
  const [established = 0, ...others] = SENT_STATES[protocol] ?? [];
  const state = fc.oneof(
    fc.constant(established),
    fc.constantFrom(established, ...others),
    fc.nat(STATES[protocol] - 1),
  );
  const look = fc.record({
    // The limits of the rules are at whole and eighths of seconds, and a millisecond beside them.
    afterMs: fc
      .tuple(
        fc.constantFrom(1, 125, 875, 1000, 7000, 8000, 10_000, 60_000),
        fc.integer({ min: -1, max: 1 }),
      )
      .map(([span, beside]) => span + beside),
    packets: fc.nat(6),
    state,
    timeoutMs: fc.constantFrom(2000, 10_000, 20_000, 24_000, 120_000, 900_000),
  });
  return fc.array(look, { minLength: 1, maxLength: 25 });
}

it('an entry is due exactly when the rules say so', () => {
  const kinds = fc.record({
    protocol: fc.constantFrom(TCP, TCP, SCTP, UDP),
    isTemplate: fc.boolean(),
    hasTemplate: fc.boolean(),
  });
  const cases = kinds.chain((kind) =>
    fc.tuple(fc.constant(kind), tunables(), looks(kind.protocol)),
  );
  fc.assert(
    fc.property(cases, fc.nat(0xffffffff), ([kind, values, packets], start) => {
      const columns = { sent: new OptionalColumn(), sentExpiries: new OptionalColumn() };
      const rule = new DueRule(columns as SynchronizedEntries, values as SyncTunables);
      const model = new Model(values);
      let now = start;
      for (const { afterMs, packets: n, ...rest } of packets) {
        now += afterMs;
        const entry = { ...kind, ...rest };
        expect(rule.take(SLOT, entry, n, now)).toBe(model.take(entry, n, now));
      }
    }),
    { numRuns: 2000 },
  );
});

it('a packet that is passed over makes nothing due, and what it would have left behind is not missed', () => {
  // Whether the first packet was seen matters to timeouts shorter than the refresh period.
  const often = fc.record({
    sync_threshold: fc.nat(1),
    sync_period: fc.constantFrom(0, 2),
    sync_refresh_period: fc.constantFrom(0, 8, 16),
    sync_retries: fc.nat(1),
    sync_persist_mode: fc.constant(0),
  });
  fc.assert(
    fc.property(often, looks(TCP), fc.nat(0xffffffff), (values, packets, start) => {
      let count = 0;
      const columns = {
        sent: new OptionalColumn(),
        sentExpiries: new OptionalColumn(),
        packetsOf: (): number => count,
      };
      const rule = new DueRule(columns as unknown as SynchronizedEntries, values as SyncTunables);
      const model = new Model(values);
      let now = start;
      for (const { afterMs, packets: n, timeoutMs: span } of packets) {
        now += afterMs;
        count = n;
        const timeoutMs = Math.min(span, 20_000);
        const kind = { protocol: TCP, isTemplate: false, hasTemplate: false };
        const entry = { ...kind, state: 1, timeoutMs };
        const isDue = !rule.isPassed(SLOT) && rule.take(SLOT, entry, n, now);
        expect(isDue).toBe(model.take(entry, n, now));
      }
    }),
    { numRuns: 500 },
  );
});
