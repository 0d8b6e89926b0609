/** The recorded decisions of a kernel, replayed on the library. */
import { expect, test } from 'vitest';
import { goldenRecordings } from '../replay/golden.js';
import { replaySchedulerTraces } from '../replay/scheduler-trace.js';

test.each(goldenRecordings('schedulers'))(
  'the library decides as recorded in %s',
  (_, recording) => {
    const { checks, first } = replaySchedulerTraces(recording.document);

    expect(first).toEqual([]);
    expect(checks).toBeGreaterThan(100);
  },
);
