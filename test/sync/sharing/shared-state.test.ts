import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSharedMessage, type SharedMessage } from '../../../src/sync/sharing/shared-message.js';
import { SharedState } from '../../../src/sync/sharing/shared-state.js';

const SERVICE = 'TCP 192.0.2.1:80';
const SERVERS = ['10.0.0.1:80', '10.0.0.2:80'];
const KEYS = ['6 198.51.100.7 192.0.2.1 80', '6 198.51.100.8 192.0.2.1 80'];
const FOREVER_MS = 1e9;
const SILENT = { loadChanged: (): void => undefined, templateWritten: (): void => undefined };

function stateOf(id: string): SharedState {
  return new SharedState(SERVICE, id, SILENT);
}

/** Processes whose messages are lost, repeated and reordered. */
class Network {
  readonly states = new Map<string, SharedState>();
  private readonly inFlight: { to: string; message: SharedMessage }[] = [];

  join(id: string): void {
    if (!this.states.has(id)) this.states.set(id, stateOf(id));
  }

  send(id: string, most = 2): void {
    this.post(id, this.states.get(id)?.takeOutgoing(0, most) ?? []);
  }

  beat(id: string): void {
    const state = this.states.get(id);
    if (state !== undefined) this.post(id, [state.heartbeat()]);
  }

  /** Delivers, repeats or loses one of the messages that are on their way. */
  happen(fate: 'deliver' | 'repeat' | 'lose', draw: number): void {
    const index = this.inFlight.length === 0 ? -1 : draw % this.inFlight.length;
    const flight = this.inFlight[index];
    if (flight === undefined) return;
    if (fate !== 'repeat') this.inFlight.splice(index, 1);
    if (fate !== 'lose') this.deliver(flight);
  }

  /** Lets heartbeats and all that follows from them arrive. */
  calm(): void {
    for (let round = 0; round < 4; round++) {
      for (const id of this.states.keys()) {
        this.send(id);
        this.beat(id);
      }
      for (let flight = this.inFlight.shift(); flight; flight = this.inFlight.shift()) {
        this.deliver(flight);
      }
    }
  }

  private deliver({ to, message }: { to: string; message: SharedMessage }): void {
    const fault = this.states.get(to)?.take(message, 0);
    if (fault !== undefined && fault !== 'for-another-process') throw new Error(fault);
  }

  private post(from: string, messages: readonly SharedMessage[]): void {
    for (const message of messages) {
      for (const to of this.states.keys()) if (to !== from) this.inFlight.push({ to, message });
    }
  }
}

const ids = fc.constantFrom('a', 'b', 'c');
const steps = fc.oneof(
  fc.record({
    kind: fc.constant('load' as const),
    id: ids,
    server: fc.constantFrom(...SERVERS),
    load: fc.nat(9),
  }),
  fc.record({
    kind: fc.constant('template' as const),
    id: ids,
    server: fc.constantFrom(...SERVERS),
    key: fc.constantFrom(...KEYS),
  }),
  fc.record({ kind: fc.constant('send' as const), id: ids }),
  fc.record({ kind: fc.constant('beat' as const), id: ids }),
  fc.record({ kind: fc.constant('join' as const), id: ids }),
  fc.record({
    kind: fc.constantFrom('deliver' as const, 'repeat' as const, 'lose' as const),
    draw: fc.nat(1000),
  }),
);

it('processes agree on counts and templates in the end, whatever was lost, repeated and reordered', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 80 }), (sequence) => {
      const network = new Network();
      // Two know each other, so that what is lost between them has to be asked for.
      for (const id of ['a', 'b']) network.join(id);
      network.calm();
      const loads = new Map<string, number>();
      for (const step of sequence) {
        if (!('id' in step)) network.happen(step.kind, step.draw);
        else if (step.kind === 'join') network.join(step.id);
        else if (step.kind === 'send') network.send(step.id);
        else if (step.kind === 'beat') network.beat(step.id);
        else if (step.kind === 'template') {
          network.states.get(step.id)?.setTemplate(step.key, step.server, FOREVER_MS);
        } else if (network.states.has(step.id)) {
          network.states.get(step.id)?.setLoad(step.server, step.load, 1);
          loads.set(`${step.id} ${step.server}`, step.load);
        }
      }
      network.calm();
      const templates = [...network.states.values()].map((state) => writersOf(state));
      for (const each of templates) expect(each).toEqual(templates[0]);
      for (const [id, state] of network.states) {
        for (const server of SERVERS) {
          const others = [...network.states.keys()].filter((each) => each !== id);
          const expected = others.reduce(
            (sum, each) => sum + (loads.get(`${each} ${server}`) ?? 0),
            0,
          );
          expect(state.loadElsewhere(server).active).toBe(expected);
        }
      }
    }),
    { numRuns: 300 },
  );
});

