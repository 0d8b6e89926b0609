/** How often a director with connection tracking looks a packet up in its table. */
import { describe, expect, it, vi } from 'vitest';
import { CLIENT, OWN, Tracked } from './support.js';

/** Counts the look-ups of connections that a director does. */
function lookUpsOf({ director: { table } }: Tracked): () => number {
  const spies = [
    vi.spyOn(table.fastPath, 'find4'),
    vi.spyOn(table, 'findIn4'),
    vi.spyOn(table, 'findIn'),
    vi.spyOn(table, 'findOut'),
  ];
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

const later = { sequence: 1, acknowledgment: 1001 };

describe('a packet of a tracked connection is looked up in the index', () => {
  it('not at all when it is a plain segment of a client whose entry was found last', () => {
    const tracked = new Tracked();
    tracked.open();
    const lookUps = lookUpsOf(tracked);

    expect(tracked.client('A', later).leaves).toBe(true);
    expect(lookUps()).toBe(0);
  });

  it('not at all when its source is translated, too', () => {
    const tracked = new Tracked({ sourceNat: [{ to: 'masquerade' }] });
    tracked.open(OWN);
    const lookUps = lookUpsOf(tracked);

    expect(tracked.client('A', later).leaves).toBe(true);
    expect(lookUps()).toBe(0);
  });

  it('once by tracking and once by the director when it is a server’s', () => {
    const tracked = new Tracked();
    tracked.open();
    const lookUps = lookUpsOf(tracked);

    expect(tracked.server('A', CLIENT, 4711, { sequence: 1001, acknowledgment: 1 }).leaves).toBe(
      true,
    );
    expect(lookUps()).toBe(2);
  });

  it('once by tracking and once by the director when a client ends it', () => {
    const tracked = new Tracked();
    tracked.open();
    const lookUps = lookUpsOf(tracked);

    expect(tracked.client('FA', later).leaves).toBe(true);
    // The fast path has its entry at hand and leaves it alone; tracking and director follow.
    expect(lookUps()).toBe(2);
  });
});
