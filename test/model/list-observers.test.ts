import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerListObserver } from '../../src/model/server-list-observer.js';

/** A list of two servers, and everything that happens to one of them. */
function journal(): { servers: ServerList; lines: string[]; observer: ServerListObserver } {
  const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80']);
  const lines: string[] = [];
  const observer: ServerListObserver = {
    serverAdded: (server) => lines.push(`added ${server}`),
    serverEdited: (server) => lines.push(`edited ${server}`),
    serverRemoved: (server) => lines.push(`removed ${server}`),
    loadChanged: (server) => lines.push(`load of ${server}`),
  };
  return { servers, lines, observer };
}

describe('an observer of a list', () => {
  test('that is subscribed twice hears everything once, and nothing once it is unsubscribed', () => {
    const { servers, lines, observer } = journal();
    servers.subscribe(observer);
    servers.subscribe(observer);
    servers.edit('10.0.0.1:80', { weight: 2 });
    servers.first?.open();
    expect(lines).toEqual(['edited 10.0.0.1:80', 'load of 10.0.0.2:80']);
    servers.unsubscribe(observer);
    servers.edit('10.0.0.1:80', { weight: 3 });
    servers.first?.open();
    expect(lines).toHaveLength(2);
  });

  test('that another one unsubscribes hears nothing of what is being announced', () => {
    const { servers, lines, observer } = journal();
    servers.subscribe({ serverAdded: () => servers.unsubscribe(observer) });
    servers.subscribe(observer);
    servers.add('10.0.0.3:80');
    expect(lines).toEqual([]);
  });

  test('that another one subscribes hears of the next event first', () => {
    const { servers, lines, observer } = journal();
    servers.subscribe({ serverAdded: () => servers.subscribe(observer) });
    servers.add('10.0.0.3:80');
    servers.add('10.0.0.4:80');
    expect(lines).toEqual(['added 10.0.0.4:80']);
  });

  test('hears of each server whose counters were restored', () => {
    const { servers, lines, observer } = journal();
    const flags: boolean[] = [];
    const copy = new ServerList();
    copy.subscribe(observer);
    copy.subscribe({ overloadedChanged: ({ overloaded }) => flags.push(overloaded) });
    servers.edit('10.0.0.1:80', { upperThreshold: 1 });
    servers.get('10.0.0.1:80')?.open();
    copy.restore(servers.toJSON());
    expect(lines).toEqual([
      'added 10.0.0.1:80',
      'load of 10.0.0.1:80',
      'added 10.0.0.2:80',
      'load of 10.0.0.2:80',
    ]);
    expect(flags).toEqual([true, false]);
  });
});

describe('an observer that throws', () => {
  const reported: unknown[] = [];
  const report = (error: unknown): number => reported.push(error);
  const others = process.listeners('unhandledRejection');

  beforeEach(() => {
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', report);
  });
  afterEach(() => {
    process.off('unhandledRejection', report);
    for (const other of others) process.on('unhandledRejection', other);
  });

  test('disturbs neither the change nor the others, and its error is reported', async () => {
    const { servers, lines, observer } = journal();
    servers.subscribe({
      serverAdded: () => {
        throw new Error('mine');
      },
    });
    servers.subscribe(observer);
    servers.add('10.0.0.3:80');
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).toEqual(['added 10.0.0.3:80']);
    expect(reported.map(String)).toEqual(['Error: mine']);
  });
});
