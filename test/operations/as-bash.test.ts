import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { TextError } from '../../src/operations/text-error.js';
import { understand } from '../../src/operations/understand.js';
import { SCRIPTS_OF_BASH } from './scripts-of-bash.js';

/** The calls of ipvsadm that bash makes, each as its words. */
function callsOfBash(script: string): string[][] {
  const tool = String.raw`ipvsadm() { printf '%s\037' "$@" >&9; printf '\036' >&9; }`;
  const { stdout } = spawnSync(
    'bash',
    ['-c', `exec 9>&1 >/dev/null\n${tool}\n${script}`, 'script', 'start'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return stdout
    .split('\u001E')
    .slice(0, -1)
    .map((call) => call.split('\u001F').slice(0, -1));
}

function callsOf(script: string): string[][] {
  const { rules } = understand(script, { kind: 'script' });
  return [...rules].map(({ words, text }) => [...(words ?? text.split(' '))]);
}

describe('The calls of a script are those that bash makes', () => {
  test.each(SCRIPTS_OF_BASH)('%s', (_, script) => {
    const calls = callsOf(script);
    expect(calls).toEqual(callsOfBash(script));
    expect(calls.length).toBeGreaterThan(0);
  });
});

describe('What is not read as bash reads it is refused', () => {
  test.each([
    ['a byte of a longer character', String.raw`X=$'\xc3'; ipvsadm -A -t $X:80`],
    ['a control character by its letter', String.raw`ipvsadm -A -t $'\ca'`],
    ['separators that only the machine knows', 'IFS=$(cat /x); V=a:b; ipvsadm -A -t $V'],
    ['a number that is no octal one', 'i=08; ipvsadm -A -f $((i + 1))'],
    ['a loop that ends by what the machine does', 'while ! ping -c1 10.0.0.1; do ipvsadm -C; done'],
    ['a loop without an end', 'n=1; while [ $n -lt 5 ]; do ipvsadm -A -f $n; done'],
    ['lines of a file', 'while read a; do ipvsadm -A -t $a:80; done < /etc/vips'],
    [
      'lines of a file within lines of the script',
      'while read a; do while read b; do ipvsadm -A -t $b:80; done < /x; done <<EOF\n1\nEOF',
    ],
    ['lines with a backslash', 'read a <<< "1\\\\2"; ipvsadm -A -t $a:80'],
    [
      'lines that another program changes',
      'sed s/a/b/ <<EOF | ipvsadm -R\n-A -t 192.0.2.1:80\nEOF',
    ],
    ['a pattern in a replacement', 'A=1.2.3.4; ipvsadm -A -t ${A/%4/5}:80'],
    ['a list by names', 'declare -A P=([web]=80); ipvsadm -A -t 192.0.2.1:${P[web]}'],
    ['a number that an expression counts up', 'i=0; ipvsadm -A -f $((++i))'],
    ['eval that calls itself', "x='eval $x'; eval $x; ipvsadm -C $1"],
    ['what printf puts into a variable', 'v=1; printf -v v %s 2; ipvsadm -A -f $v'],
    ['a list of the lines of a file', 'L=(1); mapfile -t L < /x; ipvsadm -A -f ${L[0]}'],
    ['what eval sets where it may not run', "V=1; [ -f /x ] && eval 'V=2'; ipvsadm -A -f $V"],
    ['the status of what failed', 'f() { return 3; }; f; ipvsadm -A -f $?'],
    ['the status of a subshell that ends', '(exit 1) || ipvsadm -C'],
    ['a branch that goes on with the next one', 'case a in a) ipvsadm -C;& b) ipvsadm -Z;; esac'],
    ['a name without its suffix', 'ipvsadm -A -t $(basename /a/b.c .c)'],
    ['a set of characters', 'ipvsadm -A -t $(echo A | tr A-Z a-z)'],
    ['another format', "printf '-A -t %-20s\\n' 192.0.2.1:80 | ipvsadm -R"],
  ])('%s', (_, script) => {
    expect(() => callsOf(script)).toThrow(TextError);
  });
});
