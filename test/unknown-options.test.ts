/**
 * A misspelled option is refused wherever options are taken, and so are options of the wrong kind.
 */
import { expect, test } from 'vitest';
import { ConnectionTable, Timeouts } from '../src/connections/index.js';
import { Director } from '../src/director/index.js';
import { Reassembler } from '../src/forwarding/index.js';
import { createFlow, ServerList } from '../src/index.js';
import {
  createScheduler,
  localityBasedLeastConnection,
  localityBasedLeastConnectionWithReplication,
  maglevHashing,
  powerOfTwoChoices,
  schedulersByName,
  sourceHashing,
} from '../src/schedulers/index.js';
import { ServiceTable } from '../src/services/index.js';
import { createWorkload } from '../src/simulation/index.js';

const schedulers = schedulersByName;
const service = { address: '192.0.2.1', port: 80 };
const server = { address: '10.0.0.1', port: 80 };
const director = (): Director => new Director({ schedulers });
const withServer = (): ServerList => new ServerList([server]);

/** Where options are taken: each does it with one more option. */
const doors: Readonly<Record<string, (extra: object) => unknown>> = {
  Director: (extra) => new Director({ schedulers, ...extra }),
  'Director.fromJSON': (extra) => Director.fromJSON(director().toJSON(), { schedulers, ...extra }),
  'the host of a director': (extra) => new Director({ schedulers, host: extra }),
  'a leg of the host': (extra) => new Director({ schedulers, host: { client: extra } }),
  'Director.addService': (extra) => director().addService(service, extra),
  'Director.addServer': (extra) => {
    const subject = director();
    subject.addService(service);
    return subject.addServer(service, { ...server, ...extra });
  },
  'Director.editServer': (extra) => {
    const subject = director();
    subject.addService(service);
    subject.addServer(service, server);
    return subject.editServer(service, server, extra);
  },
  'Director.setTimeouts': (extra) => director().setTimeouts(extra),
  'ServiceTable.add': (extra) => new ServiceTable({ schedulers }).add(service, extra),
  'ServiceTable.edit': (extra) => {
    const table = new ServiceTable({ schedulers });
    table.add(service);
    return table.edit(service, extra);
  },
  'the persistence of a service': (extra) =>
    new ServiceTable({ schedulers }).add(service, { persistence: extra }),
  ServerList: (extra) => new ServerList([{ ...server, ...extra }]),
  'ServerList.add': (extra) => new ServerList().add({ ...server, ...extra }),
  'ServerList.edit': (extra) => withServer().edit(server, extra),
  'the tunnel of a server': (extra) => new ServerList().add({ ...server, tunnel: extra }),
  createFlow: (extra) => createFlow({ source: '10.0.0.1', destination: '10.0.0.2', ...extra }),
  ConnectionTable: (extra) => new ConnectionTable(extra),
  'Timeouts.set': (extra) => new Timeouts().set(extra),
  Reassembler: (extra) => new Reassembler(extra),
  createScheduler: (extra) => createScheduler('rr', new ServerList(), extra),
  schedulersByName: (extra) => schedulersByName('rr', extra),
  sourceHashing: (extra) => sourceHashing(extra),
  maglevHashing: (extra) => maglevHashing(extra),
  powerOfTwoChoices: (extra) => powerOfTwoChoices(extra),
  localityBasedLeastConnection: (extra) => localityBasedLeastConnection(extra),
  localityBasedLeastConnectionWithReplication: (extra) =>
    localityBasedLeastConnectionWithReplication(extra),
  createWorkload: (extra) => createWorkload(service, { connections: 1, ...extra }),
};

test.each(Object.entries(doors))('%s takes no option of another name', (_, door) => {
  expect(() => door({})).not.toThrow();
  expect(() => door({ misspelled: 1 })).toThrow(
    expect.toSatisfy(
      (error) =>
        error instanceof TypeError &&
        /^Cannot [a-z ]+: expected options .*, got "misspelled"$/.test(error.message),
    ),
  );
});

test('what is no object of options is refused with the names there are', () => {
  const create = Director as unknown as new (options: unknown) => Director;
  expect(() => new create(null)).toThrow(
    /^Cannot create a director: expected an object with schedulers, .*/,
  );
});

test('persistence is false or an object of options', () => {
  const persistence = true as never;
  expect(() => director().addService(service, { persistence })).toThrow(
    new TypeError(
      'Cannot set persistence: expected an object with timeoutSeconds, netmask, got true',
    ),
  );
});

test('a server of a list is accepted where options of a server are', () => {
  const [first] = withServer();
  const copy = new ServerList();
  expect(copy.add(first as never).toString()).toBe('10.0.0.1:80');
});

test('an edited server keeps its address: a new one is refused, not ignored', () => {
  const list = withServer();
  const settings = { address: '10.0.0.2', weight: 3 } as object;
  expect(() => list.edit(server, settings)).toThrow(TypeError);
  expect(list.get(server)?.weight).toBe(1);
});
