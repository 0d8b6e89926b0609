import { describe, expect, it } from 'vitest';
import { readGoldenLines } from './support/golden.js';
import { StateReplay, type Recorded } from './support/state-replay.js';

describe('recorded packet sequences', () => {
  for (const [name, protocol] of [
    ['tcp-states', 'tcp'],
    ['tcp-states-sysctl', 'tcp'],
    ['udp-states', 'udp'],
    ['sctp-states', 'sctp'],
  ] as const) {
    it(`${name}: verdicts, state, time left and counters are the recorded ones`, () => {
      const recorded = readGoldenLines(`${name}.jsonl`) as Recorded[];
      expect(recorded.length).toBeGreaterThan(0);
      const replayer = new StateReplay();
      const differing = recorded.filter(
        (line) => JSON.stringify(replayer.replay(protocol, line)) !== JSON.stringify(line),
      );
      expect(differing).toEqual([]);
    });
  }
});
