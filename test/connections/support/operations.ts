/**
 * Generated operations on a connection table, applied to the table and to its model alike.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { type InitialState, NEW_ENTRY } from '../../../src/connections/entries/initial-state.js';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import type { ConnectionTable } from '../../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../../src/connections/entries/flags.js';
import { IpAddress } from '../../../src/ip-address.js';
import type { RealServer } from '../../../src/model/real-server.js';
import { ServerList } from '../../../src/model/server-list.js';
import { ASSURED, type ModelKey, type ModelTable } from './model-table.js';
import { type Parts, partsOf } from './parts.js';

type Kind = 'connection' | 'template';

export type Operation =
  | {
      readonly op: 'insert';
      readonly key: ModelKey;
      readonly server: number;
      readonly kind: Kind;
      readonly port: number;
      readonly mark: number;
      /** Default: as packets make them. */
      readonly birth?: InitialState | undefined;
    }
  | {
      readonly op: 'touch' | 'expireNow' | 'drop' | 'remove' | 'assure' | 'invalidate';
      readonly which: number;
    }
  | { readonly op: 'timeout'; readonly which: number; readonly ms: number }
  | { readonly op: 'control'; readonly which: number; readonly template: number }
  | { readonly op: 'activity'; readonly which: number; readonly active: boolean }
  | { readonly op: 'advance'; readonly ms: number };

const clients = ['10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db8:0:1::1'];

const keys = fc
  .record({
    protocol: fc.constantFrom(6, 17),
    client: fc.constantFrom(...clients),
    clientPort: fc.constantFrom(0, 1000, 1001),
    host: fc.constantFrom(1, 2),
    virtualPort: fc.constantFrom(80, 443),
  })
  .map(({ protocol, client, clientPort, host, virtualPort }) => {
    const virtual = client.includes(':') ? `2001:db8::${host}00` : `192.168.0.${host}`;
    return { protocol, client, clientPort, virtual, virtualPort };
  });

const spans = fc.oneof(
  fc.nat({ max: 20 }),
  fc.constantFrom(3000, 60_000, 900_000, 40, 2_678_400_000),
  fc.nat({ max: 1_500_000 }),
);
const births: fc.Arbitrary<InitialState> = fc.record({
  state: fc.nat({ max: 15 }),
  active: fc.boolean(),
  timeoutMs: spans,
});
const which = fc.nat({ max: 1000 });

export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('insert' as const),
        key: keys,
        server: fc.nat({ max: 3 }),
        kind: fc.constantFrom<Kind>('connection', 'connection', 'template'),
        port: fc.constantFrom(80, 8080, 443),
        mark: fc.constantFrom(0, 7),
        birth: fc.option(births, { nil: undefined }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        op: fc.constantFrom(
          'touch' as const,
          'touch' as const,
          'expireNow' as const,
          'drop' as const,
          'remove' as const,
          'assure' as const,
          'invalidate' as const,
        ),
        which,
      }),
    },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('timeout' as const), which, ms: spans }) },
    {
      weight: 3,
      arbitrary: fc.record({ op: fc.constant('control' as const), which, template: which }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constant('activity' as const), which, active: fc.boolean() }),
    },
    { weight: 5, arbitrary: fc.record({ op: fc.constant('advance' as const), ms: spans }) },
  ),
  { maxLength: 120, size: 'max' },
);

const some = fc.nat({ max: 3 });
const steps = fc.constantFrom(1, 1, 1, 1000, 3001, 60_001);

/** Operations on a template and up to three connections, most of which it controls, as long as there are any. */
export const controlledOperations: fc.Arbitrary<Operation[]> = fc
  .record({
    key: keys,
    connections: fc.integer({ min: 1, max: 3 }),
    assured: fc.boolean(),
    others: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.record({ op: fc.constant('drop' as const), which: some }) },
        fc.record({ op: fc.constant('expireNow' as const), which: some }),
        fc.record({ op: fc.constantFrom('touch' as const, 'remove' as const), which: some }),
        fc.record({ op: fc.constant('timeout' as const), which: some, ms: fc.nat({ max: 9000 }) }),
        fc.record({ op: fc.constant('control' as const), which: some, template: fc.constant(0) }),
        { weight: 3, arbitrary: fc.record({ op: fc.constant('advance' as const), ms: steps }) },
      ),
      { minLength: 4, maxLength: 20, size: 'max' },
    ),
  })
  .map(({ key, connections, assured, others }) => {
    const entry = { op: 'insert' as const, key, server: 0, port: 80, mark: 0 };
    const numbers = Array.from({ length: connections }, (_, number) => number);
    return [
      { ...entry, kind: 'template' as const },
      ...(assured ? [{ op: 'assure' as const, which: 0 }] : []),
      ...numbers.map(() => ({ ...entry, kind: 'connection' as const })),
      ...numbers.map((number) => ({ op: 'control' as const, which: number, template: 0 })),
      ...others,
    ];
  });

/** A table and its model, driven together. */
export class Pair {
  readonly servers: readonly RealServer[];
  readonly slots = new Map<number, number>();
  readonly removed: number[] = [];
  now = 1_700_000_000_000;
  private ids = 0;
  private readonly bySlot = new Map<number, number>();
  readonly table: ConnectionTable;
  readonly model: ModelTable;
  private readonly parts: Parts;

