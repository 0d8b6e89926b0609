import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectRecordings, type RuleRecording } from '../replay/ipvsadm-recording.js';
import { createRecordedTarget, rulesReplayer } from '../replay/ipvsadm-replayers.js';
import { replayRules } from '../replay/ipvsadm.js';
import { readRecording, recordingOf } from '../replay/recording.js';
import { REPLAYERS } from '../replay/replayers.js';
import { administration, goldenFiles } from './golden.js';

const recordings = collectRecordings(goldenFiles());

describe('a file of a recording', () => {
  const folder = fileURLToPath(new URL('../golden/ipvsadm/', import.meta.url));

  it.each(['2-tunnels.rules.gz', '2-tunnels.traffic.jsonl.gz', 'errors.jsonl.gz'])(
    'is recognized and replayed with what lies beside it: %s',
    async (name) => {
      const recording = readRecording(folder + name);
      const replayer = REPLAYERS.find((each) => each.recognizes(recording));
      const result = await replayer?.replay(recording);
      expect(result?.first).toEqual([]);
      expect(result?.checks).toBeGreaterThan(70);
    },
  );

  it('is refused when its rules are missing', () => {
    const recording = recordingOf(`${folder}nowhere.traffic.jsonl`, '');
    expect(() => rulesReplayer.replay(recording)).toThrow('has no nowhere.rules beside it');
  });
});

describe('the replay itself', () => {
  const [recording] = recordings as [RuleRecording];

  it('skips what needs traffic when nobody plays it', () => {
    const createTarget = (): { administrator: ReturnType<typeof administration> } => ({
      administrator: administration(),
    });
    const { first, skipped } = replayRules(recording, createTarget);
    expect(first).toEqual([]);
    expect(skipped).toContain('busy: ipvsadm -Ln --stats');
  });

  it('tells the first line that differs', () => {
    const rules = recording.rules.replace('-w 65535', '-w 65534');
    const { first } = replayRules({ ...recording, rules }, createRecordedTarget);
    expect(first[0]).toMatchObject({
      step: expect.stringMatching(/^idle: ipvsadm -L -n, line \d+$/) as string,
      expected: expect.stringContaining('65535') as string,
      got: expect.stringContaining('65534') as string,
    });
  });
});
