import { expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';

test('a list has its newest server at the front', () => {
  const servers = new ServerList([
    { address: '10.0.0.1', port: 80 },
    { address: '10.0.0.2', port: 80 },
  ]);

  expect([...servers].map(String)).toEqual(['10.0.0.2:80', '10.0.0.1:80']);
});
