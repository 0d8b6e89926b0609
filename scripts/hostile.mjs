/**
 * `npm run hostile`: the examples and the balancer of the README against 10,000 clients that reset at once, 1,000 open
 * connections at SIGTERM, and servers that fail in all ways. The tests have 300 of each. Takes some minutes, and shows
 * each test as it ends.
 */
import { run } from './run.mjs';

process.env['HOSTILE_CLIENTS'] ??= '10000';
const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'test/examples/hostile'];
run(process.execPath, [...vitest, '--reporter=verbose', '--testTimeout=600000']);
