/**
 * The pictures as data: places, arrows, curves, labels, and their contrast.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scaleTo, spreadLabels } from '../../docs/playground/chart-scale.js';
import { chartOf } from '../../docs/playground/chart-of.js';
import { chartShapes } from '../../docs/playground/chart-shapes.js';
import { Race } from '../../docs/playground/race.js';
import { fromHash } from '../../docs/playground/scenario-address.js';
import type { Box, Shape } from '../../docs/playground/shape.js';
import {
  arrowsOf,
  PAST_KEY,
  requestKey,
  REQUESTS_KEY,
  THROUGH_KEY,
} from '../../docs/playground/stage-arrows.js';
import { layoutStage, MAX_DRAWN_SERVERS } from '../../docs/playground/stage-layout.js';
import { stageOf } from '../../docs/playground/stage-of.js';
import { stageShapes } from '../../docs/playground/stage-shapes.js';
import { describeStage, type Stage } from '../../docs/playground/stage.js';
import { root } from '../../scripts/entries.mjs';

const stageAt = (id: string, seconds: number): Stage =>
  stageOf(new Race({ ...fromHash(`#scenario=${id}`), atMs: seconds * 1000 }), 0);

const widths = fc.integer({ min: 280, max: 1400 });
const counts = fc.integer({ min: 0, max: 40 });

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('the layout of the picture', () => {
  it('has every box inside, none over another, and room between the columns', () => {
    fc.assert(
      fc.property(widths, counts, fc.boolean(), (width, count, past) => {
        const layout = layoutStage(width, count, past);
        const boxes = [layout.clients, layout.director, ...layout.servers];
        expect(layout.servers.length).toBeLessThanOrEqual(MAX_DRAWN_SERVERS);
        for (const [index, box] of boxes.entries()) {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
          expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
          for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
        }
        const left = Math.max(...[layout.clients, layout.director].map((box) => box.x + box.width));
        expect((layout.servers[0]?.x ?? Infinity) - left).toBeGreaterThanOrEqual(20);
      }),
    );
  });
});

describe('the arrows', () => {
  const layout = layoutStage(1000, 3, true);
  const arrowsAt = (id: string): Map<string, { width: number; rate: number; tunnel: boolean }> =>
    new Map(arrowsOf(stageAt(id, 30), layout).map((arrow) => [arrow.key, arrow]));

  it('lead back through the director by NAT, and past it otherwise', () => {
    expect([...arrowsAt('nat').keys()]).toContain(THROUGH_KEY);
    expect([...arrowsAt('nat').keys()]).not.toContain(PAST_KEY);
    for (const id of ['dr', 'tun']) {
      expect([...arrowsAt(id).keys()]).toContain(PAST_KEY);
      expect([...arrowsAt(id).keys()]).not.toContain(THROUGH_KEY);
    }
  });

  it('are wider where there is more load', () => {
    const arrows = arrowsAt('nat');
    const [weak, strong] = ['10.0.0.1:8080', '10.0.0.3:8080'].map((name) =>
      arrows.get(requestKey(name)),
    );
    expect(strong?.width).toBeGreaterThan(1.5 * (weak?.width as number));
    expect(arrows.get(REQUESTS_KEY)?.width).toBeGreaterThan(strong?.width as number);
  });

  it('carry what the servers carry', () => {
    const arrows = arrowsAt('dr');
    const sum = [1, 2, 3]
      .map((n) => arrows.get(requestKey(`10.0.0.${n}:80`))?.rate ?? 0)
      .reduce((a, b) => a + b);
    expect(arrows.get(REQUESTS_KEY)?.rate).toBeCloseTo(sum);
  });

  it('are in a pipe where there is a tunnel', () => {
    const [tunnels, others] = ['tun', 'dr'].map(
      (id) => [...arrowsAt(id).values()].filter(({ tunnel }) => tunnel).length,
    );
    expect([tunnels, others]).toEqual([3, 0]);
  });

  it('have no width before anything flows', () => {
    const idle = arrowsOf(stageAt('nat', 0), layout);
    expect(idle.map(({ width }) => width)).toEqual(idle.map(() => 0));
  });
});

describe('the picture', () => {
  const keysOf = (shapes: readonly Shape[]): string[] => shapes.map(({ key }) => key);

  it('draws each thing once, whatever the size', () => {
    const stages = ['nat', 'dr', 'tun', 'thresholds', 'sorry-server'].map((id) => stageAt(id, 65));
    fc.assert(
      fc.property(fc.constantFrom(...stages), widths, (stage, width) => {
        const shapes = stageShapes(stage, layoutStage(width, stage.servers.length, true));
        const keys = keysOf(shapes);
        expect(new Set(keys).size).toBe(keys.length);
        const numbers = shapes.flatMap(({ attributes }) => Object.values(attributes));
        expect(numbers.join(' ')).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
  });

  it('fills a server by its active connections, and says when one is dead or full', () => {
    const stage = stageAt('sorry-server', 29);
    const shapes = stageShapes(stage, layoutStage(900, 2, false));
    const text = shapes.map((shape) => shape.text ?? '').join('|');
    expect(text).toContain('not answering');
    const widthOf = (n: number): number =>
      Number(shapes.find(({ key }) => key === `server 10.0.0.${n}:80 fill`)?.attributes['width']);
    const [first, second] = stage.servers;
    expect(widthOf(1) / widthOf(2)).toBeCloseTo(first?.active / second?.active, 1);
  });

  it('is described for those who do not see it', () => {
    expect(describeStage(stageAt('dr', 30))).toMatch(
      /scheduler wlc.* 3 servers by direct routing.*10\.0\.0\.1:80 \d+ active/,
    );
  });
});

describe('a scale', () => {
  it('reaches the greatest value, in steps of 1, 2 or 5', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 10 }),
        (most, count) => {
          const { most: end, ticks } = scaleTo(most, count);
          expect(end).toBeGreaterThanOrEqual(most * (1 - 1e-9));
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          expect(String(ticks[1]).replaceAll(/[0.]|e.*/g, '')).toMatch(/^[125]$/);
        },
      ),
    );
  });
});

