/**
 * Which profile fits a kernel, and what it decides otherwise than the newest one.
 */
import {
  hasChange,
  KERNEL_CHANGES,
  KERNEL_RELEASES,
  type KernelChange,
  type KernelLine,
  type KernelRelease,
  type KernelRuleName,
  kernelRules,
} from '../../model/kernel-profile.js';
import { InputError } from '../command.js';

/** Where a kernel belongs. */
export interface Placement {
  /** Its release. */
  readonly release: string;
  /** The profile with the fewest differences. */
  readonly profile: KernelRelease;
  /** The changes that the kernel has and the profile has not, or the other way round. */
  readonly unlikeProfile: readonly KernelChange[];
  /** The changes that the newest kernel has and this one has not. */
  readonly missing: readonly KernelChange[];
}

/** `6.1.176`, wherever it stands in what `uname` prints; Debian's package names have 0 as their last number. */
const RELEASES = /\b(\d+)\.(\d+)\.(\d+)\b/g;

/**
 * Places a kernel.
 *
 * @param text - A release, or what `uname -r` or `uname -v` prints.
 * @returns Where it belongs.
 * @throws {InputError} When no release is in the text, or it is of a line that was not recorded.
 */
export function placeKernel(text: string): Placement {
  const found = [...text.matchAll(RELEASES)];
  if (found.length === 0) throw new InputError(`expected a release such as 6.1.176, got '${text}'`);
  const match = found.find(([, , , patch]) => patch !== '0');
  if (match === undefined) {
    throw new InputError(
      `'${text}' names a package, not a release; the release is in the output of uname -v: uname -rv | ipvs kernel -`,
    );
  }
  const [release, major, minor, patch] = match;
  const line = `${major}.${minor}`;
  if (line !== '6.1' && line !== '6.12') {
    throw new InputError(
      `${release}: expected a release of 6.1 or 6.12; no other line was recorded`,
    );
  }
  return placementOf(release, line, Number(patch));
}

function placementOf(release: string, line: KernelLine, patch: number): Placement {
  const names = Object.keys(KERNEL_CHANGES) as KernelRuleName[];
  const has = (name: KernelRuleName): boolean => hasChange(KERNEL_CHANGES[name], line, patch);
  const unlike = (profile: KernelRelease): KernelRuleName[] => {
    const rules = kernelRules(profile);
    return names.filter((name) => rules[name] !== has(name));
  };
  const [profile] = KERNEL_RELEASES.toSorted((a, b) => unlike(a).length - unlike(b).length);
  return {
    release,
    profile,
    unlikeProfile: unlike(profile).map((name) => KERNEL_CHANGES[name]),
    missing: names.filter((name) => !has(name)).map((name) => KERNEL_CHANGES[name]),
  };
}
