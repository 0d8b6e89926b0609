/**
 * `ipvs kernel`: which profile fits a kernel, and what it decides otherwise than the newest one.
 */
import type { KernelChange } from '../../model/kernel-profile.js';
import { EXIT, UsageError, type Command } from '../command.js';
import { type Placement, placeKernel } from '../kernel/placement.js';
import { readArguments } from '../options.js';

/** The `kernel` command. */
export const kernel: Command = {
  name: 'kernel',
  operands: 'RELEASE|-',
  description: `
RELEASE is a release such as 6.1.176, or what 'uname -rv' prints; '-' reads it from standard input:

  uname -rv | ipvs kernel -

Prints the value for the option 'kernel' of a director, and the rules in which the kernel differs from the
newest one that was recorded. Exits with 0, or with 2 when the release is not of a recorded line.`,
  options: { json: { help: 'print one JSON document instead of text' } },
  run(argv, io) {
    const { values, operands } = readArguments(argv, this.options);
    const text = (operands.join(' ') === '-' ? io.in.read() : operands.join(' ')).trim();
    if (text === '') throw new UsageError('expected a release such as 6.1.176, or -');
    const placement = placeKernel(text);
    const isJson = values['json'] === true;
    io.out.write(isJson ? `${JSON.stringify(placement)}\n` : textOf(placement));
    return EXIT.ok;
  },
};

function textOf({ release, profile, unlikeProfile, missing }: Placement): string {
  const lines = [`${release}: kernel '${profile}'`];
  if (unlikeProfile.length > 0) {
    lines.push('', 'It was not recorded. Other than this profile:', ...unlikeProfile.map(lineOf));
  }
  if (missing.length > 0) {
    lines.push('', 'Other than the newest kernel:', ...missing.map(lineOf));
  }
  return `${lines.join('\n')}\n`;
}

function lineOf({ title, before, since }: KernelChange): string {
  const releases = Object.entries(since)
    .filter(([, patch]) => patch !== undefined && patch > 0)
    .map(([line, patch]) => `${line}.${patch}`);
  const changed = releases.length === 0 ? 'only in 6.12' : `until ${releases.join(' and ')}`;
  return `- ${title}: ${before} (${changed})`;
}
