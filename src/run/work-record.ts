/**
 * When a director worked last, by the time since the machine started: the wall clock may be set meanwhile. The record is
 * overwritten in place, which a full disk does not prevent.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { uptime } from 'node:os';

const BOOT = '/proc/sys/kernel/random/boot_id';
const LENGTH = 64;

/** A moment of one machine. */
export interface MachineTime {
  /** Which start of the machine it is counted from. */
  readonly boot: string;
  /** Seconds since then. */
  readonly seconds: number;
}

/**
 * The present moment.
 *
 * @returns The moment; without `boot` where the machine does not say it.
 */
export function machineTime(): MachineTime {
  return { boot: textOf(BOOT).trim(), seconds: uptime() };
}

/** Records that a director works. */
export class WorkRecord {
  private readonly descriptor: number | undefined;

  /** @param path - The file, which is made. */
  constructor(path: string) {
    try {
      this.descriptor = openSync(path, 'w', 0o600);
    } catch {
      // Without room for it the journal is of no use to the next start.
    }
    this.note();
  }

  /**
   * Records a moment.
   *
   * @param moment - When the director works; default: now.
   */
  note({ boot, seconds }: MachineTime = machineTime()): void {
    if (this.descriptor === undefined) return;
    try {
      writeSync(this.descriptor, `${seconds} ${boot}\n`.padEnd(LENGTH), 0);
    } catch {
      // The record before is older, but not wrong.
    }
  }

  /** Records the last moment. */
  close(): void {
    this.note();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}

/**
 * How long ago a director worked.
 *
 * @param path - The file of its record.
 * @param now - The present moment.
 * @returns Seconds; Infinity when it was before the machine started, or there is no record.
 */
export function secondsSinceWork(path: string, now: MachineTime): number {
  const [seconds, boot = ''] = textOf(path).trim().split(' ');
  const age = now.seconds - Number(seconds === '' ? NaN : seconds);
  return age >= 0 && boot === now.boot ? age : Infinity;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
