/** The plain reference, before it judges anything, is itself judged by the recordings. */
import { describe, expect, test } from 'vitest';
import { ReferenceService } from '../support/reference/service.js';
import { replay } from '../support/replay.js';
import { readRecording, recordings } from '../support/scheduler-trace.js';

describe.each(recordings)('the reference decides as recorded in %s', (name) => {
  test('at every step of every run', () => {
    for (const { scheduler, flags, traces } of readRecording(name)) {
      for (const trace of traces) {
        const { difference } = replay(trace.steps, new ReferenceService(scheduler, { flags }));
        expect(difference, trace.name).toBeUndefined();
      }
    }
  });
});
