/**
 * Options that all commands with a director share: whose kernel it decides as, and its host's own addresses.
 */
import { IpAddress } from '../ip-address.js';
import { KERNEL_RELEASES, type KernelRelease, NEWEST_KERNEL } from '../model/kernel-profile.js';
import { InputError, type OptionTable, UsageError } from './command.js';
import { placeKernel } from './kernel/placement.js';
import { type Arguments, textOption } from './options.js';

/** The option of the kernel. */
export const KERNEL_OPTION: OptionTable = {
  kernel: {
    value: 'RELEASE',
    help: `decide as this Linux: ${KERNEL_RELEASES.join(', ')}, or one that decides alike; default ${NEWEST_KERNEL}`,
  },
};

/** The option of the host's addresses. */
export const OWN_ADDRESS_OPTION: OptionTable = {
  'own-address': {
    value: 'A[,A]',
    help: "further addresses of the director's host: real servers with one are on the host itself",
  },
};

/**
 * Reads the option of the kernel.
 *
 * @param args - What the command line says.
 * @returns The profile, as an option of a director; nothing without the option.
 * @throws {UsageError} When no profile decides as the release does.
 */
export function kernelOption(args: Arguments): { kernel?: KernelRelease } {
  const text = textOption(args, 'kernel');
  if (text === undefined) return {};
  try {
    const { release, profile, unlikeProfile } = placeKernel(text);
    if (unlikeProfile.length === 0) return { kernel: profile };
    throw new UsageError(
      `--kernel: no profile decides as ${release}; the nearest is ${profile}, see 'ipvs kernel ${release}'`,
    );
  } catch (error) {
    if (error instanceof InputError) throw new UsageError(`--kernel: ${error.message}`);
    throw error;
  }
}

/**
 * Reads the option of the host's addresses.
 *
 * @param args - What the command line says.
 * @returns The addresses.
 * @throws {UsageError} When one is no address.
 */
export function ownAddressOption(args: Arguments): IpAddress[] {
  const text = textOption(args, 'own-address');
  return (text?.split(',') ?? []).map((each) => {
    const address = IpAddress.tryParse(each);
    if (address !== undefined) return address;
    throw new UsageError(`--own-address: expected addresses, got '${each}'`);
  });
}
