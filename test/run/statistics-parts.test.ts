/**
 * Statistics are read in parts: no frame waits for all of them, and together they are the whole.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { Director } from 'ipvs/director';
import type { StatisticsPart } from '../../src/run/engine/messages.js';
import { StatisticsReader } from '../../src/run/engine/statistics-reader.js';
import { ENDED, type Reply } from '../../src/run/supervisor/engine-handle.js';
import { readParts } from '../../src/run/supervisor/statistics-parts.js';
import { udp } from '../director/support/packets.js';

const SERVICES = 100;
const SERVERS = 7;
/** Services and servers of a part, at most: the last service of a part may pass the limit of 64. */
const MOST_OF_PART = 64 + SERVERS;

let director: Director;
let reader: StatisticsReader;

beforeEach(() => {
  director = new Director();
  for (let service = 0; service < SERVICES; service++) {
    director.execute(`-A -u 192.0.2.${service}:53 -s rr`);
    for (let server = 0; server < SERVERS; server++) {
      director.execute(`-a -u 192.0.2.${service}:53 -r 10.0.${service}.${server} -m`);
    }
    director.receive(udp('198.51.100.7:4000', `192.0.2.${service}:53`));
  }
  reader = new StatisticsReader(director);
});

const answerOf = (value: unknown): Reply => ({ ok: true, text: JSON.stringify(value) });

describe('the parts of statistics', () => {
  it('are small, and together the whole', async () => {
    const sizes: number[] = [];
    const whole = await readParts(async (which) => {
      const part = reader.read(which);
      sizes.push(Object.keys(part.state.entries).length);
      return answerOf(part);
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_OF_PART);
    expect(whole).toEqual(director.statistics.stateOf(director.services));
    expect(Object.keys(whole?.entries ?? {})).toHaveLength(SERVICES * (1 + SERVERS));
  });

  it('pass over no service when others come and go between them', async () => {
    const kept = [...director.services].map(String).slice(1);
    let isChanged = false;
    const whole = await readParts(async (which) => {
      const part = reader.read(which);
      if (!isChanged) {
        isChanged = true;
        director.removeService([...director.services][0]);
        director.execute('-A -u 192.0.2.250:53 -s rr');
      }
      return answerOf(part);
    });
    const names = Object.keys(whole?.entries ?? {});
    for (const service of kept) {
      expect(names.some((name) => name.includes(service.replace(/^\w+ /, '')))).toBe(true);
    }
  });

  it('of no service are one part', () => {
    const empty = new StatisticsReader(new Director());
    expect(empty.read('first').isLast).toBe(true);
  });

  it('are nothing when the engine ends, or answers anything', async () => {
    const first: StatisticsPart = reader.read('first');
    expect(first.isLast).toBe(false);
    for (const second of [ENDED, answerOf([]), answerOf({ state: 7 }), { ok: true, text: '' }]) {
      const answers = [answerOf(first), second as Reply];
      expect(await readParts(async () => answers.shift() ?? ENDED)).toBeUndefined();
    }
  });
});
