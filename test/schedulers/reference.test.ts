/** The plain reference, before it judges anything, is itself judged by the recordings. */
import { expect, test } from 'vitest';
import { goldenRecordings } from '../replay/golden.js';
import { replaySchedulerTraces } from '../replay/scheduler-trace.js';
import { ReferenceService } from '../support/reference/service.js';

const reference = (scheduler: string, flags: readonly string[]): ReferenceService =>
  new ReferenceService(scheduler, { flags });

test.each(goldenRecordings('schedulers'))(
  'the reference decides as recorded in %s',
  (_, recording) => {
    const { checks, first } = replaySchedulerTraces(recording.document, reference);

    expect(first).toEqual([]);
    expect(checks).toBeGreaterThan(100);
  },
);
