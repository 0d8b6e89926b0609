/**
 * A literal little director: one service with one server, enough to replay recorded packet sequences on
 * table and state machines.
 */
import { ConnectionKey } from '../../../src/connections/connection-key.js';
import { StateMachine, stateName } from '../../../src/connections/state-machine.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { FLAG_NO_OUTPUT } from '../../../src/connections/entries/flags.js';
import { IpAddress } from '../../../src/ip-address.js';
import type { RealServer } from '../../../src/model/real-server.js';
import { ServerList } from '../../../src/model/server-list.js';

/** A recorded sequence with what was seen after it. */
export interface Recorded {
  readonly forward: 'masq' | 'dr' | 'tun';
  readonly sysctl?: readonly [string, number];
  readonly seq: readonly string[];
  readonly out: readonly (string | null)[];
  readonly state: string | null;
  readonly expires: number | null;
  readonly entries: number;
  readonly active: number;
  readonly inactive: number;
}

const methods = { masq: 'masquerading', dr: 'gatewaying', tun: 'tunneling' } as const;
const numbers = { tcp: 6, udp: 17, sctp: 132 } as const;
const chunks = (
  'DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO ' +
  'COOKIE_ACK ECNE CWR SHUTDOWN_COMPLETE'
).split(' ');
const client = IpAddress.parse('198.51.100.1');
const vip = IpAddress.parse('192.168.101.10');

class Replay {
  readonly table: ConnectionTable;
  readonly states: StateMachine;
  readonly server: RealServer;
  now: number;
  private readonly key = new ConnectionKey();
  private readonly protocol: keyof typeof numbers;
  private readonly sloppy: boolean;
  private readonly reuse: number;

  constructor(table: ConnectionTable, protocol: keyof typeof numbers, recorded: Recorded) {
    this.table = table;
    this.states = new StateMachine(table);
    this.protocol = protocol;
    this.now = table.timeMs;
    this.server = [
      ...new ServerList([
        { address: '10.0.0.2', port: 80, forwardingMethod: methods[recorded.forward] },
      ]),
    ][0];
    const [name, value] = recorded.sysctl ?? ['none', 0];
    this.sloppy = name === 'sloppy_tcp' && value > 0;
    this.reuse = name === 'conn_reuse_mode' ? value : 1;
    this.states.secureTcp = name === 'secure_tcp' && value >= 2;
  }

  /** One packet, written as side and flags or chunks; what came out of the director. */
  packet(text: string): string | null {
    this.table.advance(this.now);
    this.key.protocol = numbers[this.protocol];
    this.key.setClient(client, 4000);
    const out = text.startsWith('s')
      ? this.fromServer(text.slice(1))
      : this.fromClient(text.slice(1));
    this.now += 40;
    return out;
  }

  private fromServer(what: string): string {
    const slot = this.table.findOut(this.key.setVirtual(this.server.address, this.server.port));
    if (slot < 0) return 'plain';
    this.move(slot, what, true);
    return 'nat';
  }

  private fromClient(what: string): string | null {
    this.key.setVirtual(vip, 80);
    let slot = this.table.findIn(this.key);
    if (slot >= 0 && this.mayReuse(slot, what)) {
      this.table.expireNow(slot, this.now);
      slot = -1;
    }
    if (slot < 0) {
      if (!this.mayOpen(what)) return this.hostAnswer(what);
      slot = this.table.insert(this.key, this.now, this.server, this.server.port);
    }
    this.move(slot, what, false);
    return 'fwd';
  }

  private opens(what: string): boolean {
    return this.protocol === 'tcp'
      ? what.includes('S')
      : what.startsWith('INIT') && !what.includes('_');
  }

  private mayOpen(what: string): boolean {
    if (this.protocol === 'udp') return true;
    if (this.protocol === 'sctp') return this.opens(what);
    return !what.includes('R') && (this.sloppy || what.includes('S'));
  }

  private mayReuse(slot: number, what: string): boolean {
    if (this.protocol === 'udp' || this.reuse === 0 || !this.opens(what)) return false;
    const state = stateName(this.table, slot);
    if (this.protocol === 'sctp') return state === 'CLOSED';
    if (state === 'TIME_WAIT' || state === 'CLOSE') return true;
    const oneSided = (this.table.flags(slot) & FLAG_NO_OUTPUT) !== 0;
    return state === 'FIN_WAIT' && (this.reuse & 2) !== 0 && oneSided;
  }

  private hostAnswer(what: string): string | null {
    if (this.protocol === 'sctp') return 'icmp3/2';
    return what.includes('R') ? null : 'rst';
  }

  private move(slot: number, what: string, fromServer: boolean): void {
    if (this.protocol === 'tcp') this.states.tcp(slot, tcpFlags(what), fromServer);
    else if (this.protocol === 'udp') this.states.udp(slot, fromServer);
    else {
      const [first, second = -1] = what.split('+').map((name) => chunks.indexOf(name));
      this.states.sctp(slot, first, second, fromServer);
    }
    this.table.touch(slot, this.now);
  }
}

function tcpFlags(letters: string): number {
  let flags = 0;
  for (const letter of letters) flags |= 1 << 'FSRPAU'.indexOf(letter);
  return flags;
}

/** Sends recorded sequences through one table, and tells what a recording would. */
export class StateReplay {
  private readonly table = new ConnectionTable({ seed: 1, timerLatenessMs: 10 });

  replay(protocol: 'tcp' | 'udp' | 'sctp', recorded: Recorded): Recorded {
    const { table } = this;
    const run = new Replay(table, protocol, recorded);
    const out = recorded.seq.map((text) => run.packet(text));
    table.advance(run.now);
    const slot = table.next(-1);
    const seen = {
      out,
      state: slot < 0 ? null : stateName(table, slot),
      expires: slot < 0 ? null : Math.floor((table.expiryMs(slot) - run.now) / 1000),
      entries: table.size,
      active: run.server.active,
      inactive: run.server.inactive,
    };
    if (slot >= 0) table.remove(slot);
    return { ...recorded, ...seen };
  }
}
