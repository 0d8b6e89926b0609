import { describe, expect, it } from 'vitest';
import {
  drawFleetTimeline,
  type FleetResult,
  type FleetSample,
} from '../../../src/simulation/index.js';
import { loadOf, rulesOf, runFleet } from './support.js';

const result = runFleet(rulesOf('rr', 3), loadOf(300, 30), [
  '10 fail-director 2',
  '20 add-director',
]);

describe('the time line of a fleet', () => {
  const svg = drawFleetTimeline(result, { title: 'a < b & c' });

  it('is one document without anything from elsewhere', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img"/);
    expect(svg.match(/https?:/g)).toHaveLength(1);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('escapes its texts', () => {
    expect(svg).toContain('a &lt; b &amp; c');
  });

  it('says in words what it shows', () => {
    expect(svg).toMatch(/<title>.*10 s: fail-director 2: of \d+ connections \d+ move, \d+ break/);
  });

  it('has an area for every director, and a mark for every event', () => {
    expect(svg.match(/<polygon/g)).toHaveLength(5);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  });

  it('loses no broken connection where samples are too close to be drawn', () => {
    const sample: FleetSample = { seconds: 0, open: [1], broken: 0, imbalance: 1 };
    const samples = Array.from({ length: 1000 }, (_, seconds) => ({
      ...sample,
      seconds,
      broken: seconds === 501 ? 7 : 0,
    }));
    const long: FleetResult = { directors: 1, events: [], services: [], samples };
    expect(drawFleetTimeline(long).match(/stroke="var\(--bad\)"/g)).toHaveLength(1);
    expect(drawFleetTimeline(long)).toContain('>7</text>');
  });

  it('can be drawn of nothing', () => {
    const empty: FleetResult = { directors: 1, events: [], services: [], samples: [] };
    expect(drawFleetTimeline(empty)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('refuses unknown options', () => {
    expect(() => drawFleetTimeline(result, { heading: '' } as object)).toThrow(/heading/);
  });
});
