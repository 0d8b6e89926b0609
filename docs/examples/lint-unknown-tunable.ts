import assert from 'node:assert/strict';
import { directorOf } from './lint-client.js';

assert.throws(() => directorOf('LVS501', 'found'), /expected one of conn_reuse_mode/);
assert.equal(directorOf('LVS501', 'clean').director.tunables.get('conn_reuse_mode'), 1);
