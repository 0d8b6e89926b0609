/** The connections past the director: how many there may be, and which are forgotten. */
import { expect, it } from 'vitest';
import { Follower } from '../../src/conntrack/follower.js';
import { EXPIRY, FLAGS } from '../../src/conntrack/record.js';
import { type Stray, Strays } from '../../src/conntrack/strays.js';
import { AddressBuffer } from '../../src/address-words.js';

const MOST = 65_536;
const HOST = new AddressBuffer().set4(1);

/** Adds connection number n, which ends at a moment. */
function add(strays: Strays, n: number, now: number, end: number): Stray {
  const stray = strays.create();
  stray.original.set(17, new AddressBuffer().set4(n), 4000, HOST, 53);
  stray.reply.copy(stray.original, true);
  stray.words[FLAGS] = 1;
  stray.words[EXPIRY] = end;
  strays.add(stray, now);
  return stray;
}

it('those that are over make room for others, whatever lasts beside them', () => {
  const strays = new Strays(new Follower());
  const lasting = [1, 2, 3].map((n) => add(strays, n, 0, 1_000_000));
  for (let n = 10; n < 110; n++) add(strays, n, 0, 1000);
  for (let n = 200; n < 300; n++) add(strays, n, 2000, 3000);
  expect([...strays.present(2000)]).toHaveLength(103);
  // Two are visited with each that comes.
  expect(strays.size).toBe(103);
  expect(lasting.map((each) => strays.find(each.reply, 2000))).toEqual(lasting);
});

it('there are 65536 at most; those that come then are not kept until others are over', () => {
  const strays = new Strays(new Follower());
  for (let n = 0; n < MOST - 1; n++) add(strays, n, 0, 1000);
  const [last, refused] = [MOST, MOST + 1].map((n) => add(strays, n, 0, 1000));
  expect([strays.find(last.original, 0), strays.find(refused.original, 0)]).toEqual([
    last,
    undefined,
  ]);
  expect(strays.size).toBe(MOST);
  const later = add(strays, MOST + 2, 2000, 3000);
  expect(strays.find(later.reply, 2000)).toBe(later);
  expect(strays.size).toBe(MOST - 1);
});
