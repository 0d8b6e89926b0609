/** The recorded decisions of a kernel, replayed on the library. */
import { describe, expect, test } from 'vitest';
import { LibraryService } from '../support/library-service.js';
import { replay } from '../support/replay.js';
import { readRecording, recordings } from '../support/scheduler-trace.js';

describe.each(recordings)('the library decides as recorded in %s', (name) => {
  test('at every step of every run', () => {
    for (const { scheduler, flags, traces } of readRecording(name)) {
      for (const trace of traces) {
        const { difference } = replay(trace.steps, new LibraryService(scheduler, { flags }));
        expect(difference, trace.name).toBeUndefined();
      }
    }
  });
});
