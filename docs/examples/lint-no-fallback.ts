import assert from 'node:assert/strict';
import { directorOf, serversOf } from './lint-client.js';

const packet = { to: '192.0.2.1', port: 80 };
const found = serversOf(directorOf('LVS303', 'found'), packet, 64);
assert.ok(found.includes('reply')); // refused: their server has weight 0
assert.ok(found.includes('forward 10.0.0.2:80'));
const clean = serversOf(directorOf('LVS303', 'clean'), packet, 64);
assert.deepEqual([...new Set(clean)], ['forward 10.0.0.2:80']);
