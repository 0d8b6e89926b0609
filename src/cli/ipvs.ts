#!/usr/bin/env node
/**
 * The `ipvs` command, as installed. A thread of a simulation runs this file, too.
 */
import { isMainThread } from 'node:worker_threads';
import { nodeIo } from './io.js';
import { fail, main } from './main.js';

if (isMainThread) {
  const io = nodeIo(import.meta.url);
  // What an event handler throws ends the command as what `main` throws does: without a stack trace if it was to be expected.
  process.on('uncaughtException', (error) => process.exit(fail('ipvs', error, io)));
  process.exitCode = await main(process.argv.slice(2), io);
} else {
  await (await import('./simulate/thread.js')).runThread();
}
