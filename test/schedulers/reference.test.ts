/**
 * The plain reference, before it judges anything, is itself judged by the recordings: by an eighth of their traces, and
 * by all in `npm run long`.
 */
import { expect, test } from 'vitest';
import { goldenRecordings } from '../replay/golden.js';
import { replaySchedulerTraces } from '../replay/scheduler-trace.js';
import { ReferenceService } from '../support/reference/service.js';

const reference = (scheduler: string, flags: readonly string[]): ReferenceService =>
  new ReferenceService(scheduler, { flags });

const isLong = process.env['MODE'] === 'long';

/** A recording with fewer traces, if it has many. */
function portionOf(document: unknown): unknown {
  const { traces } = document as { readonly traces?: readonly unknown[] };
  if (isLong || traces === undefined) return document;
  return { ...(document as object), traces: traces.filter((_, place) => place % 8 === 0) };
}

test.each(goldenRecordings('schedulers'))(
  'the reference decides as recorded in %s',
  (_, recording) => {
    const { checks, first } = replaySchedulerTraces(portionOf(recording.document), reference);

    expect(first).toEqual([]);
    expect(checks).toBeGreaterThan(100);
  },
);
