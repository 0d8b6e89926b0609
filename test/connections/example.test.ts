import { expect, it } from 'vitest';
import { gone, opened } from '../../docs/examples/connection-table.js';

it('the example shows what it says', () => {
  expect([opened, gone]).toEqual(['SYN_RECV, 1 active', true]);
});
