#!/usr/bin/env node
/**
 * The `ipvs` command, as installed.
 */
import { nodeIo } from './io.js';
import { fail, main } from './main.js';

const io = nodeIo();
// What an event handler throws ends the command as what `main` throws does: without a stack trace if it was to be expected.
process.on('uncaughtException', (error) => process.exit(fail('ipvs', error, io)));
process.exitCode = await main(process.argv.slice(2), io);
