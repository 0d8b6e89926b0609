/**
 * What the supervisor believes of an engine that writes anything.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, readObject, readTexts } from '../../src/run/supervisor/engine-answers.js';

describe('a line of an engine', () => {
  it.each([
    { id: 7, ok: true, text: 'done' },
    { id: -1, ok: true, text: '{}' },
    { id: 7, ok: false, text: 'no such service', exitStatus: 255 },
  ])('is its answer: %j', (answer) => {
    expect(readAnswer(JSON.stringify(answer))).toEqual(answer);
  });

  it.each([
    '',
    '{"id":7,"ok":true,"text":"do',
    'null',
    '7',
    '[]',
    '{"id":"7","ok":true,"text":""}',
    '{"id":7,"ok":1,"text":""}',
    '{"id":7,"ok":true}',
    '{"id":7,"ok":true,"text":{}}',
    '{"id":7,"ok":false,"text":""}',
  ])('is no answer: %s', (line) => {
    expect(readAnswer(line)).toBeUndefined();
  });

  it('never throws, and gives what has the shape of an answer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const { id = 0, text = '' } = readAnswer(line) ?? {};
        expect([Number.isInteger(id), typeof text]).toEqual([true, 'string']);
        expect(['object', 'undefined']).toContain(typeof readObject(line));
        expect(readTexts(line).every((each) => typeof each === 'string')).toBe(true);
      }),
    );
  });
});

it('A list of texts has nothing else in it', () => {
  expect(readTexts('["1.0", 7, null, {"a": "b"}, "2.0"]')).toEqual(['1.0', '2.0']);
  expect(readTexts('{"0": "1.0"}')).toEqual([]);
});
