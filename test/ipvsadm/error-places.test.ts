/** Where an error says that a line is wrong. */
import { describe, expect, it } from 'vitest';
import { IpvsadmError } from '../../src/ipvsadm/error.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';

function refusalOf(line: string): IpvsadmError {
  try {
    parseCommand(line);
  } catch (error) {
    if (error instanceof IpvsadmError) return error;
    throw error;
  }
  throw new Error(`${line} was not refused`);
}

describe('a line', () => {
  it('tells where it is wrong', () => {
    const { line, column, text, code } = refusalOf('-a -t 10.0.0.1:80 -r 10.1.0.1 -w many');
    expect({ line, column, text, code }).toEqual({
      line: 1,
      column: 34,
      text: 'many',
      code: 'ERR_RULE',
    });
  });

  it.each([
    ['-A -s rrr -p 3', 7],
    ['-A -s rrr', 7],
    ['-A -b rrrxy -s rrr', 16],
    ['-A -b xrrr --scheduler=rrr', 24],
    ['-A -srrr', 6],
    ['-A', 1],
  ])(
    'that is refused only when it is carried out, such as "%s", is wrong at its value',
    (line, column) => {
      const error = new IpvsadmError('Scheduler not found', { text: 'rrr' }).inLine(3, line);
      expect([error.line, error.text, error.column]).toEqual([3, 'rrr', column]);
    },
  );

  it.each([
    ['-A -t 10.0.0.1:80 -w 1', '-w', 19],
    ['-L --timeout -c', '--timeout', 4],
    ['-L --timeout --rate', '--rate', 14],
    ['-A -t 10.0.0.1 -s rr', '-t', 4],
    ['-A -t 10.0.0.1:80 -o', '-o', 19],
    ['-a -t 10.0.0.1:80 -r ::1', '-r', 19],
    ['-a -f 1 -r 1.1.1.1 --tun-csum', '--tun-csum', 20],
    ['-a -f 1 -r 1.1.1.1 -i --tun-csum', '--tun-csum', 23],
    ['  -D', '-D', 3],
    ['ipvsadm -A -f 1 word', 'word', 17],
    ['--start-daemon both', 'both', 16],
    ['--stop-daemon=both', 'both', 15],
    ['-A -S', '-S', 4],
    ['-L --nosuch', '--nosuch', 4],
    ['-L -q', '-q', 4],
    ['-A -t', '-t', 4],
    ['-A -f 5 -f 6', '-f', 9],
    ['-A -6 -f 5', '-6', 4],
    ['--set 1 2 3 4', '4', 13],
    ['--set 1 2', '--set 1 2', 1],
    ['--set 1 2 2678401', '2678401', 11],
    ['-A -b nosuch,sh-port', 'nosuch', 7],
    ['-A -t nosuch', 'nosuch', 7],
    ['-A -f 0', '0', 7],
    ['-a -t 10.0.0.1:80 -r 10.0.0.1 -x -1', '-1', 34],
    ['--start-daemon master --syncid 256', '256', 32],
    ['--start-daemon master --mcast-group 1.2.3.4', '1.2.3.4', 37],
    ['-a -f 1 -r 1.1.1.1 --tun-type x', 'x', 31],
    ['  -n', '-n', 3],
  ])('such as "%s" is wrong at "%s"', (line, text, column) => {
    const error = refusalOf(line);
    expect([error.text, error.column]).toEqual([text, column]);
  });
});

it('an error that points nowhere points to the whole of its line, or to the start of a blank one', () => {
  const error = new IpvsadmError('wrong');
  const { text, column, line } = error.inLine(3, '  -A -f 1 ');
  expect([text, column, line]).toEqual(['-A -f 1', 3, 3]);
  const blank = error.inLine(4, '');
  expect([blank.text, blank.column, blank.line]).toEqual(['', 1, 4]);
});

it('an error about a name says that names are not resolved', () => {
  const hint = 'names are not resolved; save with -n, or use ipvs admin --resolve';
  for (const endpoint of ['nosuch', 'nosuch:80', 'www.example.org:80']) {
    expect(refusalOf(`-A -t ${endpoint}`).hint).toBe(hint);
  }
  expect(refusalOf('-A -t 10.0.0.1:99999').hint).toBe('');
});
