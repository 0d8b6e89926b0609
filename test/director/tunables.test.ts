import { describe, expect, it } from 'vitest';
import { INERT_TUNABLES, TUNABLE_NAMES, Tunables } from '../../src/director/tunables.js';

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

  it.each(['net.ipv4.vs.', 'net/ipv4/vs/', '/proc/sys/net/ipv4/vs/'])('are named %s…', (front) => {
    const tunables = new Tunables();
    tunables.set(`${front}drop_entry`, 2);
    expect(tunables.get(`${front}drop_entry`)).toBe(2);
    expect(() => tunables.get(`x${front}drop_entry`)).toThrow(RangeError);
  });

  it('take both numbers of the synchronization threshold at once', () => {
    const { values } = new Tunables({ sync_threshold: '1 0' });
    expect([values.sync_threshold, values.sync_period]).toEqual([1, 0]);
  });

  it('know every name under net.ipv4.vs of Linux 6.1 and 6.12', () => {
    const names =
      `am_droprate amemthresh backup_only cache_bypass conn_reuse_mode conntrack drop_entry
      drop_packet est_cpulist est_nice expire_nodest_conn expire_quiescent_template ignore_tunneled
      lblc_expiration lblcr_expiration nat_icmp_send pmtu_disc run_estimation schedule_icmp secure_tcp
      sloppy_sctp sloppy_tcp snat_reroute sync_persist_mode sync_ports sync_qlen_max sync_refresh_period
      sync_retries sync_sock_size sync_threshold sync_version`.split(/\s+/);
    // The second number of sync_threshold has a name here.
    expect(TUNABLE_NAMES.filter((name) => name !== 'sync_period').toSorted()).toEqual(names);
  });

  it('take a list of CPUs as text', () => {
    const tunables = new Tunables({ est_cpulist: ' 0-3,5\n' });
    expect(tunables.get('est_cpulist')).toBe('0-3,5');
    tunables.set('est_cpulist', '');
    expect(tunables.values.est_cpulist).toBe('');
  });

  it('say of some why they have no effect', () => {
    expect(Object.keys(INERT_TUNABLES)).toEqual(expect.arrayContaining(['est_nice']));
    for (const name of Object.keys(INERT_TUNABLES)) expect(TUNABLE_NAMES).toContain(name);
  });

  it.each([
    ['nosuch', 1],
    ['est_cpulist', '0-'],
    ['est_cpulist', true as unknown as number],
    ['est_nice', 20],
    ['sync_ports', 0],
    ['sloppy_tcp', 2],
    ['drop_entry', '1e0'],
    ['drop_entry', '0x1'],
    ['drop_entry', ''],
    ['lblc_expiration', 1.5],
    ['secure_tcp', '4'],
    ['pmtu_disc', '1 0'],
    ['sync_threshold', '1 x'],
  ])('refuse %s = %s and change nothing', (name, value) => {
    const tunables = new Tunables();
    expect(() => tunables.set(name, value)).toThrow();
    expect(tunables.toJSON()).toEqual(new Tunables().toJSON());
  });
});
