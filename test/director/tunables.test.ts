import { describe, expect, it } from 'vitest';
import { TUNABLE_NAMES, Tunables } from '../../src/director/tunables.js';

describe('Tunables', () => {
  it('have the defaults of a director that was told nothing', () => {
    const { values } = new Tunables();
    expect(values.conn_reuse_mode).toBe(1);
    expect(values.lblcr_expiration).toBe(86400);
    const zero = TUNABLE_NAMES.filter((name) => values[name] === 0);
    expect(zero).toContain('expire_nodest_conn');
  });

  it('are set by number, by text, and with the whole name', () => {
    const tunables = new Tunables({ expire_nodest_conn: '1' });
    tunables.set('net.ipv4.vs.lblc_expiration', 90);
    expect([tunables.get('expire_nodest_conn'), tunables.get('lblc_expiration')]).toEqual([1, 90]);
  });

  it('take both numbers of the synchronization threshold at once', () => {
    const { values } = new Tunables({ sync_threshold: '1 0' });
    expect([values.sync_threshold, values.sync_period]).toEqual([1, 0]);
  });

  it.each([
    ['nosuch', 1],
    ['sloppy_tcp', 2],
    ['secure_tcp', '4'],
    ['pmtu_disc', '1 0'],
    ['sync_threshold', '1 x'],
  ])('refuse %s = %s and change nothing', (name, value) => {
    const tunables = new Tunables();
    expect(() => tunables.set(name, value)).toThrow();
    expect(tunables.toJSON()).toEqual(new Tunables().toJSON());
  });
});
