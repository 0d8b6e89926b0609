import { describe, expect, it } from 'vitest';
import { INERT_TUNABLES, TUNABLE_NAMES, Tunables } from '../../src/director/tunables.js';

const LARGEST = 2_147_483_647;
/** Every number: the least, the greatest, the default. */
const RANGES: Readonly<Record<string, readonly [number, number, number]>> = {
  am_droprate: [1, LARGEST, 10],
  amemthresh: [0, LARGEST, 1024],
  backup_only: [0, 1, 0],
  cache_bypass: [0, 1, 0],
  conn_reuse_mode: [0, 3, 1],
  conntrack: [0, 1, 0],
  drop_entry: [0, 3, 0],
  drop_packet: [0, 3, 0],
  est_nice: [-20, 19, 0],
  expire_nodest_conn: [0, 1, 0],
  expire_quiescent_template: [0, 1, 0],
  ignore_tunneled: [0, 1, 0],
  lblc_expiration: [0, LARGEST, 86_400],
  lblcr_expiration: [0, LARGEST, 86_400],
  nat_icmp_send: [0, 1, 0],
  pmtu_disc: [0, 1, 1],
  run_estimation: [0, 1, 1],
  schedule_icmp: [0, 1, 0],
  secure_tcp: [0, 3, 0],
  sloppy_sctp: [0, 1, 0],
  sloppy_tcp: [0, 1, 0],
  snat_reroute: [0, 1, 1],
  sync_period: [0, LARGEST, 50],
  sync_persist_mode: [0, 1, 0],
  sync_ports: [1, 64, 1],
  sync_qlen_max: [0, LARGEST, 5762],
  sync_refresh_period: [0, LARGEST, 0],
  sync_retries: [0, 3, 0],
  sync_sock_size: [0, LARGEST, 0],
  sync_threshold: [0, LARGEST, 3],
  sync_version: [0, 1, 1],
};

describe.each(Object.entries(RANGES))('%s', (name, [least, most, normal]) => {
  it(`is ${normal}, and may be ${least} to ${most}`, () => {
    const tunables = new Tunables();
    expect(tunables.get(name)).toBe(normal);
    for (const value of [least, most]) {
      tunables.set(name, value);
      expect(tunables.get(name)).toBe(value);
      tunables.set(name, normal);
      tunables.set(name, String(value));
      expect(tunables.get(name)).toBe(value);
    }
    for (const value of [least - 1, most + 1, least + 0.5]) {
      expect(() => tunables.set(name, value)).toThrow(RangeError);
      expect(() => tunables.set(name, String(value))).toThrow(/Invalid/);
    }
    expect(() => tunables.set(name, null as unknown as number)).toThrow(TypeError);
    expect(tunables.get(name)).toBe(most);
  });
});

describe('Tunables', () => {
  it('are all in the table above, but for the list of CPUs', () => {
    expect(TUNABLE_NAMES.toSorted()).toEqual([...Object.keys(RANGES), 'est_cpulist'].toSorted());
  });

  it('take lists of CPUs, and nothing that is like one', () => {
    const tunables = new Tunables();
    for (const text of ['0', '10', '0-3', '0-13,5', '1,2,3', '0-1,10-12', '']) {
      tunables.set('est_cpulist', `  ${text} `);
      expect(tunables.get('est_cpulist')).toBe(text);
    }
    tunables.set('est_cpulist', 7);
    expect(tunables.get('est_cpulist')).toBe('7');
    for (const text of ['a', '0-', '-1', '0,', ',0', '0--1', '0 1', '0x', 'x0', '1-2-3', '0-a'])
      expect(() => tunables.set('est_cpulist', text)).toThrow(/expected CPUs such as 0-3,5/);
    for (const value of [true, null, ['0']])
      expect(() => tunables.set('est_cpulist', value as never)).toThrow(TypeError);
    expect(tunables.get('est_cpulist')).toBe('7');
  });

  it('are named by the end of a name alone', () => {
    const tunables = new Tunables();
    for (const name of [
      'net.ipv4.vs.',
      'net/ipv4/vs/',
      '/net/ipv4/vs/drop_entry',
      'netxipv4xvsxdrop_entry',
      'toString',
      '',
    ])
      expect(() => tunables.get(name)).toThrow(
        /Invalid tunable: expected one of conn_reuse_mode, /,
      );
  });

  it('take both numbers of the threshold with any blanks between, or neither', () => {
    const tunables = new Tunables();
    tunables.set('sync_threshold', ' 4 \t 60\n');
    expect([tunables.get('sync_threshold'), tunables.get('sync_period')]).toEqual([4, 60]);
    for (const text of ['5 x', 'x 5', '5 -1', '-1 5'])
      expect(() => tunables.set('sync_threshold', text)).toThrow(/Invalid sync_/);
    expect([tunables.get('sync_threshold'), tunables.get('sync_period')]).toEqual([4, 60]);
    tunables.set('sync_threshold', '7');
    tunables.set('sync_threshold', 8);
    expect([tunables.get('sync_threshold'), tunables.get('sync_period')]).toEqual([8, 60]);
  });

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