describe('labels', () => {
  it('keep their order and do not cover each other, as long as there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 8 }), (wanted) => {
        const placed = spreadLabels(wanted, 13, [0, 200]);
        const order = wanted.map((_, index) => index);
        order.sort((a, b) => wanted[a] - wanted[b]);
        const sorted = order.map((index) => placed[index]);
        for (const [index, place] of sorted.entries()) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThanOrEqual(200);
          if (index > 0) expect(place - sorted[index - 1]).toBeGreaterThanOrEqual(13 - 1e-9);
        }
      }),
    );
  });
});

describe('the curves', () => {
  it('pass through what each server had, and begin when it was added', () => {
    const race = new Race({ ...fromHash('#scenario=new-server'), atMs: 60_000 });
    const [history] = race.histories;
    const curves = history?.curves(race.nowMs, race.lanes[0].tallies, 'active') ?? [];
    expect(curves.map(({ points }) => points.at(-1))).toEqual(
      race.lanes[0].rows().map(({ active }) => [60_000, active]),
    );
    expect(curves[3]?.points[0]?.[0]).toBeGreaterThanOrEqual(40_000);
    expect(curves[0]?.points[0]).toEqual([0, 0]);
  });

  it('are the same however the load is advanced', () => {
    const scenario = fromHash('#scenario=dr');
    const [steps, leap] = [scenario, { ...scenario, atMs: 50_000 }].map((each) => new Race(each));
    for (let timeMs = 0; timeMs <= 50_000; timeMs += 333) steps?.advanceTo(timeMs);
    steps?.advanceTo(50_000);
    const curves = [steps, leap].map((race) =>
      race?.histories[0]?.curves(50_000, race.lanes[0].tallies, 'opened'),
    );
    expect(curves[0]).toEqual(curves[1]);
  });

  it('have the same scale for all schedulers of a run', () => {
    const race = new Race({ ...fromHash('#scenario=new-server'), atMs: 60_000 });
    const [wlc, rr] = [0, 1].map((index) => chartOf(race, index));
    expect(wlc?.most).toBe(rr?.most);
    expect(wlc?.most).toBeGreaterThan(15);
  });

  it('bear a number for each change', () => {
    const shapes = chartShapes({
      width: 600,
      height: 190,
      endMs: 100_000,
      nowMs: 50_000,
      most: 10,
      curves: [],
      changesMs: [10_000, 60_000, 60_000],
    });
    const numbers = shapes.filter(({ key }) => key.endsWith('number')).map(({ text }) => text);
    expect(numbers).toEqual(['1', '2–3']);
    const styles = shapes.filter(({ tag, key }) => tag === 'line' && key.startsWith('change'));
    expect(styles.map(({ attributes }) => attributes['class'])).toEqual([
      'change',
      'change planned',
    ]);
  });
});

describe('the colors', () => {
  const css = readFileSync(`${root}docs/playground/playground.css`, 'utf8');
  /** Light and dark. */
  const colors = new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\);/g)].map(([, name, light, dark]) => [
      name,
      [light, dark] as const,
    ]),
  );
  const luminance = (color: string): number => {
    const digits = color.length === 4 ? color.replaceAll(/[^#]/g, '$&$&') : color;
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** The lesser contrast of light and dark. */
  const contrast = (front: string, back: string): number =>
    Math.min(
      ...[0, 1].map((mode) => {
        const [a, b] = [front, back].map((name) =>
          luminance((colors.get(name) as readonly string[])[mode]),
        ) as [number, number];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      }),
    );
  const servers = Array.from({ length: 8 }, (_, index) => `c${index}`);

  // Axe does not look into pictures.
  it.each([
    ['text', 'card'],
    ['text', 'sunk'],
    ['text', 'mark'],
    ['quiet', 'card'],
    ['quiet', 'sunk'],
    ['quiet', 'ground'],
    ['warn', 'card'],
    ['warn', 'warn-ground'],
    ['on-accent', 'accent'],
    ...servers.map((name) => [name, 'card'] as [string, string]),
  ] as [string, string][])('of text can be read: %s on %s', (front, back) => {
    expect(contrast(front, back)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['request', 'answer', 'accent'])('of pictures can be seen: %s on card', (name) => {
    expect(contrast(name, 'card')).toBeGreaterThanOrEqual(3);
  });
});
