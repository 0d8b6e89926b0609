/**
 * `npm run hostile`: the balancers of the examples and of the README against many hostile clients, 10,000 that reset at
 * once among them; the tests have 500.
 */
import { run } from './run.mjs';

process.env['HOSTILE_CLIENTS'] ??= '10000';
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/examples/hostile']);
