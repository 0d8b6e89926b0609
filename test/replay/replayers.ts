/**
 * The table of recorded formats: adding one is a file beside this one and a row here.
 */
import type { Replayer } from './recording.js';
import { conntrackTraceReplayer } from './conntrack-trace.js';
import { directorTraceReplayer } from './director-trace.js';
import { commandsReplayer, rulesReplayer } from './ipvsadm-replayers.js';
import { configTestReplayer } from './keepalived/config-test.js';
import { timelineReplayer } from './keepalived/timeline.js';
import { helperTraceReplayer } from './helper-trace.js';
import { randomDropsReplayer } from './random-drops.js';
import { schedulerTraceReplayer } from './scheduler-trace.js';
import { syncTraceReplayer } from './sync-trace.js';
import { stateTraceReplayer } from './state-trace.js';

/** All formats that can be replayed; the first that recognizes a file gets it. */
export const REPLAYERS: readonly Replayer[] = [
  schedulerTraceReplayer,
  directorTraceReplayer,
  randomDropsReplayer,
  syncTraceReplayer,
  conntrackTraceReplayer,
  stateTraceReplayer,
  helperTraceReplayer,
  rulesReplayer,
  commandsReplayer,
  configTestReplayer,
  timelineReplayer,
];
