import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Statistics } from '../../src/statistics/statistics.js';

function count(statistics: Statistics, connections: number, packets: number, bytes: number): void {
  for (let i = 0; i < connections; i++) statistics.countConnection();
  for (let i = 0; i < packets; i++) statistics.countIn(i === 0 ? bytes : 0);
}

function shown(statistics: Statistics): readonly number[] {
  const { connections, packetsIn, bytesIn } = statistics.rates();
  return [connections, packetsIn, bytesIn];
}

/** The filter as the rule states it, in exact integers of 64 bits. */
function literalRate(growths: readonly bigint[], shift: bigint): bigint {
  let average = 0n;
  for (const growth of growths) average += ((growth << shift) - average) >> 2n;
  return (average + (1n << shift) - 1n) >> (shift + 1n);
}

describe('Statistics', () => {
  it('show what the last tick saw', () => {
    const statistics = new Statistics();
    count(statistics, 1, 2, 100);
    statistics.countOut(60);
    expect(statistics.totals().packetsIn).toBe(0);
    statistics.tick();
    count(statistics, 1, 1, 50);
    expect(statistics.totals()).toEqual({
      connections: 1,
      packetsIn: 2,
      packetsOut: 1,
      bytesIn: 100,
      bytesOut: 60,
    });
  });

  it('give the recorded rates', () => {
    const statistics = new Statistics();
    const rows: (readonly number[])[] = [];
    const tick = (): void => {
      statistics.tick();
      rows.push(shown(statistics));
    };
    count(statistics, 4, 21, 10505);
    tick();
    count(statistics, 1, 9922 - 21, 1000545 - 10505);
    for (let i = 0; i < 5; i++) tick();
    expect(rows.toSpliced(4, 1)).toEqual([
      [0, 3, 1313],
      [0, 1240, 124740],
      [0, 930, 93555],
      [0, 697, 70166],
      [0, 392, 39468],
    ]);
  });

  it('give the rates of the literal rule', () => {
    const growth = fc.nat({ max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(growth, growth, fc.nat()), { maxLength: 30 }), (ticks) => {
        const statistics = new Statistics();
        for (const [connections, packets, bytes] of ticks) {
          for (let i = 0; i < connections; i++) statistics.countConnection();
          for (let i = 0; i < packets; i++) statistics.countOut(i === 0 ? bytes : 0);
          for (let i = 0; i < packets; i++) statistics.countIn(i === 0 ? bytes : 0);
          statistics.tick();
        }
        const { connections, packetsOut, bytesOut, packetsIn, bytesIn } = statistics.rates();
        expect([packetsIn, bytesIn]).toEqual([packetsOut, bytesOut]);
        const sent = ticks.map(([, packets, bytes]) => BigInt(packets === 0 ? 0 : bytes));
        expect([connections, packetsOut, bytesOut].map(BigInt)).toEqual([
          literalRate(
            ticks.map(([each]) => BigInt(each)),
            9n,
          ),
          literalRate(
            ticks.map(([, each]) => BigInt(each)),
            9n,
          ),
          literalRate(sent, 4n),
        ]);
      }),
    );
  });

  it('begin at what the last tick saw when they are zeroed', () => {
    const statistics = new Statistics();
    count(statistics, 3, 3, 300);
    statistics.tick();
    count(statistics, 1, 1, 40);
    statistics.zero();
    expect(statistics.totals().connections).toBe(0);
    expect(shown(statistics)).toEqual([0, 0, 0]);
    statistics.tick();
    expect([statistics.totals().connections, statistics.totals().bytesIn]).toEqual([1, 40]);
    expect(statistics.counted().connections).toBe(4);
  });

  it('go on from where they were written out', () => {
    const statistics = new Statistics();
    count(statistics, 3, 3, 300);
    statistics.tick();
    statistics.zero();
    count(statistics, 2, 9, 4000);
    const copy = Statistics.fromJSON(statistics.toJSON());
    for (const each of [statistics, copy]) each.tick();
    expect([copy.totals(), copy.rates()]).toEqual([statistics.totals(), statistics.rates()]);
  });
});