function writersOf(state: SharedState): string[] {
  return [...state.remembered()]
    .map(([key, { stamp, writer, server }]) => `${key} ${stamp} ${writer} ${server}`)
    .toSorted();
}

describe('shared state', () => {
  it('asks for what was lost, once a heartbeat shows that something was', () => {
    const network = new Network();
    for (const id of ['a', 'b']) network.join(id);
    network.calm();
    network.states.get('a')?.setLoad(SERVERS[0], 5, 1);
    network.send('a');
    network.happen('lose', 0);
    expect(network.states.get('b')?.loadElsewhere(SERVERS[0]).active).toBe(0);
    network.calm();
    expect(network.states.get('b')?.loadElsewhere(SERVERS[0]).active).toBe(5);
  });

  it('loses the counts of a process that is forgotten, and keeps its templates', () => {
    const [one, other] = [stateOf('one'), stateOf('other')];
    other.setLoad('10.0.0.1:80', 5, 2);
    other.setTemplate(KEYS[0], '10.0.0.1:80', FOREVER_MS);
    for (const message of other.takeOutgoing(0, 10)) one.take(message, 0);
    expect(one.loadElsewhere('10.0.0.1:80')).toEqual({ active: 5, inactive: 2 });
    one.forget('other');
    expect(one.loadElsewhere('10.0.0.1:80')).toEqual({ active: 0, inactive: 0 });
    expect(one.template(KEYS[0])?.server).toBe('10.0.0.1:80');
  });

  it('gives a process that joins also the templates of one that has ended', () => {
    const [one, ended, joiner] = [stateOf('one'), stateOf('ended'), stateOf('joiner')];
    ended.setTemplate(KEYS[0], '10.0.0.1:80', FOREVER_MS);
    for (const message of ended.takeOutgoing(0, 10)) one.take(message, 0);
    one.forget('ended');
    for (const message of joiner.takeOutgoing(0, 10)) one.take(message, 0);
    for (const message of one.takeOutgoing(0, 10)) joiner.take(message, 0);
    expect(joiner.template(KEYS[0])).toMatchObject({ writer: 'ended', server: '10.0.0.1:80' });
  });

  it('sends only what has changed', () => {
    const state = stateOf('one');
    for (let server = 0; server < 100; server++) state.setLoad(`10.0.0.${server}:80`, 1, 0);
    state.takeOutgoing(0, 1000);
    state.setLoad('10.0.0.7:80', 2, 0);
    const sent = state.takeOutgoing(0, 1000);
    expect(sent.map(({ counts }) => counts)).toEqual([[['10.0.0.7:80', 101, 2, 0]]]);
    expect(state.takeOutgoing(0, 1000)).toEqual([]);
  });
});

describe('what arrives ends in an effect or in a reason', () => {
  it('whatever it is', () => {
    const state = stateOf('one');
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof state.take(value, 0)).toBe('string');
      }),
    );
    expect([...state.processes]).toEqual([]);
  });

  it.each<[string, object]>([
    ['malformed', { from: 7 }],
    ['malformed', { after: 2, clock: 1 }],
    ['malformed', { counts: [['10.0.0.1:80', 1, -1, 0]] }],
    ['malformed', { counts: [['10.0.0.1:80', 1, 0.5, 0]] }],
    ['malformed', { templates: [[KEYS[0], 1, 'x', '10.0.0.1:80', '1']] }],
    ['malformed', { templates: Array.from({ length: 5000 }, () => [KEYS[0], 1, 'x', 's', 1]) }],
    ['malformed', { service: 'x'.repeat(200) }],
    ['format-unknown', { format: 2 }],
    ['other-service', { service: 'UDP 192.0.2.1:53' }],
    ['own-message', { from: 'one' }],
    ['for-another-process', { to: 'two' }],
  ])('%s: %j', (fault, change) => {
    expect(stateOf('one').take({ ...stateOf('x').heartbeat(), ...change }, 0)).toBe(fault);
  });

  it('and a flood of names does not grow the state without limit', () => {
    const state = stateOf('one');
    const faults = new Set<string | undefined>();
    for (let process = 0; process < 300; process++) {
      faults.add(state.take(stateOf(`process ${process}`).heartbeat(), 0));
    }
    expect([...state.processes]).toHaveLength(256);
    expect(faults).toContain('too-many-processes');
  });

  it('a message survives JSON', () => {
    const state = stateOf('one');
    state.setLoad('10.0.0.1:80', 1, 0);
    const [message] = state.takeOutgoing(0, 10);
    expect(readSharedMessage(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });
});
