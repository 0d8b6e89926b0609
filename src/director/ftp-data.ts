/**
 * The entries of FTP's data connections, which exist before their first packet does.
 *
 * |                 | passive: the client connects                 | active: the server connects              |
 * | --------------- | -------------------------------------------- | ---------------------------------------- |
 * | client          | that of the control connection, port 0       | address and port of the command          |
 * | virtual end     | the virtual address, the port of the reply   | the virtual address, the port before its |
 * | server          | address and port of the reply                | the server, the port before its          |
 *
 * Such an entry is in LISTEN, is bound to the server of the control connection, and is controlled by that connection. One
 * that is there already is used again. Source: recorded tables.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { TCP_LISTEN } from '../connections/states/tcp.js';
import type { IpAddress } from '../ip-address.js';
import type { StateMachine } from '../connections/state-machine.js';
import type { ServiceTable } from '../services/service-table.js';
import type { TrafficCounters } from './traffic-counters.js';

const NONE = -1;
const PORT_MASK = 0xffff;

/** What the helper works on. */
export interface HelperParts {
  /** The connections and templates. */
  readonly table: ConnectionTable;
  /** Their state machines and timeouts. */
  readonly states: StateMachine;
  /** The virtual services. */
  readonly services: ServiceTable;
  /** The traffic counters of servers, services and the director. */
  readonly counters: TrafficCounters;
}

/** Makes the entries of data connections. */
export class FtpData {
  private readonly parts: HelperParts;
  private readonly key = new ConnectionKey();

  /** @param parts - The connections, their timeouts and their counters. */
  constructor(parts: HelperParts) {
    this.parts = parts;
  }

  /**
   * Lets the client of a control connection connect to a port of the virtual address.
   *
   * @param control - The control connection.
   * @param address - The address in the server's reply; `undefined` when the reply has none: the server's.
   * @param port - The port in it.
   * @param now - The present time in milliseconds.
   */
  openPassive(control: number, address: IpAddress | undefined, port: number, now: number): void {
    const { table } = this.parts;
    const { virtualAddress, serverAddress } = table.endpoints(control);
    const to = address ?? serverAddress;
    const key = this.keyOf(control);
    key.clientPort = 0;
    const known = table.findOut(key.setVirtual(to, port));
    key.setVirtual(virtualAddress, port);
    this.listen(known, control, to, port, now);
  }

  /**
   * Lets the server of a control connection connect to an address.
   *
   * @param control - The control connection.
   * @param address - The address in the client's command.
   * @param port - The port in it.
   * @param now - The present time in milliseconds.
   */
  openActive(control: number, address: IpAddress, port: number, now: number): void {
    const { table } = this.parts;
    const { virtualAddress, virtualPort, serverAddress, serverPort } = table.endpoints(control);
    const key = this.keyOf(control);
    key.setClient(address, port).setVirtual(virtualAddress, before(virtualPort));
    this.listen(table.findIn(key), control, serverAddress, before(serverPort), now);
  }

  private keyOf(control: number): ConnectionKey {
    const { key } = this;
    this.parts.table.helped.readKey(control, key);
    return key;
  }

  /** Uses an entry again, or makes one of the present key. */
  private listen(
    known: number,
    control: number,
    address: IpAddress,
    port: number,
    now: number,
  ): void {
    const { table, states, counters } = this.parts;
    const timeoutMs = states.timeouts.tcp(TCP_LISTEN);
    if (known !== NONE) {
      table.setState(known, TCP_LISTEN, false);
      table.setTimeout(known, timeoutMs);
      table.touch(known, now);
      return;
    }
    const initial = { state: TCP_LISTEN, active: false, timeoutMs };
    const made = table.helped.open({ key: this.key, address, port }, control, initial, now);
    if (made !== NONE) counters.adopt(made);
  }
}

/** The port before another one, as that of FTP's data is before that of its control connections. */
function before(port: number): number {
  return (port - 1) & PORT_MASK;
}