  constructor(table: ConnectionTable, model: ModelTable) {
    this.table = table;
    this.model = model;
    this.parts = partsOf(table);
    const methods = ['masquerading', 'gatewaying', 'tunneling', 'masquerading'] as const;
    this.servers = [
      ...new ServerList(
        methods.map((forwardingMethod, i) => ({
          address: i === 3 ? 'fd00::1' : `172.16.0.${i + 1}`,
          port: 80,
          forwardingMethod,
        })),
      ),
    ];
    table.observer = {
      connectionRemoved: (slot) => {
        this.removed.push(this.bySlot.get(slot) as number);
        this.slots.delete(this.bySlot.get(slot) as number);
        this.bySlot.delete(slot);
      },
    };
  }

  apply(operation: Operation, advance: (now: number) => void): void {
    const { table, model, now } = this;
    if (operation.op === 'insert') return this.insert(operation);
    if (operation.op === 'advance') {
      this.now += operation.ms;
      advance(this.now);
      model.advance(this.now);
      return;
    }
    const entry = model.entries[operation.which % Math.max(1, model.entries.length)];
    if (entry === undefined) return;
    const slot = this.slots.get(entry.id) as number;
    switch (operation.op) {
      case 'touch':
        table.touch(slot, now);
        model.touch(entry.id, now);
        break;
      case 'expireNow':
        table.expireNow(slot, now);
        model.expireNow(entry.id, now);
        break;
      case 'drop':
        this.parts.lifecycle.drop(slot, now);
        model.drop(entry.id, now);
        break;
      case 'remove':
        if (entry.controlled > 0) return;
        table.remove(slot);
        model.remove(entry.id);
        break;
      case 'timeout':
        table.setTimeout(slot, operation.ms);
        entry.timeout = operation.ms;
        table.touch(slot, now);
        model.touch(entry.id, now);
        break;
      case 'activity':
        if (entry.template) return;
        table.setState(slot, operation.active ? 1 : 0, operation.active);
        entry.state = operation.active ? 1 : 0;
        entry.active = operation.active;
        break;
      case 'assure':
        if (!entry.template) return;
        this.parts.entries.assure(slot);
        entry.state = ASSURED;
        break;
      case 'invalidate':
        if (!entry.template) return;
        table.invalidate(slot);
        entry.virtualPortNow = 0xffff;
        break;
      case 'control': {
        const template = model.entries.filter((e) => e.template)[operation.template % 3];
        if (entry.template || entry.controller !== undefined || template === undefined) return;
        table.setController(slot, this.slots.get(template.id) as number);
        model.setController(entry.id, template.id);
      }
    }
  }

  /** Compares everything that can be seen. */
  check(): void {
    const { table, model } = this;
    expect(this.removed).toEqual(model.removed);
    expect(table.size).toBe(model.entries.length);
    for (const entry of model.entries) {
      const slot = this.slots.get(entry.id) as number;
      expect(table.expiryMs(slot)).toBe(entry.expiry);
      expect(this.parts.entries.timeoutMs(slot)).toBe(entry.timeout);
      expect(table.state(slot)).toBe(entry.state);
      expect(this.parts.entries.mark(slot)).toBe(entry.mark);
      expect(table.controlled(slot)).toBe(entry.controlled);
      this.checkLookups(entry);
    }
    for (const server of this.servers) {
      const own = model.entries.filter((e) => e.server === server);
      expect(server.persistent).toBe(own.filter((e) => e.template).length);
      expect(server.total).toBe(own.filter((e) => !e.template).length);
      expect(server.active).toBe(own.filter((e) => !e.template && e.active).length);
    }
  }

  private checkLookups(key: ModelKey & { serverPort: number; server: RealServer }): void {
    const { table, model } = this;
    const id = (slot: number): number => (slot < 0 ? -1 : (this.bySlot.get(slot) as number));
    expect(id(table.findIn(keyOf(key)))).toBe(model.findIn(key));
    expect(id(table.findTemplate(keyOf(key)))).toBe(model.findTemplate(key));
    const outward = { ...key, virtual: key.server.address.toString(), virtualPort: key.serverPort };
    if (key.virtual.includes(':') === outward.virtual.includes(':')) {
      expect(id(table.findOut(keyOf(outward)))).toBe(model.findOut(outward));
    }
    expect(id(table.findOut(keyOf(key)))).toBe(model.findOut(key));
    if (key.client.includes(':')) return;
    const { word3: client } = IpAddress.parse(key.client);
    const { word3: virtual } = IpAddress.parse(key.virtual);
    const { protocol, clientPort, virtualPort } = key;
    const slot = table.findIn4(protocol, client, clientPort, virtual, virtualPort);
    expect(id(slot)).toBe(model.findIn(key));
  }

  private insert(operation: Operation & { op: 'insert' }): void {
    const { kind, port, mark } = operation;
    // A template's state is one bit.
    const states = kind === 'template' ? 1 : 15;
    const birth = operation.birth && { ...operation.birth, state: operation.birth.state & states };
    const key = kind === 'connection' ? operation.key : { ...operation.key, clientPort: 0 };
    const server = this.servers[operation.server];
    const flags = kind === 'template' ? FLAG_TEMPLATE : 0;
    const slot = this.table.insert(keyOf(key), this.now, server, port, flags, mark, birth);
    if (slot < 0) return;
    const id = ++this.ids;
    this.slots.set(id, slot);
    this.bySlot.set(slot, id);
    this.model.insert(id, key, this.now, server, port, kind, birth ?? NEW_ENTRY, mark);
  }
}

export function keyOf(key: ModelKey): ConnectionKey {
  const made = new ConnectionKey();
  made.protocol = key.protocol;
  made.setClient(IpAddress.parse(key.client), key.clientPort);
  return made.setVirtual(IpAddress.parse(key.virtual), key.virtualPort);
}
