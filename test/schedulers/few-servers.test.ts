import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerRecord } from '../../src/model/server-record.js';
import { FEW, FEW_AT_TIMES, FewServers } from '../../src/schedulers/few-servers.js';
import { createScheduler } from '../../src/schedulers/index.js';

/** A list whose index says whether it is open. */
function subject(): {
  list: ServerList;
  few: FewServers<{ open: boolean; close(): void }>;
  made: { open: boolean }[];
} {
  const list = new ServerList();
  const made: { open: boolean; close(): void }[] = [];
  const few = new FewServers(list, FEW, () => {
    const index = {
      open: true,
      close(): void {
        index.open = false;
      },
    };
    made.push(index);
    return index;
  });
  return { list, few, made };
}

/** Changes a list until it has so many servers. */
function resize(list: ServerList, size: number): void {
  for (let id = 0; list.size < size; id++) {
    const server = { address: `10.0.0.${id}`, port: 80 };
    if (list.get(server) === undefined) list.add(server);
  }
  while (list.size > size) list.remove([...list][list.size - 1]);
}

test('a list has an index above one length, none up to half of it, and keeps what it has between', () => {
  const property = fc.property(fc.array(fc.nat(FEW * 2)), (sizes) => {
    const { list, few } = subject();
    let indexed = false;
    for (const goal of sizes) {
      const step = goal < list.size ? -1 : 1;
      while (list.size !== goal) {
        resize(list, list.size + step);
        indexed = list.size > (indexed ? FEW / 2 : FEW);
        expect(few.requireIndex() !== undefined).toBe(indexed);
      }
    }
  });
  fc.assert(property);
});

test.each([
  [FEW, false],
  [FEW + 1, true],
])('a list that begins with %i servers has an index: %s, and can be left at once', (size, has) => {
  const list = new ServerList();
  resize(list, size);
  const few = new FewServers(list, FEW, () => ({ close: (): void => undefined }));
  expect(few.requireIndex() !== undefined).toBe(has);
  const another = new FewServers(list, FEW, () => ({ close: (): void => undefined }));
  another.close();
  expect(another.index).toBeUndefined();
});

test('few servers are known in list order, and none when there is an index', () => {
  const property = fc.property(fc.array(fc.nat(FEW * 2)), (sizes) => {
    const { list, few } = subject();
    for (const size of sizes) {
      resize(list, size);
      expect(few.all).toEqual(few.requireIndex() === undefined ? [...list] : []);
    }
  });
  fc.assert(property);
});

test('an index is made when it is asked for, and once', () => {
  const { list, few, made } = subject();
  resize(list, FEW * 2);
  expect(few.index).toBeUndefined();
  expect(few.requireIndex()).toBe(few.requireIndex());
  expect(few.index).toBe(made[0]);
  expect(made).toHaveLength(1);
});

test('an index is closed when it is not needed any more, and when the list is left', () => {
  const { list, few, made } = subject();
  resize(list, FEW + 1);
  few.requireIndex();
  resize(list, 0);
  resize(list, FEW + 1);
  few.requireIndex();
  few.close();
  expect(made).toEqual([
    expect.objectContaining({ open: false }),
    expect.objectContaining({ open: false }),
  ]);
});

test.each([
  ...['lc', 'wlc', 'sed', 'nq', 'ovf'].map((name) => [name, FEW] as const),
  ...['lblc', 'lblcr'].map((name) => [name, FEW_AT_TIMES] as const),
])(
  '%s is notified of the load of more than %i servers only, from its first pick on',
  (name, few) => {
    const list = new ServerList();
    const scheduler = createScheduler(name, list);
    const watched = [few, few + 1, few / 2].map((size) => {
      resize(list, size);
      // A destination of its own, so that none remembers its server.
      scheduler.schedule(createFlow({ source: '192.0.2.1', destination: `10.1.0.${size}` }));
      return [...list].every((server) => (server as ServerRecord).loadListener !== undefined);
    });
    expect(watched).toEqual([false, true, false]);
  },
);
