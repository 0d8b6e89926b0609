import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { FLAG_SYNC, FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { Director } from '../../src/director/index.js';
import { IpAddress } from '../../src/ip-address.js';
import { listConnections } from '../../src/ipvsadm/list-connections.js';
import { listedConnection, type ListedConnection } from '../../src/ipvsadm/listed-connection.js';
import { executeCommand, parseCommand } from '../../src/ipvsadm/index.js';

const CLIENT = IpAddress.parse('198.51.100.7');
const VIRTUAL = IpAddress.parse('192.0.2.1');
const SERVER = IpAddress.parse('10.0.0.1');

interface Entry {
  readonly protocol: number;
  readonly flags?: number;
  readonly state?: number;
  readonly clientPort?: number;
  readonly mark?: number;
  readonly engineData?: string;
  readonly timeoutMs?: number;
}

/** A director with one entry, made 1.5 s ago. */
function directorWith({ protocol, flags = 0, mark, engineData = '', ...rest }: Entry): Director {
  const { state = 0, clientPort = 4711, timeoutMs = 60_000 } = rest;
  const clock = new ManualClock();
  const director = new Director({ clock });
  const key = new ConnectionKey();
  key.protocol = protocol;
  key.setClient(CLIENT, clientPort).setVirtual(VIRTUAL, 5060);
  if (mark !== undefined) key.setMark(mark);
  key.engineData = engineData;
  const { table } = director;
  const slot = table.insertUnbound(key, clock.now(), SERVER, 5060, flags);
  if ((flags & FLAG_TEMPLATE) === 0) table.setState(slot, state, false);
  table.setTimeout(slot, timeoutMs);
  table.touch(slot, clock.now());
  clock.advance(1500);
  return director;
}

function rowOf(entry: Entry, command = '-L -n -c'): string {
  return executeCommand(parseCommand(command), directorWith(entry)).split('\n')[2];
}

describe('the listing of connections', () => {
  it.each([
    [{ protocol: 6, state: 1 }, 'TCP 00:58  ESTABLISHED'],
    [{ protocol: 17 }, 'UDP 00:58  UDP        '],
    [{ protocol: 132, state: 8 }, 'SCTP 00:58  ESTABLISHED'],
  ])('names protocol, time and state: %j', (entry, start) => {
    expect(rowOf(entry)).toBe(`${start} 198.51.100.7:4711  192.0.2.1:5060     10.0.0.1:5060`);
  });

  it('names a template of a mark by the mark, in the place of the address', () => {
    const entry = { protocol: 0, flags: FLAG_TEMPLATE, mark: 0x80000007, clientPort: 0 };
    expect(rowOf(entry)).toMatch(/^IP {2}00:58 {2}NONE {8}198\.51\.100\.7:0 +128\.0\.0\.7:0 /);
  });

  it('counts minutes on beyond an hour', () => {
    expect(rowOf({ protocol: 17, timeoutMs: 7_261_500 })).toMatch(/^UDP 121:00 /);
    expect(rowOf({ protocol: 17, timeoutMs: 3_660_500 })).toMatch(/^UDP 60:59 /);
  });

  it('has the engine and what it read behind the templates, when it is asked for', () => {
    const entry = { protocol: 17, flags: FLAG_TEMPLATE, clientPort: 0, engineData: 'a@x' };
    expect(rowOf(entry, '-L -n -c --persistent-conn')).toMatch(/ 10\.0\.0\.1:5060 {4}sip +a@x$/);
    expect(rowOf(entry)).toMatch(/ 10\.0\.0\.1:5060$/);
    expect(rowOf({ protocol: 17 }, '-L -n -c --persistent-conn')).toMatch(/ 10\.0\.0\.1:5060$/);
  });

  it('has its heads without any row', () => {
    const heads = (columns: 'persistent-conn' | 'connections'): string[] =>
      listConnections([], { columns, numeric: true } as never).split('\n');
    expect(heads('connections')).toEqual([
      'IPVS connection entries',
      'pro expire state       source             virtual            destination',
      '',
    ]);
    expect(heads('persistent-conn')[1]).toMatch(/ destination {8}pe name {10}pe_data$/);
  });

  it('says where an entry came from, and never less than no time', () => {
    const listed = (entry: Entry, lateMs: number): ListedConnection => {
      const director = directorWith(entry);
      const { table } = director;
      return listedConnection(table, table.next(-1), director.advance() + lateMs);
    };
    expect(listed({ protocol: 6, flags: FLAG_SYNC }, 0).origin).toBe('sync');
    expect(listed({ protocol: 6 }, 0)).toMatchObject({ origin: 'local', secondsLeft: 58 });
    expect(listed({ protocol: 6 }, 90_000).secondsLeft).toBe(0);
    expect(listed({ protocol: 6 }, 0)).not.toHaveProperty('fwmark');
    expect(listed({ protocol: 6 }, 0)).not.toHaveProperty('engineName');
  });
});
