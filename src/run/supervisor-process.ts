/**
 * The program of a supervisor. The device is its standard input and output, which its engines inherit.
 *
 * Arguments: the file of its settings. It ends at SIGTERM, and when its launcher is gone.
 */
import { readFileSync } from 'node:fs';
import { DEVICE_GONE } from './device-gone.js';
import type { SupervisorSettings } from './settings.js';
import { standardErrorLog } from './supervisor/log.js';
import { Supervisor } from './supervisor/supervisor.js';

const LOOK_MS = 1000;

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8')) as SupervisorSettings;
const log = standardErrorLog(settings.log);
const supervisor = new Supervisor(settings, log, () => end(DEVICE_GONE));
const launcher = process.ppid;
let isEnding = false;

const end = (code = 0): void => {
  if (isEnding) return;
  isEnding = true;
  void supervisor.stop().then(() => process.exit(code));
};
process.on('SIGTERM', () => end());
// A terminal sends it to all: the launcher decides.
process.on('SIGINT', () => undefined);
setInterval(() => process.ppid === launcher || end(), LOOK_MS);
try {
  await supervisor.start();
} catch (error) {
  log('not-started', { reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
